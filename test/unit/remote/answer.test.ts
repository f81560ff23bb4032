import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AnswerPiece, piecesOf } from '../../../src/remote/answer.ts';
import { ServerFailure } from '../../../src/remote/failures.ts';

/** Streams of completions as servers send them, in whatever pieces they come. */

const bytes = (text: string) => new TextEncoder().encode(text);
const answerOf = (chunks: readonly Uint8Array[], type = 'text/event-stream') =>
  new Response(
    new ReadableStream({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(chunk);
        controller.close();
      },
    }),
    { headers: { 'content-type': type } },
  );

async function read(response: Response): Promise<{ pieces: AnswerPiece[]; reason: string | undefined }> {
  const pieces: AnswerPiece[] = [];
  try {
    for await (const piece of piecesOf('host', response)) pieces.push(piece);
    return { pieces, reason: undefined };
  } catch (error) {
    assert.ok(error instanceof ServerFailure, String(error));
    return { pieces, reason: error.reason };
  }
}

const event = (text: string, reason: string | null = null) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, text, finish_reason: reason }] })}\n\n`;
const whole = `: hello\n\n${event('é😀')}${event('b', 'length')}data: {"choices":[],"usage":{}}\n\ndata: [DONE]\n\n`;

test('an answer is the same however its bytes come', async () => {
  const wanted = [
    { text: 'é😀', finish: undefined },
    { text: 'b', finish: 'length' },
    { text: '', finish: 'stop' },
  ];
  for (const size of [1, 2, 3, 7, 1_000]) {
    const all = bytes(whole);
    const chunks = Array.from({ length: Math.ceil(all.length / size) }, (_, i) =>
      all.slice(i * size, (i + 1) * size),
    );
    assert.deepEqual(await read(answerOf(chunks)), { pieces: wanted, reason: undefined });
  }
  assert.deepEqual((await read(answerOf([bytes(whole.replaceAll('\n', '\r\n'))]))).pieces, wanted);
});

test('one that ends without its end was cut, and what has come of it is given', async () => {
  const { pieces, reason } = await read(answerOf([bytes(event('a'))]));
  assert.deepEqual([pieces.map(({ text }) => text), reason], [['a'], 'remote-cut']);
});

test('another kind of answer is none', async () => {
  for (const type of ['text/html', 'application/json', 'text/event-streams', '']) {
    assert.equal((await read(answerOf([bytes(whole)], type))).reason, 'remote-page', type);
  }
});

test('an event that is none of completions is malformed, one that tells of a fault a fault', async () => {
  for (const data of ['{', '[]', '{"choices":[{"message":{"content":"a"}}]}', '{"choices":"a"}', 'a']) {
    assert.equal((await read(answerOf([bytes(`data: ${data}\n\n`)]))).reason, 'remote-malformed', data);
  }
  assert.equal((await read(answerOf([bytes('data: {"error":{"message":"a"}}\n\n')]))).reason, 'remote-error');
});

test('an event without an end is not held for ever', async () => {
  const chunks = Array.from({ length: 30 }, () => bytes('x'.repeat(100_000)));
  assert.equal((await read(answerOf([bytes('data: '), ...chunks]))).reason, 'remote-malformed');
});
