import assert from 'node:assert/strict';
import { test } from 'node:test';
import { draftChoices, policyChoices, poolOf } from '../../../../src/editor/commands/draftChoices.ts';
import {
  selectionProblem,
  targetLanguage,
  untrainedWarning,
} from '../../../../src/editor/commands/taskText.ts';
import { Notices } from '../../../../src/editor/notices.ts';
import {
  currentOffset,
  inStyleOf,
  insertAsComment,
  insertBelow,
  wholeLines,
} from '../../../../src/editor/preview/insertion.ts';
import { notUsableBecause, previewText, TaskRun } from '../../../../src/editor/preview/taskRun.ts';
import type {
  DraftInfo,
  JobParams,
  JobProgress,
  JobResult,
  SetupResult,
} from '../../../../src/worker/protocol.ts';

const drafts: DraftInfo[] = [
  { id: 'lookup', kind: 'copy', languages: [], description: 'Copies from the prompt.', loaded: true },
  { id: 'draft-py', kind: 'neural', languages: ['python'], description: 'A small model.', loaded: false },
];
const setup: SetupResult = {
  model: 'toy',
  because: 'as asked for',
  contextLength: 1,
  drafts,
  tasks: ['complete'],
  problems: [],
  notices: [],
  millis: 1,
};

test('an empty pool means all drafts, and all drafts mean an empty pool', () => {
  const choices = draftChoices(drafts, []);
  assert.deepEqual(
    choices.map(({ id, picked }) => [id, picked]),
    [
      ['lookup', true],
      ['draft-py', true],
    ],
  );
  assert.match(choices[1]?.detail ?? '', /; for python$/);
  assert.deepEqual(poolOf(choices, ['lookup', 'draft-py']), []);
  assert.deepEqual(poolOf(choices, ['lookup']), ['lookup']);
});

test('a draft that does not exist is left out', () => {
  const choices = draftChoices(drafts, ['lookup', 'gone']);
  assert.deepEqual(
    choices.map(({ id, picked }) => [id, picked]),
    [
      ['lookup', true],
      ['draft-py', false],
    ],
  );
});

test('the policies are the trained ones, the rule, each draft and none; the one in use is marked', () => {
  const choices = policyChoices(drafts, 'fixed:gone');
  assert.deepEqual(
    choices.map(({ id }) => id),
    ['trained', 'trained+online', 'rule', 'fixed:lookup', 'fixed:draft-py', 'none', 'fixed:gone'],
  );
  assert.equal(choices.find(({ picked }) => picked)?.description, 'not in the pool, in use');
});

test('a selection must have text, and not too much of it', () => {
  assert.match(selectionProblem(' \n', 'summarize') ?? '', /Select the text to summarize/);
  assert.match(selectionProblem('x'.repeat(20_001), 'translate') ?? '', /20001.*20000/);
  assert.equal(selectionProblem('text', 'translate'), undefined);
});

test('a model that was not trained for a task is named before it runs', () => {
  assert.match(untrainedWarning(setup, 'summarize') ?? '', /\(toy\) was not made to summarize/);
  assert.equal(untrainedWarning({ ...setup, tasks: ['complete', 'summarize'] }, 'summarize'), undefined);
});

test('a language that was typed is found whatever its case, or taken as it is', () => {
  assert.deepEqual(targetLanguage(' python '), { label: 'Python', extension: '.py' });
  assert.deepEqual(targetLanguage('Esperanto'), { label: 'Esperanto', extension: '.md' });
});

test('the place of a selection is found after edits', () => {
  assert.equal(currentOffset('abc def', 'abc', 0), 0);
  assert.equal(currentOffset('new line\nabc def', 'abc', 0), 9);
  assert.equal(currentOffset('abc x abc', 'abc', 5), 6);
  assert.equal(currentOffset('def', 'abc', 0), undefined);
});

test('a translation goes below, a summary of code above as a comment', () => {
  assert.deepEqual(insertBelow('abc', 4, ' text \n'), { offset: 7, text: '\ntext' });
  assert.deepEqual(insertBelow('abc\n', 4, 'text'), { offset: 8, text: 'text\n' });
  assert.deepEqual(insertAsComment('a\n  b();\n', 4, 'It\n\nadds.', '//'), {
    offset: 2,
    text: '  // It\n  //\n  // adds.\n',
  });
  assert.equal(insertAsComment('b();', 0, 'Adds.', '#').offset, 0);
});

test('a cause is told once, until it is forgotten', () => {
  const told: string[] = [];
  const notices = new Notices((message, action) => told.push(`${message} ${action}`));
  notices.tell('worker:a', 'A');
  notices.tell('worker:a', 'A');
  notices.tell('setting:b', 'B', 'settings');
  notices.forget('worker:');
  notices.tell('worker:a', 'A');
  notices.tell('setting:b', 'B', 'settings');
  assert.deepEqual(told, ['A log', 'B settings', 'A log']);
});

/** A task in a worker that does as the test says. */
function task() {
  let end: (result: JobResult) => void = () => {};
  let progress: (progress: JobProgress) => void = () => {};
  let aborted = false;
  const worker = {
    run: (_job: JobParams, signal: AbortSignal, onProgress: (progress: JobProgress) => void) => {
      progress = onProgress;
      signal.addEventListener('abort', () => {
        aborted = true;
        end({ type: 'cancelled', by: 'client', text: '' });
      });
      return new Promise<JobResult>((resolve) => {
        end = resolve;
      });
    },
  };
  let changes = 0;
  const run = new TaskRun(
    worker,
    { kind: 'summarize', text: 'x', language: 'python', to: '', maxTokens: 10 },
    () => {
      changes += 1;
    },
  );
  return {
    run,
    write: (text: string) => progress({ pieces: [{ text, draft: '' }] }),
    end: (result: JobResult) => end(result),
    changes: () => changes,
    aborted: () => aborted,
  };
}
const counts = {
  tokens: 1,
  rounds: 1,
  prefilled: 1,
  drafted: 0,
  accepted: 0,
  millis: { prefill: 0, decode: 0 },
  drafts: {},
};

test('a task shows its text as it comes and can be used when it is done', async () => {
  const { run, write, end, changes } = task();
  write('It ');
  write('adds');
  assert.equal(previewText(run), 'It adds…');
  assert.match(notUsableBecause(run) ?? '', /still being written/);
  end({ type: 'done', text: 'It adds.', finish: 'stop', ...counts });
  assert.deepEqual(await run.finished, { kind: 'done', cutShort: false });
  assert.equal(previewText(run), 'It adds.');
  assert.equal(notUsableBecause(run), undefined);
  assert.equal(changes(), 3);
});

test('a task that fails says why and keeps what it wrote', async () => {
  const { run, write, end } = task();
  write('It ');
  end({ type: 'failed', reason: 'x', message: 'The worker ended.' });
  assert.equal((await run.finished).kind, 'failed');
  assert.equal(previewText(run), 'It\n\n[Slipstream could not go on: The worker ended.]');
});

test('a dropped task ends its job and shows nothing more', async () => {
  const { run, aborted } = task();
  run.drop();
  assert.equal((await run.finished).kind, 'dropped');
  assert.equal(aborted(), true);
});

test('a task that was cut at the limit says so', async () => {
  const { run, end } = task();
  end({ type: 'done', text: 'It adds', finish: 'length', ...counts });
  await run.finished;
  assert.match(previewText(run), /Cut at the token limit/);
});

test('indentation: what commands insert is indented as the file is, and parts no line', () => {
  const file = 'func a() {\n\tif b {\n\t\tc()\n\t}\n}\n';
  const at = file.indexOf('if b');
  assert.equal(inStyleOf(file, at, 'if b:\n    c()'), 'if b:\n\tc()');
  assert.equal(inStyleOf('a:\n  b: 1\n  c:\n    d: 2\n', 3, 'b: 1\n\tc: 2'), 'b: 1\n  c: 2');
  assert.equal(inStyleOf('a\nb\n', 0, 'x\n    y'), 'x\n    y');
  const line = 'const a = one(two);\nnext();\n';
  const selected = wholeLines(line, 10, 'one');
  assert.equal(selected, 'one(two);');
  const { offset, text } = insertBelow(selected, 10, 'eins');
  assert.equal(line.slice(0, offset) + text + line.slice(offset), 'const a = one(two);\neins\nnext();\n');
});
