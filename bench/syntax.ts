/**
 * What reading a language's syntax costs, and judging a suggestion with it:
 *
 *   node --import tsx bench/syntax.ts > bench/results/syntax.json
 *
 * For each language of `bench/prompts/engine.jsonl`, on up to 16 kB of its own text: the size of its grammar as it is and
 * compressed, the milliseconds to load it, to read the text for the first time (which compiles the grammar's expressions), to
 * read it again after a letter was typed at its end, and to judge a suggestion there that was not judged before.
 */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { machineOf } from '../src/measure/machine.ts';
import { readPrompts } from '../src/measure/prompts.ts';
import { contextAt } from '../src/suggestion/context.ts';
import { decide } from '../src/suggestion/decide.ts';
import { grammarFile, scopeOf } from '../src/syntax/languages.ts';
import { syntaxOf } from '../src/syntax/load.ts';

const root = path.join(import.meta.dirname, '..');
const LONGEST = 16_000;
const KEYS = 40;

const round = (millis: number) => Number(millis.toFixed(2));
const median = (values: readonly number[]) =>
  round([...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!);
const worst = (values: readonly number[]) => round(Math.max(...values));

async function measure(language: string, text: string) {
  const file = path.join(root, 'node_modules/tm-grammars/grammars', grammarFile(scopeOf(language)!)!);
  const started = performance.now();
  const syntax = await syntaxOf(language);
  const loaded = performance.now();
  syntax.marks(text);
  const read = performance.now();
  const typed: number[] = [];
  const judged: number[] = [];
  const lines = text.split('\n').filter((line) => line.trim().length > 20);
  for (let key = 1; key <= KEYS; key++) {
    // A line of the text is typed again, letter by letter; what follows in it is suggested.
    const line = lines[(key * 7) % lines.length]!;
    const half = Math.floor(line.length / 2);
    const whole = `${text}\n${line.slice(0, half)}`;
    const before = performance.now();
    syntax.marks(whole);
    typed.push(performance.now() - before);
    const document = { length: whole.length, slice: (from: number, to: number) => whole.slice(from, to) };
    const context = contextAt(document, whole.length, {
      uri: '',
      path: 'a',
      language,
      version: key,
      tabSize: 4,
    });
    const suggestion = `${line.slice(half)}\n${lines[(key * 11) % lines.length]}\n${lines[(key * 13) % lines.length]}`;
    const asked = performance.now();
    decide(context, { text: suggestion, finish: 'stop', singleLine: false }, syntax);
    judged.push(performance.now() - asked);
  }
  return {
    characters: text.length,
    grammarKilobytes: {
      plain: round(statSync(file).size / 1e3),
      compressed: round(brotliCompressSync(readFileSync(file)).length / 1e3),
    },
    loadMillis: round(loaded - started),
    firstReadMillis: round(read - loaded),
    keystrokeMillis: { median: median(typed), worst: worst(typed) },
    judgeMillis: { median: median(judged), worst: worst(judged) },
  };
}

async function main(): Promise<void> {
  const texts = new Map<string, string>();
  for (const { language, prefix, expected, suffix } of await readPrompts(
    path.join(root, 'bench/prompts/engine.jsonl'),
  )) {
    const text = texts.get(language) ?? '';
    if (text.length < LONGEST)
      texts.set(language, `${text}${prefix}${expected}${suffix}\n`.slice(0, LONGEST));
  }
  // The engine of the grammars is loaded with the first of them.
  const engine = statSync(path.join(root, 'node_modules/vscode-oniguruma/release/onig.wasm')).size;
  const report: Record<string, unknown> = { machine: machineOf(), engineKilobytes: round(engine / 1e3) };
  for (const [language, text] of [...texts].sort()) report[language] = await measure(language, text);
  console.log(JSON.stringify(report, null, 1));
}

void main();
