// `npm start`: completes a real source file of this repository, then times it with and without drafts.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { styleText } from 'node:util';
import { demoPlace } from './demoPlace.mjs';

const root = path.join(import.meta.dirname, '..');
const tokens = 48;
const shownLines = 6;

const { file, text, offset } = demoPlace();
const prefix = text.slice(0, offset);
const line = prefix.split('\n').length;
const column = offset - prefix.lastIndexOf('\n');

const cli = (...args) => [path.join(root, 'dist', 'cli.js'), ...args];
// By name, so that both runs below are of the same model however busy the machine is.
const model = ['--model', 'base'];
const where = ['--line', String(line), '--column', String(column), '--max-tokens', String(tokens)];
console.log(styleText('bold', `slipstream complete ${file} ${where.join(' ')}\n`));
process.stdout.write(styleText('dim', prefix.split('\n').slice(-shownLines).join('\n')));
const completed = spawnSync(process.execPath, cli('complete', file, ...where, ...model, '--drafted'), {
  cwd: root,
  stdio: 'inherit',
});
if (completed.status !== 0) process.exit(completed.status ?? 1);

const folder = mkdtempSync(path.join(os.tmpdir(), 'slipstream-demo-'));
const prompts = path.join(folder, 'prompt.jsonl');
const prompt = {
  id: 'demo',
  task: 'complete',
  language: 'typescript',
  path: file,
  prefix,
  suffix: text.slice(offset),
};
writeFileSync(prompts, JSON.stringify(prompt));
const options = [
  ...model,
  '--arms',
  'none-1row,none,policy',
  '--repeat',
  '9',
  '--max-tokens',
  String(tokens),
  '--json',
];
const measured = spawnSync(process.execPath, cli('bench', prompts, ...options), { encoding: 'utf8' });
rmSync(folder, { recursive: true });
if (measured.status !== 0) {
  process.stderr.write(measured.stderr);
  process.exit(measured.status ?? 1);
}

const { arms } = JSON.parse(measured.stdout);
const plain = arms['none-1row'];
const drafted = arms.policy;
const same =
  drafted.identical === drafted.of ? 'the same text' : 'another text, which is a bug: please report it';
console.log(`
${drafted.tokens} tokens, median of 9 runs, prompt already read:
  without drafts  ${plain.millis.toFixed(0)} ms  (${plain.tokensPerSecond.toFixed(0)} tokens a second)
  with drafts     ${drafted.millis.toFixed(0)} ms  (${drafted.tokensPerSecond.toFixed(0)} tokens a second), ${same}
  ${(plain.millis / drafted.millis).toFixed(1)} times as fast`);
