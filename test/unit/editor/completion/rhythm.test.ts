import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rhythm } from '../../../../src/editor/completion/rhythm.ts';

const typed = (gap: number, answer: number): Rhythm => {
  const rhythm = new Rhythm();
  for (let i = 0; i < 10; i++) {
    rhythm.key(1_000 + i * gap);
    rhythm.answered(answer);
  }
  return rhythm;
};

test('an answer that comes before the next key is asked for at once, a slower one when the key is overdue', () => {
  assert.equal(typed(200, 30).wait('balanced', 15), 15);
  assert.equal(typed(120, 400).wait('balanced', 15), 144);
  assert.equal(typed(480, 900).wait('balanced', 15), 350);
});

test('pauses are no rhythm, and nothing is assumed before it is known', () => {
  const rhythm = typed(2_000, 900);
  assert.equal(rhythm.wait('balanced', 15), 15);
  assert.equal(new Rhythm().wait('balanced', 15), 15);
});

test('eager never waits, quiet always does', () => {
  assert.equal(typed(120, 400).wait('eager', 15), 0);
  assert.equal(typed(200, 30).wait('quiet', 15), 600);
});
