import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import type { CompletionJob } from '../../src/inference/jobs.ts';
import { loadPipeline, type Pipeline } from '../../src/inference/pipeline.ts';
import { policyOf } from '../../src/inference/policies.ts';
import { CompletionSession } from '../../src/inference/session.ts';
import type { PromptLayout } from '../../src/runtime/modelFolder.ts';
import { models, root } from '../toy/bundled.ts';

const layout: PromptLayout = {
  order: 'suffix-prefix-middle',
  header: '<|file_sep|>{path}\n',
  neighbours: true,
};
const source = readFileSync(path.join(root, 'src/engine/decoder.ts'), 'utf8');
const never = new AbortController().signal;
const place = source.indexOf('  const started');

describe('completions one after the other', () => {
  let pipeline: Pipeline;
  /** Prompts as the target saw them. */
  const prompts: (readonly number[])[] = [];
  before(async () => {
    const loaded = await loadPipeline({
      model: 'tiny',
      bundled: models,
      pool: ['suffix', 'edit'],
      threads: 1,
    });
    const resume = loaded.target.resume.bind(loaded.target);
    loaded.target.resume = (tokens) => {
      prompts.push(tokens);
      return resume(tokens);
    };
    // The layout of a model that fills in the middle: the bundled vocabulary has the marks.
    pipeline = { ...loaded, layout };
  });

  const jobAt = (typed: string): CompletionJob => ({
    path: 'src/engine/decoder.ts',
    language: 'typescript',
    prefix: source.slice(0, place) + typed,
    suffix: source.slice(place),
    singleLine: false,
    maxTokens: 16,
  });
  const ask = (session: CompletionSession, job: CompletionJob) =>
    session.complete(job, { policy: policyOf('rule', pipeline), signal: never, onPieces: () => undefined });
  const typed = 'const base = target.length;\n  if (';

  test('have the text that they have without what the cache kept', async () => {
    const kept = new CompletionSession(pipeline);
    const cold = new CompletionSession(pipeline);
    let read = 0;
    for (let length = 1; length <= typed.length; length++) {
      const result = await ask(kept, jobAt(typed.slice(0, length)));
      if (length > 1) read = Math.max(read, result.prefilled);
      pipeline.target.truncate(0);
      const again = await ask(cold, jobAt(typed.slice(0, length)));
      assert.deepEqual(again.ids, result.ids, typed.slice(0, length));
      assert.ok(again.prefilled > 100);
    }
    assert.ok(read <= 8, `${read} tokens of the prompt were read for a letter`);
  });

  test('show a file that is known, and no longer when it was taken away', async () => {
    const session = new CompletionSession(pipeline);
    const { tokenizer } = pipeline;
    session.files.put('src/engine/target.ts', readFileSync(path.join(root, 'src/engine/target.ts'), 'utf8'));
    const shows = () => {
      const bytes = prompts.at(-1)!.map((token) => tokenizer.vocabulary.bytes(token));
      return Buffer.concat(bytes).toString().startsWith('src/engine/target.ts\n');
    };
    await ask(session, jobAt('a'));
    assert.equal(shows(), true);
    session.files.remove('src/engine/target.ts');
    await ask(session, jobAt('ab'));
    assert.equal(shows(), false);
  });

  test('find the prompt read that was warmed', async () => {
    const session = new CompletionSession(pipeline);
    const elsewhere = { ...jobAt(''), path: 'other.ts', prefix: source.slice(0, 600) };
    await ask(session, elsewhere);
    await session.warm(jobAt('const'), policyOf('rule', pipeline), never);
    assert.ok((await ask(session, jobAt('const b'))).prefilled <= 8);
    const stopped = AbortSignal.abort();
    pipeline.target.truncate(0);
    await session.warm(jobAt('const'), policyOf('rule', pipeline), stopped);
    assert.ok((await ask(session, jobAt('const b'))).prefilled > 100);
  });

  test('find a file read to which the user goes back, and not the one that three others have replaced', async () => {
    const session = new CompletionSession(pipeline);
    const fileAt = (name: string) => ({ ...jobAt(''), path: name, prefix: source.slice(0, 700) });
    pipeline.target.truncate(0);
    for (const name of ['one.ts', 'two.ts', 'three.ts']) {
      assert.ok((await ask(session, fileAt(name))).prefilled > 100, name);
    }
    const kept = await ask(session, fileAt('one.ts'));
    assert.ok(kept.prefilled <= 8);
    assert.ok((await ask(session, fileAt('four.ts'))).prefilled > 100);
    assert.ok((await ask(session, fileAt('two.ts'))).prefilled > 100);
    pipeline.target.truncate(0);
    assert.deepEqual((await ask(new CompletionSession(pipeline), fileAt('one.ts'))).ids, kept.ids);
  });
});
