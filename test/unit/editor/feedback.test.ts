import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Generation } from '../../../src/editor/completion/generation.ts';
import { RunningJob } from '../../../src/editor/completion/runningJob.ts';
import { answerTo, Feedback, withVerdict } from '../../../src/editor/feedback.ts';
import type { FeedbackParams } from '../../../src/worker/protocol.ts';
import { feedbackParams } from '../../../src/worker/protocol.ts';
import { drawn } from '../suggestion/drawing.ts';

/** A memory, the messages that were sent, and the feedback between them. */
function setUp(kept?: unknown) {
  const store = new Map<string, unknown>(kept === undefined ? [] : [['feedback', kept]]);
  const sent: FeedbackParams[] = [];
  const memory = {
    get: (key: string) => store.get(key),
    update: async (key: string, value: unknown) => {
      store.set(key, value);
    },
  };
  return { store, sent, feedback: new Feedback(memory, (params) => sent.push(params)) };
}

function shown(drafts: Record<string, number>, finish: Generation['finish'] = 'stop'): Generation {
  const generation = new Generation(drawn('secret = █'));
  generation.text = 'do not keep this';
  generation.finish = finish;
  generation.drafts = drafts;
  return generation;
}

test('a verdict is counted by language and draft, and told to the worker', async () => {
  const { feedback, sent } = setUp();
  const { language } = drawn('█');
  assert.equal(await feedback.give('good', shown({ suffix: 5, lookup: 2 })), 'counted');
  assert.equal(await feedback.give('bad', shown({ suffix: 3 })), 'counted');
  assert.deepEqual(feedback.counts, {
    [language]: { good: 1, bad: 1, drafts: { suffix: { good: 5, bad: 3 }, lookup: { good: 2, bad: 0 } } },
  });
  assert.deepEqual(sent, [
    { verdict: 'good', language, drafts: { suffix: 5, lookup: 2 } },
    { verdict: 'bad', language, drafts: { suffix: 3 } },
  ]);
  for (const message of sent) assert.deepEqual(feedbackParams.parse(message), message);
});

test('nothing of the text or the file is kept or sent', async () => {
  const { feedback, sent, store } = setUp();
  const generation = shown({ suffix: 1 });
  await feedback.give('bad', generation);
  const everything = JSON.stringify([...store, sent]);
  for (const part of ['secret', 'do not keep', generation.context.path, generation.context.uri])
    assert.ok(!everything.includes(part), part);
});

test('a suggestion has one verdict: the same again changes nothing, another replaces it', async () => {
  const { feedback, sent } = setUp();
  const generation = shown({ suffix: 4 });
  await feedback.give('good', generation);
  assert.equal(await feedback.give('good', generation), 'counted-before');
  assert.equal(sent.length, 1);
  assert.equal(await feedback.give('bad', generation), 'counted');
  assert.deepEqual(Object.values(feedback.counts), [
    { good: 0, bad: 1, drafts: { suffix: { good: 0, bad: 4 } } },
  ]);
});

test('without a suggestion, or while it is being written, nothing is counted', async () => {
  const { feedback, sent } = setUp();
  assert.equal(await feedback.give('good', undefined), 'nothing-shown');
  assert.equal(await feedback.give('good', shown({}, 'running')), 'still-running');
  assert.deepEqual([feedback.counts, sent], [{}, []]);
});

test('counts go on from what was kept; what is broken is dropped', async () => {
  const kept = { go: { good: 2, bad: 1, drafts: { edit: { good: 7, bad: 0 } } } };
  const { feedback } = setUp(kept);
  await feedback.give('good', shown({ edit: 1 }));
  assert.deepEqual(feedback.counts.go, kept.go);
  assert.equal(Object.keys(feedback.counts).length, 2);
  for (const broken of ['x', { go: { good: 'many' } }, null])
    assert.deepEqual(setUp(broken).feedback.counts, {});
});

test('counts never fall below zero', () => {
  const given = { verdict: 'good' as const, language: 'go', drafts: { edit: 3 } };
  assert.deepEqual(withVerdict({}, given, -1), {
    go: { good: 0, bad: 0, drafts: { edit: { good: 0, bad: 0 } } },
  });
});

test('a job that ends tells what its drafts had guessed', async () => {
  const counts = {
    tokens: 9,
    rounds: 3,
    prefilled: 1,
    drafted: 9,
    accepted: 6,
    millis: { prefill: 0, decode: 0 },
  };
  const drafts = {
    suffix: { rounds: 2, drafted: 8, accepted: 5 },
    ngram: { rounds: 1, drafted: 1, accepted: 1 },
  };
  const job = new RunningJob(
    async () => ({ type: 'done', text: 'x', finish: 'stop', ...counts, drafts }),
    drawn('█'),
    { singleLine: false, maxTokens: 9, original: undefined },
  );
  await job.finished;
  assert.deepEqual(job.generation.drafts, { suffix: 5, ngram: 1 });
});

test('every result has a sentence of its own', () => {
  const sentences = (['counted', 'nothing-shown', 'still-running', 'counted-before'] as const).map(answerTo);
  assert.equal(new Set(sentences).size, 4);
});
