import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GramTable, hashOf } from '../../../../../src/engine/drafts/copying/gramTable.ts';
import { TextRing, type TextRun } from '../../../../../src/engine/drafts/copying/textRing.ts';
import { Random } from '../../../../toy/random.ts';

/** Put a text into a ring, the oldest making room. */
function put(ring: TextRing, name: string, tokens: readonly number[]): TextRun {
  while (ring.free < tokens.length + 1) ring.release();
  const run = ring.claim(name, tokens.length);
  for (const [offset, token] of tokens.entries()) ring.write(run, offset, token);
  return run;
}

describe('the ring of texts', () => {
  test('gives back what was written, token 0 too, and nothing beyond the end of a text', () => {
    const ring = new TextRing(16);
    const first = put(ring, 'a', [0, 5, 0]);
    const second = put(ring, 'b', [7, 8]);
    assert.deepEqual(ring.read(first), [0, 5, 0]);
    assert.deepEqual(ring.read(second), [7, 8]);
    assert.deepEqual(ring.slice(first.start + 1, 10), [5, 0]);
    assert.deepEqual(ring.slice(second.start, 1), [7]);
    assert.equal(ring.at(first.start + 3), -1);
  });

  test('counts what is taken and what is there, borders included', () => {
    const ring = new TextRing(16);
    assert.deepEqual([ring.live, ring.free], [0, 16]);
    const first = put(ring, 'a', [1, 2, 3]);
    put(ring, 'b', [4]);
    assert.deepEqual([ring.live, ring.free], [6, 10]);
    ring.blank(first);
    ring.blank(first);
    assert.deepEqual([ring.live, ring.free], [2, 10]);
    ring.release();
    assert.deepEqual([ring.live, ring.free], [2, 14]);
  });

  test('shows nothing of a text that was overwritten, also where it went round the end', () => {
    const ring = new TextRing(8);
    put(ring, 'a', [1, 2, 3, 4]);
    ring.release();
    const round = put(ring, 'b', [5, 6, 7, 8, 9]);
    assert.deepEqual(ring.read(round), [5, 6, 7, 8, 9]);
    ring.blank(round);
    for (let slot = 0; slot < ring.size; slot++) assert.equal(ring.at(slot), -1);
  });

  test('goes from slot to slot round its end, in both directions', () => {
    const ring = new TextRing(5);
    assert.deepEqual([ring.after(3), ring.after(4), ring.before(0), ring.before(2)], [4, 0, 4, 1]);
    assert.deepEqual([ring.back(3, 2), ring.back(1, 3), ring.back(0, 0)], [1, 3, 0]);
  });

  test('tells how long ago a slot was passed', () => {
    const ring = new TextRing(10);
    const run = put(ring, 'a', [1, 2, 3]);
    assert.deepEqual([ring.age(run.start + 3), ring.age(run.start + 2), ring.age(run.start)], [0, 1, 3]);
    put(ring, 'b', [4, 5, 6, 7]);
    assert.equal(ring.age(run.start), 8);
  });

  test('holds the newest texts whatever is put, as a plain list does', () => {
    for (let seed = 0; seed < 40; seed++) {
      const random = new Random(seed);
      const ring = new TextRing(64);
      const kept: { run: TextRun; tokens: number[] }[] = [];
      for (let turn = 0; turn < 60; turn++) {
        const tokens = Array.from({ length: random.int(1, 20) }, () => random.int(0, 9));
        while (ring.free < tokens.length + 1) {
          assert.equal(ring.oldest(), kept[0]!.run);
          ring.release();
          kept.shift();
        }
        kept.push({ run: put(ring, `${turn}`, tokens), tokens });
        for (const each of kept) assert.deepEqual(ring.read(each.run), each.tokens);
        assert.equal(
          ring.live,
          kept.reduce((sum, each) => sum + each.tokens.length + 1, 0),
        );
      }
    }
  });
});

describe('the table of n-grams', () => {
  test('knows where an n-gram stood last, and the places before along its chain', () => {
    const table = new GramTable(2, 32, 8, true);
    const [one, other] = [hashOf(1, 2), hashOf(2, 1)];
    assert.equal(table.newest(one), -1);
    for (const slot of [3, 9, 20]) table.add(one, slot);
    table.add(other, 21);
    const places: number[] = [];
    for (let slot = table.newest(one); slot >= 0; slot = table.older(slot)) places.push(slot);
    assert.deepEqual(places, [20, 9, 3]);
    assert.equal(table.newest(other), 21);
  });

  test('without a chain knows the newest place alone, in less room', () => {
    const [plain, chained] = [new GramTable(2, 1024, 6, false), new GramTable(2, 1024, 6, true)];
    plain.add(hashOf(1, 2), 4);
    plain.add(hashOf(1, 2), 7);
    assert.deepEqual([plain.chained, plain.newest(hashOf(1, 2)), plain.older(7)], [false, 7, -1]);
    assert.equal(chained.bytes - plain.bytes, 4 * 1024);
  });

  test('spreads pairs of small numbers over its whole width', () => {
    const buckets = new Set<number>();
    for (let a = 0; a < 64; a++) for (let b = 0; b < 64; b++) buckets.add(hashOf(a, b) >>> 20);
    // 4,096 balls into as many buckets leave 63 % of them filled.
    assert.ok(buckets.size > 0.55 * 4096, `${buckets.size} of 4096 buckets`);
  });
});
