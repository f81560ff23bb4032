import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { timedPasses } from '../../../src/learning/passTimes.ts';
import { Random } from '../../toy/random.ts';
import { toyRecord } from './toyLog.ts';

const measured = {
  widths: [2, 4, 8, 16],
  contexts: [50, 500],
  millis: [
    [9, 10, 11, 30],
    [9, 10, 11, 30],
  ],
};
/** What passes take on the machine when nothing else runs. */
const truth = (rows: number, context: number) => (1 + 0.1 * (rows + (rows % 2))) * (context < 275 ? 1 : 1.2);

function recordOf(widths: readonly number[], count: number, slowed: number) {
  const random = new Random(4);
  const passes = Array.from({ length: count }, (): [number, number, number] => {
    const rows = random.pick(widths);
    const context = random.pick([40, 400]);
    // Most passes are slowed by something else.
    const millis = truth(rows, context) * (random.chance(slowed) ? 1 + 3 * random.next() : 1);
    return [rows, context, Math.round(1000 * millis)];
  });
  return [toyRecord({ suffix: () => ({ right: 0 }) }, { id: 'timed', passes })];
}

describe('times of passes while decoding', () => {
  test('are found under what else the machine did', () => {
    const { millis } = timedPasses(recordOf([2, 3, 4, 8, 16], 2000, 0.7), measured);
    for (const [i, width] of measured.widths.entries()) {
      // The fastest tenth of a width is from the shorter of the two contexts.
      assert.ok(Math.abs(millis[0]![i]! / truth(width, 40) - 1) < 0.03, `${width}: ${millis[0]![i]}`);
      assert.ok(Math.abs(millis[1]![i]! / truth(width, 400) - 1) < 0.05, `${width}: ${millis[1]![i]}`);
    }
  });

  test('of widths that were not timed follow those beside them', () => {
    const { millis } = timedPasses(recordOf([2, 4], 1000, 0), measured);
    const ratio = millis[0]![1]! / measured.millis[0]![1]!;
    assert.ok(Math.abs(millis[0]![3]! / measured.millis[0]![3]! - ratio) < 1e-9);
  });

  test('are those that were measured where no pass was timed', () => {
    assert.equal(timedPasses(recordOf([2], 3, 0), measured), measured);
  });
});
