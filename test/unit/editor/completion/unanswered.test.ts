import '../../../fakes/vscode/install.ts';
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import type { CompleteParams } from '../../../../src/worker/protocol.ts';
import { editor } from '../../../fakes/vscode/install.ts';
import { showDrawn } from '../activated.ts';
import { afterTaking, ask, endAsking, INVOKE, start, until } from './asking.ts';

/** A question that the editor still waits for is answered, whatever ends its job: the editor would not ask again before the next key. */

afterEach(endAsking);

test('a list of ignored files that comes meanwhile ends the job, and the question is asked anew', async () => {
  const { worker, document } = start('const total = su█');
  const { items } = ask(document);
  await until(() => worker.jobs.length === 1);
  editor.watchers.at(0)!.created.fire(document.uri);
  assert.equal(worker.jobs[0]!.signal.aborted, true);
  await until(() => worker.jobs.length === 2);
  worker.jobs[1]!.done('m(values);');
  const [item] = await items;
  assert.equal(item && afterTaking(document, item), 'const total = sum(values);');
});

test('settings that change meanwhile hold for the question that waits', async () => {
  const { worker, document, api } = start('const total = su█');
  const first = ask(document);
  await until(() => worker.jobs.length === 1);
  editor.set('slipstream.completion.maxTokens', 17);
  await until(() => worker.jobs.length === 2);
  assert.equal((worker.jobs[1]!.job as CompleteParams).maxTokens, 17);
  editor.set('slipstream.exclude', ['*.ts']);
  assert.deepEqual(await first.items, []);
  assert.equal(api.lastOutcome(), 'skipped:excluded-file');
  assert.equal(worker.jobs.length, 2);
});

test('what was asked by hand stays so when it is asked anew', async () => {
  const { worker, document } = start('const total = su█');
  editor.set('slipstream.eagerness', 'manual');
  const { items } = ask(document, INVOKE);
  await until(() => worker.jobs.length === 1);
  editor.set('slipstream.completion.maxTokens', 17);
  await until(() => worker.jobs.length === 2);
  worker.jobs[1]!.done('m(values);');
  assert.equal((await items).length, 1);
});

test('a question whose place was left is not asked anew', async () => {
  const { worker, document } = start('const total = su█');
  const older = ask(document);
  await until(() => worker.jobs.length === 1);
  const other = showDrawn('let other = █', '/work/other.ts');
  const newer = ask(other.document);
  await until(() => worker.jobs.length === 2);
  assert.deepEqual(await older.items, []);
  editor.moveTo(3);
  assert.deepEqual(await newer.items, []);
  assert.equal(worker.jobs.length, 2);
});

test('a question that was taken back while the grammar of its language was read does not end the job of a newer one', async () => {
  const { worker, document } = start('select total fr█', '/work/first.sql', 'sql');
  const older = ask(document);
  older.cancel();
  const other = showDrawn('const total = su█', '/work/other.txt', 'made-up');
  const newer = ask(other.document);
  await until(() => worker.jobs.length === 1);
  assert.deepEqual(await older.items, []);
  assert.equal(worker.jobs[0]!.signal.aborted, false);
  worker.jobs[0]!.done('m(values);');
  assert.equal((await newer.items).length, 1);
});
