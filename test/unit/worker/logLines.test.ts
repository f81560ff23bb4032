import assert from 'node:assert/strict';
import { describe, mock, test } from 'node:test';
import { logFailure, readLine } from '../../../src/worker/logLines.ts';

describe('lines of the worker', () => {
  test('of a stack are details, and sentences are not', () => {
    const stack = [
      '    at decode (/home/worker.js:1:2)',
      'node:internal/modules/run_main:123',
      '     ^',
      '^^^^^',
    ];
    for (const line of stack) assert.deepEqual(readLine(line), { text: line, detail: true });
    for (const line of ['The model is damaged.', 'at most 3 drafts are used', 'a ^ b']) {
      assert.deepEqual(readLine(line), { text: line, detail: false });
    }
  });

  test('tell a failure by its sentence, and where it came from as details without their mark', () => {
    const written = mock.method(console, 'error', () => undefined);
    try {
      logFailure('The job failed.', new TypeError('no such row'));
    } finally {
      written.mock.restore();
    }
    const lines = written.mock.calls.map(({ arguments: [line] }) => readLine(String(line)));
    assert.deepEqual(lines[0], { text: 'The job failed.', detail: false });
    assert.equal(lines[1]?.text, 'TypeError: no such row');
    assert.ok(lines.length > 2);
    assert.ok(lines.slice(1).every(({ detail, text }) => detail && !text.startsWith('trace')));
  });
});
