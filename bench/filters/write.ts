/**
 * Lets the bundled model write at every cursor of prompt files, as `bench/filters.ts` judges it:
 *
 *   node --import tsx bench/filters/write.ts FILE bench/prompts/engine.jsonl bench/prompts/policy-train.jsonl.gz
 *
 * Greedy, with the workspace memory over the file alone, at most 64 tokens.
 */
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { complete } from '../../src/inference/jobs.ts';
import { loadPipeline } from '../../src/inference/pipeline.ts';
import { policyOf } from '../../src/inference/policies.ts';
import { readPrompts } from '../../src/measure/prompts.ts';
import { contextAt } from '../../src/suggestion/context.ts';
import { wantsSingleLine } from '../../src/suggestion/multiline.ts';
import { syntaxOf } from '../../src/syntax/load.ts';

const root = path.join(import.meta.dirname, '..', '..');

async function main(): Promise<void> {
  const [file, ...sets] = process.argv.slice(2);
  if (!file || sets.length === 0) throw new Error('Name the file to write and sets of prompts.');
  const pipeline = await loadPipeline({
    model: 'tiny',
    bundled: path.join(root, 'models'),
    pool: [],
    threads: 1,
    costCache: undefined,
  });
  const out = createWriteStream(file);
  let count = 0;
  for (const set of sets) {
    for (const prompt of await readPrompts(set)) {
      const whole = prompt.prefix + prompt.suffix;
      const document = { length: whole.length, slice: (from: number, to: number) => whole.slice(from, to) };
      const context = contextAt(document, prompt.prefix.length, {
        uri: `file:///${prompt.path}`,
        path: prompt.path,
        language: prompt.language,
        version: 1,
        tabSize: 4,
      });
      const singleLine = wantsSingleLine(context, 'auto', await syntaxOf(prompt.language));
      const { text, finish } = await complete(
        pipeline,
        { ...prompt, original: undefined, singleLine, maxTokens: 64 },
        {
          policy: policyOf('rule', pipeline),
          signal: new AbortController().signal,
          onPieces: () => undefined,
        },
      );
      const { id, language, path: place, prefix, suffix, expected } = prompt;
      const row = { id, language, path: place, prefix, suffix, expected, singleLine, text, finish };
      out.write(`${JSON.stringify(row)}\n`);
      if (++count % 100 === 0) console.error(`${count} suggestions`);
    }
  }
  out.end();
}

void main();
