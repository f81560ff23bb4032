import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { tryGraphs } from '../fuzz/graphs.ts';
import { mutated } from '../fuzz/texts.ts';
import { tryProperties } from '../fuzz/try.ts';

/** A slice of what `npm run fuzz` tries for longer, with another seed each day that a failure names. */

describe('whatever comes in', () => {
  test('is taken, or refused in a sentence', async () => {
    const seed = Math.floor(Date.now() / 86_400_000);
    const tried = await tryProperties(1_200, seed, () => undefined);
    assert.ok(tried.length >= 10);
    assert.deepEqual(
      tried.filter(({ failure }) => failure !== undefined),
      [],
    );
  });

  test('of graphs ends in the native library, or in a sentence, and never hangs', async () => {
    const ends = await tryGraphs(25, Math.floor(Date.now() / 86_400_000));
    assert.deepEqual([ends.hung, ends.unforeseen], [[], []]);
    assert.ok(ends.refused > 0, JSON.stringify(ends));
    const ended = Object.values(ends.ended).flat().length;
    assert.equal(ends.ran + ends.refused + ended, ends.cases);
  });

  test('differs from what is right', () => {
    const samples = fc.sample(mutated({ a: [1, 2], b: { c: 'd' } }), { numRuns: 50, seed: 1 });
    assert.ok(new Set(samples.map((value) => JSON.stringify(value))).size > 20);
  });
});
