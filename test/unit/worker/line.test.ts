import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { after, afterEach, test } from 'node:test';
import {
  CancellationTokenSource,
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import * as z from 'zod';
import { answer, ask, hear, tell } from '../../../src/worker/line.ts';

/** Messages of a table over a line, both ends in this process. */

const NOTICES = { file: z.object({ path: z.string(), text: z.string().nullable() }) };
const QUESTIONS = {
  double: { params: z.object({ value: z.number() }), answer: z.number() },
  size: { params: z.undefined(), answer: z.number() },
};

const open: MessageConnection[] = [];
function line() {
  const [there, back] = [new PassThrough(), new PassThrough()];
  const near = createMessageConnection(new StreamMessageReader(back), new StreamMessageWriter(there));
  const far = createMessageConnection(new StreamMessageReader(there), new StreamMessageWriter(back));
  open.push(near, far);
  return { near, far };
}
afterEach(() => {
  for (const connection of open.splice(0)) connection.dispose();
});
// Lines within a process keep no process alive.
const alive = setInterval(() => undefined, 1_000);
after(() => clearInterval(alive));

const until = async (is: () => boolean) => {
  for (let i = 0; i < 500 && !is(); i++) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.ok(is());
};

test('what is told is heard by name, in its order', async () => {
  const { near, far } = line();
  const heard: unknown[] = [];
  hear(far, NOTICES, { file: (params) => heard.push(params) }, () => assert.fail());
  far.listen();
  near.listen();
  for (const path of ['a', 'b']) await tell(near, NOTICES, 'file', { path, text: null });
  await until(() => heard.length === 2);
  assert.deepEqual(heard, [
    { path: 'a', text: null },
    { path: 'b', text: null },
  ]);
});

test('what is not as the table says is not heard, and the field is named', async () => {
  const { near, far } = line();
  const bad: string[] = [];
  hear(far, NOTICES, { file: () => assert.fail() }, (error) => bad.push((error as Error).message));
  far.listen();
  near.listen();
  await tell(near, NOTICES, 'file', { path: 7 } as never);
  await until(() => bad.length === 1);
  assert.match(bad[0]!, /do not understand each other \(path: /);
});

test('a fault of one message does not keep the next from being heard', async () => {
  const { near, far } = line();
  const bad: unknown[] = [];
  let heard = 0;
  const file = async () => {
    heard++;
    throw new Error('no room');
  };
  hear(far, NOTICES, { file }, (error) => bad.push(error));
  far.listen();
  near.listen();
  for (const path of ['a', 'b']) await tell(near, NOTICES, 'file', { path, text: '' });
  await until(() => bad.length === 2);
  assert.deepEqual([heard, bad.length], [2, 2]);
});

test('questions are answered, those without parameters too', async () => {
  const { near, far } = line();
  answer(far, QUESTIONS, {
    double: (read) => 2 * read().value,
    size: (read) => (read() === undefined ? 12 : 0),
  });
  far.listen();
  near.listen();
  assert.equal(await ask(near, QUESTIONS, 'double', { value: 21 }), 42);
  assert.equal(await ask(near, QUESTIONS, 'size', undefined), 12);
});

test('a question that is not as the table says is refused by its answer, and an answer that is not by its question', async () => {
  const { near, far } = line();
  answer(far, QUESTIONS, { double: (read) => 2 * read().value, size: () => 'large' as unknown as number });
  far.listen();
  near.listen();
  await assert.rejects(ask(near, QUESTIONS, 'double', { value: 'x' } as never), /\(value: /);
  await assert.rejects(ask(near, QUESTIONS, 'size', undefined), { name: 'ZodError' });
});

test('a question can be called off', async () => {
  const { near, far } = line();
  let running = false;
  answer(far, QUESTIONS, {
    double: (_read, token) =>
      new Promise((resolve) => {
        running = true;
        token.onCancellationRequested(() => resolve(-1));
      }),
    size: () => 0,
  });
  far.listen();
  near.listen();
  const source = new CancellationTokenSource();
  const asked = ask(near, QUESTIONS, 'double', { value: 1 }, source.token);
  await until(() => running);
  source.cancel();
  assert.equal(await asked, -1);
});

test('telling over a line that has ended is no failure', async () => {
  const { near } = line();
  near.listen();
  near.dispose();
  await tell(near, NOTICES, 'file', { path: 'a', text: null }).catch(() => assert.fail());
});
