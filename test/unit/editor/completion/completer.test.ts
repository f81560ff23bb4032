import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Completer } from '../../../../src/editor/completion/completer.ts';
import { type Outcome, outcomeName } from '../../../../src/editor/completion/outcome.ts';
import type { CompletionRequest } from '../../../../src/editor/completion/request.ts';
import type { Trouble } from '../../../../src/editor/host/workerHost.ts';
import type { CompletionContext } from '../../../../src/suggestion/context.ts';
import { plainSyntax } from '../../../../src/suggestion/plainSyntax.ts';
import { drawn } from '../../suggestion/drawing.ts';
import { type FakeJob, fakeRun, turn } from './fakeRun.ts';

/** A completer, a worker in the hands of the test, and an editor that shows a drawing. */
function bench(trouble?: Trouble) {
  const { run, jobs } = fakeRun();
  let current: CompletionContext | undefined;
  const state = { offered: 0, time: 0 };
  const completer = new Completer({
    run,
    ready: async () => trouble,
    current: () => current,
    offerLonger: () => {
      state.offered += 1;
    },
    now: () => state.time,
  });
  const bench = {
    jobs,
    state,
    completer,
    /** The editor now shows this. */
    show: (drawing: string) => {
      current = drawn(drawing);
    },
    ask: (
      drawing: string,
      options: Partial<CompletionRequest> = {},
      signal = new AbortController().signal,
    ) => {
      bench.show(drawing);
      const request = {
        syntax: plainSyntax('typescript'),
        context: drawn(drawing),
        singleLine: false,
        maxTokens: 32,
        debounce: 0,
        ...options,
      };
      return completer.complete(request, signal);
    },
    /** Ask, and wait until the job is there. */
    begin: async (drawing: string, options: Partial<CompletionRequest> = {}) => {
      const answer = bench.ask(drawing, options);
      await turn();
      return { answer, job: jobs.at(-1) as FakeJob };
    },
  };
  return bench;
}

const textOf = (outcome: Outcome) => (outcome.type === 'shown' ? outcome.text : outcomeName(outcome));

test('the first complete line is the answer, and the rest is offered when it is there', async () => {
  const b = bench();
  const { answer, job } = await b.begin('if (a) {█');
  job.write('\n  fir');
  job.write('st();\n');
  const first = await answer;
  assert.equal(outcomeName(first), 'shown:new');
  assert.equal(textOf(first), '\n  first();');
  assert.equal(b.state.offered, 0);
  job.write('  second();\n}');
  job.done();
  await turn();
  assert.equal(b.state.offered, 1);
  const longer = await b.ask('if (a) {█');
  assert.equal(outcomeName(longer), 'shown:typed-ahead');
  assert.equal(textOf(longer), '\n  first();\n  second();\n}');
  assert.equal(b.jobs.length, 1);
});

test('nothing longer is offered when the text has changed meanwhile', async () => {
  const b = bench();
  const { answer, job } = await b.begin('a = █');
  job.write('b(\n');
  await answer;
  b.show('a = x█');
  job.write('  c,\n);');
  job.done();
  await turn();
  assert.equal(b.state.offered, 0);
});

test('nothing longer is offered after a long time', async () => {
  const b = bench();
  const { answer, job } = await b.begin('a = █');
  job.write('b(\n');
  await answer;
  b.state.time = 60_000;
  job.write('  c,\n);');
  job.done();
  await turn();
  assert.equal(b.state.offered, 0);
});

test('nothing is offered when the rest adds nothing that can be shown', async () => {
  const b = bench();
  const { answer, job } = await b.begin('a = █');
  job.write('b();\n');
  assert.equal(textOf(await answer), 'b();');
  job.write('c = d();\n');
  job.done();
  await turn();
  assert.equal(b.state.offered, 0);
});

test('typing into the answer shows what is left of it', async () => {
  const b = bench();
  const { answer, job } = await b.begin('const a = █');
  job.write('call(b);');
  job.done();
  await answer;
  assert.equal(textOf(await b.ask('const a = ca█')), 'll(b);');
  assert.equal(textOf(await b.ask('const a = call(█)')), 'b);', 'with a bracket that the editor closed');
  assert.equal(b.jobs.length, 1);
});

test('a text from a while ago comes from the cache', async () => {
  const b = bench();
  const first = await b.begin('const a = █');
  first.job.write('call(b);');
  first.job.done();
  await first.answer;
  const other = await b.begin('const zz = █');
  other.job.write('1;');
  other.job.done();
  await other.answer;
  const again = await b.ask('const a = cal█');
  assert.equal(outcomeName(again), 'shown:cache');
  assert.equal(textOf(again), 'l(b);');
  assert.equal(b.jobs.length, 2);
});

test('after an accepted line the next one comes from the same text', async () => {
  const b = bench();
  const { answer, job } = await b.begin('a();\n█');
  job.write('b();\nc();\n');
  job.done();
  assert.equal(textOf(await answer), 'b();\nc();');
  assert.equal(textOf(await b.ask('a();\nb();█')), '\nc();');
  assert.equal(b.jobs.length, 1);
});

test('a request joins the job that runs for the same text', async () => {
  const b = bench();
  const first = await b.begin('const a = █');
  first.job.write('ca');
  const second = b.ask('const a = call█');
  await turn();
  first.job.write('ll(b);');
  first.job.done();
  const outcome = await second;
  assert.equal(outcomeName(outcome), 'shown:joined');
  assert.equal(textOf(outcome), '(b);');
  assert.equal(b.jobs.length, 1);
  assert.equal(first.job.signal.aborted, false);
});

test('a joined job that writes something else is ended and a new one begun', async () => {
  const b = bench();
  const first = await b.begin('const a = █');
  const second = b.ask('const a = x█');
  await turn();
  assert.equal(b.jobs.length, 1);
  first.job.write('call');
  await turn();
  assert.equal(first.job.signal.aborted, true);
  const fresh = b.jobs[1] as FakeJob;
  assert.equal(fresh.job.prefix, 'const a = x');
  fresh.write('y;');
  fresh.done();
  const outcome = await second;
  assert.equal(outcomeName(outcome), 'shown:new');
  assert.equal(textOf(outcome), 'y;');
});

test('a joined job that wrote no more than what was typed is followed by a new one', async () => {
  const b = bench();
  const first = await b.begin('const a = █');
  first.job.write('b');
  const second = b.ask('const a = b█');
  await turn();
  first.job.done();
  await turn();
  const fresh = b.jobs[1] as FakeJob;
  fresh.write(';');
  fresh.done();
  assert.equal(textOf(await second), ';');
});

test('a new text ends the running job at once', async () => {
  const b = bench();
  const first = await b.begin('const a = █');
  first.job.write('call');
  const second = b.ask('let other = █', { debounce: 1000 });
  assert.equal(first.job.signal.aborted, true);
  assert.equal(outcomeName(await first.answer), 'cancelled:editor');
  await turn();
  (b.jobs[1] as FakeJob).write('1;');
  (b.jobs[1] as FakeJob).done();
  assert.equal(textOf(await second), '1;', 'behind an assignment there is no wait');
});

test('when the editor cancels, the job goes on while the text fits', async () => {
  const b = bench();
  const abort = new AbortController();
  const answer = b.ask('const a = █', {}, abort.signal);
  await turn();
  const job = b.jobs[0] as FakeJob;
  job.write('call');
  b.show('const a = c█');
  abort.abort();
  b.completer.reconsider();
  assert.equal(outcomeName(await answer), 'cancelled:editor');
  assert.equal(job.signal.aborted, false);
  b.show('const a = x█');
  b.completer.reconsider();
  assert.equal(job.signal.aborted, true);
});

test('a cancelled wait starts no job', async () => {
  const b = bench();
  const abort = new AbortController();
  const answer = b.ask('word█', { debounce: 10_000 }, abort.signal);
  abort.abort();
  assert.equal(outcomeName(await answer), 'cancelled:editor');
  assert.equal(b.jobs.length, 0);
});

test('a worker that is not there gives the reason', async () => {
  const b = bench({ reason: 'model-missing', message: 'There is no model in that folder.' });
  const outcome = await b.ask('a = █');
  assert.deepEqual(outcome, {
    type: 'failed',
    reason: 'model-missing',
    message: 'There is no model in that folder.',
  });
});

test('a job that fails gives the reason, and the next request is answered', async () => {
  const b = bench();
  const { answer, job } = await b.begin('a = █');
  job.fail('worker-died', 'The worker ended while it answered.');
  assert.equal(outcomeName(await answer), 'failed:worker-died');
  const next = await b.begin('a = █');
  next.job.write('1;');
  next.job.done();
  assert.equal(textOf(await next.answer), '1;');
});

test('a text that a filter takes is not asked for again', async () => {
  const b = bench();
  const { answer, job } = await b.begin('a();\n█\nb();\n');
  job.write('b();');
  job.done();
  assert.equal(outcomeName(await answer), 'empty:repeats-below');
  assert.equal(outcomeName(await b.ask('a();\n█\nb();\n')), 'empty:repeats-below');
  assert.equal(b.jobs.length, 1);
});

test('a model that has nothing to say is not asked again', async () => {
  const b = bench();
  const { answer, job } = await b.begin('end.█');
  job.done();
  assert.equal(outcomeName(await answer), 'empty:model-had-nothing');
  assert.equal(outcomeName(await b.ask('end.█')), 'empty:model-had-nothing');
  assert.equal(b.jobs.length, 1);
});

test('after a reset the model is asked anew', async () => {
  const b = bench();
  const { answer, job } = await b.begin('a = █');
  job.write('1;');
  job.done();
  await answer;
  b.completer.reset();
  void b.ask('a = █');
  await turn();
  assert.equal(b.jobs.length, 2);
});

test('it tells when the worker is at work', async () => {
  const b = bench();
  const seen: boolean[] = [];
  b.completer.onDidChangeBusy((busy) => seen.push(busy));
  const { answer, job } = await b.begin('a = █');
  job.write('1;');
  job.done();
  await answer;
  await turn();
  assert.deepEqual(seen, [true, false]);
});

test('a single line that is asked for after several lines comes from the cache as one line', async () => {
  const b = bench();
  const { answer, job } = await b.begin('if (a) {█');
  job.write(' // why\n  b();\n}');
  job.done();
  await answer;
  assert.equal(textOf(await b.ask('if (a) {█', { singleLine: true })), ' // why');
});

test('the text that is being replaced goes with the job, and is left out where there is none', async () => {
  const b = bench();
  const { job } = await b.begin('a = █', { original: 'old(b);' });
  assert.equal(job.job.original, 'old(b);');
  assert.equal((await b.begin('b = █')).job.job.original, undefined);
});

/** A suggestion that is shown, and the answer to who asks for other texts. */
async function shownWith(first: string) {
  const b = bench();
  const { answer, job } = await b.begin('const a = █');
  job.write(first);
  job.done();
  await answer;
  const request = (drawing = 'const a = █') => {
    b.show(drawing);
    return {
      ...{ context: drawn(drawing), singleLine: false, maxTokens: 32, debounce: 0 },
      syntax: plainSyntax('typescript'),
    };
  };
  const others = (drawing?: string, signal = new AbortController().signal) =>
    b.completer.others(request(drawing), signal);
  const texts = async (answer: ReturnType<typeof others>) => (await answer).map(({ text }) => text);
  return { ...b, others, texts };
}

test('another text is made when it is asked for, one at a time, and the first stays in front', async () => {
  const b = await shownWith('call(b);');
  assert.equal(b.jobs.length, 1);
  const second = b.others();
  await turn();
  assert.deepEqual(b.jobs[1]!.job.unlike, ['call(b);']);
  b.jobs[1]!.write('b.map(c);');
  b.jobs[1]!.done();
  assert.deepEqual(await b.texts(second), ['b.map(c);']);
  assert.equal(textOf(await b.ask('const a = █')), 'call(b);');
  const third = b.others();
  await turn();
  assert.deepEqual(b.jobs[2]!.job.unlike, ['call(b);', 'b.map(c);']);
  b.jobs[2]!.write('undefined;');
  b.jobs[2]!.done();
  assert.deepEqual(await b.texts(third), ['b.map(c);', 'undefined;']);
  assert.equal(textOf(await b.ask('const a = █')), 'call(b);');
  assert.equal(b.jobs.length, 3);
});

test('a text that would be offered as the first is not offered again: another is made', async () => {
  const b = await shownWith('call(b);');
  const answer = b.others();
  await turn();
  b.jobs[1]!.write('call(b);   ');
  b.jobs[1]!.done();
  await turn();
  b.jobs[2]!.write('d;');
  b.jobs[2]!.done();
  assert.deepEqual(await b.texts(answer), ['d;']);
});

test('no other text is made where nothing is shown, and no more than three', async () => {
  const b = await shownWith('call(b);');
  assert.deepEqual(await b.others('const ab = █'), []);
  for (const text of ['x;', 'y;', 'z;']) {
    const answer = b.others();
    await turn();
    b.jobs.at(-1)!.write(text);
    b.jobs.at(-1)!.done();
    await answer;
  }
  assert.equal(b.jobs.length, 4);
  assert.deepEqual(await b.texts(b.others()), ['x;', 'y;', 'z;']);
});

test('who types what another text says goes on in it, without a new job', async () => {
  const b = await shownWith('call(b);');
  const answer = b.others();
  await turn();
  b.jobs[1]!.write('b.map(c);');
  b.jobs[1]!.done();
  await answer;
  const typed = await b.ask('const a = b.m█');
  assert.equal(outcomeName(typed), 'shown:typed-ahead');
  assert.equal(textOf(typed), 'ap(c);');
  assert.equal(b.jobs.length, 2);
});

test('a key ends the making of another text, and nothing of it is kept', async () => {
  const b = await shownWith('call(b);');
  const abort = new AbortController();
  const answer = b.others(undefined, abort.signal);
  await turn();
  abort.abort();
  assert.deepEqual(await answer, []);
  assert.equal(b.jobs[1]!.signal.aborted, true);
  assert.equal(b.jobs.length, 2);
});

test('the rest of what is shown comes before other texts, and with them', async () => {
  const b = bench();
  const { answer, job } = await b.begin('if (a) {█');
  job.write('\n  first();\n');
  await answer;
  const request = {
    ...{ context: drawn('if (a) {█'), singleLine: false, maxTokens: 32, debounce: 0 },
    syntax: plainSyntax('typescript'),
  };
  const others = b.completer.others(request, new AbortController().signal);
  await turn();
  assert.equal(b.jobs.length, 1, 'the job that is running is not ended for it');
  job.write('  second();\n}');
  job.done();
  await turn();
  b.jobs[1]!.write('\n  third();\n}');
  b.jobs[1]!.done();
  assert.deepEqual(
    (await others).map(({ text }) => text),
    ['\n  third();\n}'],
  );
  assert.equal(textOf(await b.ask('if (a) {█')), '\n  first();\n  second();\n}');
});

test('after backspace the text that was made before serves again, at its place and further on', async () => {
  const b = bench();
  const { answer, job } = await b.begin('const a = █');
  job.write('call(b);');
  job.done();
  await answer;
  const other = await b.begin('const a = x█');
  other.job.write('y;');
  other.job.done();
  await other.answer;
  for (const [drawing, text] of [
    ['const a = █', 'call(b);'],
    ['const a = ca█', 'll(b);'],
    ['const a = x█', 'y;'],
    ['const a = c█', 'all(b);'],
  ] as const) {
    const again = await b.ask(drawing);
    assert.match(outcomeName(again), /^shown:(cache|typed-ahead)$/, drawing);
    assert.equal(textOf(again), text);
  }
  assert.equal(b.jobs.length, 2);
});
