// Runs the tests in one call of Node's own runner, so that one closing count covers all of them.
// usage: node scripts/test.mjs [unit|integration|training|editor|FILE ...]      (no argument: everything)
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
// The suites under test/editor/suite run inside the editor and belong to none of these.
const groups = {
  unit: { folder: 'test/unit', recursive: true },
  integration: { folder: 'test/integration', recursive: true },
  training: { folder: 'test/training', recursive: true },
  editor: { folder: 'test/editor', recursive: false },
};

const asked = process.argv.slice(2);
const files = (asked.length > 0 ? asked : Object.keys(groups)).flatMap(testsOf);
if (files.length === 0) {
  console.error(`No tests found for: ${asked.join(' ') || Object.keys(groups).join(' ')}`);
  process.exit(2);
}

const child = spawn(
  process.execPath,
  [
    ...['--import', 'tsx', '--test'],
    // One file after the other: several measure time or run a model on every core.
    '--test-concurrency=1',
    `--test-reporter=${process.stdout.isTTY ? 'spec' : 'tap'}`,
    ...files,
  ],
  { cwd: root, stdio: 'inherit' },
);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 1));

function testsOf(name) {
  if (!Object.hasOwn(groups, name)) return [name];
  const { folder, recursive } = groups[name];
  const location = path.join(root, folder);
  if (!existsSync(location)) return [];
  // Node 20 expands no patterns itself, and shells do not agree on `**`.
  return readdirSync(location, { recursive })
    .filter((file) => file.endsWith('.test.ts'))
    .sort()
    .map((file) => path.join(folder, file));
}
