import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UserError } from '../../../src/errors.ts';
import { choosePrompts } from '../../../src/measure/choosePrompts.ts';
import { requireLossless } from '../../../src/measure/lossless.ts';
import type { BenchPrompt } from '../../../src/measure/prompts.ts';

const prompts: BenchPrompt[] = Array.from({ length: 7 }, (_, i) => ({
  id: String(i),
  task: 'complete',
  language: i < 5 ? 'go' : 'rust',
  path: 'a/b',
  prefix: '',
  suffix: '',
  class: i % 2 === 0 ? 'line' : 'edit',
}));
const ids = (only: string | undefined, every: number) =>
  choosePrompts(prompts, only, every).map(({ id }) => id);

test('every n-th prompt is taken of those that were asked for', () => {
  assert.deepEqual(ids(undefined, 1).length, 7);
  assert.deepEqual(ids(undefined, 3), ['0', '3', '6']);
  assert.deepEqual(ids('edit', 2), ['1', '5']);
  assert.deepEqual(ids('rust', 1), ['5', '6']);
});

test('a class that no prompt has is named with those there are', () => {
  assert.throws(
    () => ids('blocks', 1),
    (error) => error instanceof UserError && /«blocks».*line, go, edit, rust/.test(error.message),
  );
});

test('an arm that wrote another text is named, but for the one-row kernel', () => {
  const same = { identical: 4, of: 4 };
  requireLossless({ none: same, suffix: same, 'none-1row': { identical: 3, of: 4 } });
  assert.throws(
    () => requireLossless({ none: same, suffix: { identical: 3, of: 4 }, policy: same }),
    (error) => error instanceof UserError && /^The output of suffix is not/.test(error.message),
  );
});
