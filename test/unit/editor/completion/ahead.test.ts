import assert from 'node:assert/strict';
import { test } from 'node:test';
import { afterAccepting } from '../../../../src/editor/completion/ahead.ts';
import { Completer } from '../../../../src/editor/completion/completer.ts';
import type { CompletionRequest } from '../../../../src/editor/completion/request.ts';
import type { CompletionContext } from '../../../../src/suggestion/context.ts';
import { plainSyntax } from '../../../../src/suggestion/plainSyntax.ts';
import { drawn } from '../../suggestion/drawing.ts';
import { fakeRun, turn } from './fakeRun.ts';

/** What would follow a suggestion is asked while it is shown. */

function bench(lookedAt = 0) {
  const { run, jobs } = fakeRun();
  let current: CompletionContext | undefined;
  const completer = new Completer({
    run,
    ready: async () => undefined,
    current: () => current,
    offerLonger: () => undefined,
    now: () => 0,
    lookedAt,
  });
  const ask = (drawing: string, options: Partial<CompletionRequest> = {}) => {
    current = drawn(drawing);
    const request = {
      ...{
        context: current,
        syntax: plainSyntax('typescript'),
        singleLine: false,
        maxTokens: 32,
        debounce: 0,
      },
      ...{ goesOn: () => false, ...options },
    };
    return completer.complete(request, new AbortController().signal);
  };
  /** Ask, and let the model write a text. */
  const shown = async (drawing: string, text: string, options?: Partial<CompletionRequest>) => {
    const answer = ask(drawing, options);
    await turn();
    jobs.at(-1)!.write(text);
    jobs.at(-1)!.done();
    return answer;
  };
  const until = async (is: () => boolean) => {
    for (let i = 0; i < 6_000 && !is(); i++) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.ok(is());
  };
  return { jobs, completer, ask, shown, until, moveTo: (drawing: string) => (current = drawn(drawing)) };
}

test('the text around the cursor is the one after accepting', () => {
  const context = drawn('a\n  f(█)\nb');
  const { prefix, suffix, linePrefix, lineSuffix, offset } = afterAccepting(
    { insertText: '  f(x,\n    y);', before: 4, after: 1 },
    context,
  );
  assert.deepEqual([prefix, suffix], ['a\n  f(x,\n    y);', '\nb']);
  assert.deepEqual([linePrefix, lineSuffix, offset], ['    y);', '', prefix.length]);
});

test('accepting a suggestion shows the next at once, without a new job', async () => {
  const b = bench();
  await b.shown('const a = █', 'call(b);');
  await b.until(() => b.jobs.length === 2);
  const { prefix, suffix, idle, maxTokens } = b.jobs[1]!.job;
  assert.deepEqual([prefix, suffix, idle, maxTokens], ['const a = call(b);', '', true, 32]);
  b.jobs[1]!.write('\nconst c = d;');
  b.jobs[1]!.done();
  await turn();
  const next = await b.ask('const a = call(b);█');
  assert.equal(next.type === 'shown' && next.source, 'cache');
  assert.equal(next.type === 'shown' && next.text, '\nconst c = d;');
  assert.equal(b.jobs.length, 2);
});

test('it is asked once, and not for what is known already', async () => {
  const b = bench();
  await b.shown('const a = █', 'call(b);');
  await b.until(() => b.jobs.length === 2);
  b.jobs[1]!.write('\nconst c = d;');
  b.jobs[1]!.done();
  await turn();
  await b.ask('const a = █');
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.equal(b.jobs.length, 2);
});

test('any key ends it, and what it had written is not kept', async () => {
  const b = bench();
  await b.shown('const a = █', 'call(b);');
  await b.until(() => b.jobs.length === 2);
  b.jobs[1]!.write('\nconst c = d;\n');
  b.moveTo('const a = x█');
  b.completer.reconsider();
  assert.equal(b.jobs[1]!.signal.aborted, true);
  await turn();
  const next = b.ask('const a = call(b);█');
  await b.until(() => b.jobs.length === 3);
  assert.ok(!b.jobs[2]!.job.idle);
  b.completer.reset();
  await next;
});

test('a cursor that stays where it is ends nothing; forgetting everything does', async () => {
  const b = bench();
  await b.shown('const a = █', 'call(b);');
  await b.until(() => b.jobs.length === 2);
  b.completer.reconsider();
  assert.equal(b.jobs[1]!.signal.aborted, false);
  b.completer.reset();
  assert.equal(b.jobs[1]!.signal.aborted, true);
});

test('nothing is asked in advance where suggestions are to be rare, or the suggestion was left at once', async () => {
  const b = bench();
  await b.shown('const a = █', 'call(b);', { goesOn: undefined });
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.equal(b.jobs.length, 1);
  const patient = bench(10_000);
  await patient.shown('const a = █', 'call(b);');
  patient.moveTo('const a = x█');
  patient.completer.reconsider();
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.equal(patient.jobs.length, 1);
});
