import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LONGEST_MATCH } from '../../../../src/engine/drafts/copying/ringMatch.ts';
import { OTHER_FILE, SuffixIndex } from '../../../../src/engine/drafts/copying/suffixIndex.ts';
import { EVIDENCE_FEATURES, Evidence, MOST_CANDIDATES } from '../../../../src/engine/memory/evidence.ts';
import { OwnText } from '../../../../src/engine/memory/ownText.ts';
import { Tally } from '../../../../src/engine/memory/tally.ts';
import { Random } from '../../../toy/random.ts';
import { cases } from '../../../toy/thorough.ts';

/** Tokens that agree before two ends of a text. */
function common(text: readonly number[], a: number, b: number): number {
  let length = 0;
  while (length < a && length < LONGEST_MATCH && text[a - 1 - length] === text[b - 1 - length]) length++;
  return length;
}

/** What a source says of every token, from its places. */
function voicesOf(places: readonly { token: number; length: number }[]) {
  const longest = Math.max(0, ...places.map(({ length }) => length));
  const voting = places.filter(({ length }) => length >= Math.min(longest, 4));
  return [...new Set(voting.map(({ token }) => token))]
    .map((token) => {
      const own = voting.filter((place) => place.token === token);
      const length = Math.max(...own.map((place) => place.length));
      return { token, length, count: own.length, share: own.length / voting.length };
    })
    .sort((a, b) => b.length - a.length || b.count - a.count || a.token - b.token);
}

const shown = (tally: Tally) =>
  tally.voices.map(({ token, length, count, share }) => ({ token, length, count, share }));

describe('the text of a request', () => {
  test('names every place where its end stood before', () => {
    for (let seed = 0; seed < cases(200); seed++) {
      const random = new Random(seed);
      const text = random.list(random.int(1, 150), () => random.int(0, random.int(1, 6)));
      const cut = random.int(1, text.length);
      const own = new OwnText(text.slice(0, cut), random.int(0, 3));
      for (const token of text.slice(cut)) own.push(token);
      const places = [];
      for (let at = text.length - 1; at > 0; at--) {
        const length = common(text, at, text.length);
        if (length > 0) places.push({ token: text[at]!, length });
      }
      const tally = new Tally();
      own.survey(tally);
      tally.count(4);
      assert.deepEqual(shown(tally), voicesOf(places).slice(0, 4), `seed ${seed}`);
    }
  });
});

describe('the index', () => {
  const survey = (index: SuffixIndex, text: readonly number[], own?: string) => {
    const tally = new Tally();
    index.survey(Int32Array.from([...text, 9, 9]), text.length, own, tally);
    tally.count(4);
    return shown(tally);
  };

  test('names the places of its texts, none of them twice', () => {
    for (let seed = 0; seed < cases(200); seed++) {
      const random = new Random(seed);
      const file = random.list(random.int(8, 40), () => random.int(0, 4));
      const text = random.list(random.int(3, 30), () => random.int(0, 4));
      const index = new SuffixIndex(1 << 16);
      index.put('a', file);
      const places = [];
      for (let at = file.length - 1; at > 0; at--) {
        let length = 0;
        while (length < at && length < text.length && file[at - 1 - length] === text.at(-1 - length))
          length++;
        if (length >= 3) places.push({ token: file[at]!, length });
      }
      // Of shorter matches only the newest is known.
      if (places.length > 0)
        assert.deepEqual(survey(index, text), voicesOf(places).slice(0, 4), `seed ${seed}`);
    }
  });

  test('names a short match where there is no longer one, and nothing where there is none', () => {
    const index = new SuffixIndex(1 << 16);
    index.put('a', [1, 2, 3, 4]);
    assert.deepEqual(survey(index, [7, 2, 3]), [{ token: 4, length: 2, count: 1, share: 1 }]);
    assert.deepEqual(survey(index, [7, 3]), [{ token: 4, length: 1, count: 1, share: 1 }]);
    assert.deepEqual(survey(index, [7, 4]), []);
    assert.deepEqual(survey(index, []), []);
  });

  test('passes over the place of the cursor in the file itself', () => {
    const random = new Random(1);
    const before = random.list(40, () => random.int(0, 50));
    const after = random.list(20, () => random.int(60, 80));
    const index = new SuffixIndex(1 << 16);
    index.put('own', [...before, ...after]);
    assert.equal(survey(index, before)[0]?.token, after[0]);
    assert.deepEqual(survey(index, before, 'own'), []);
    // A text that begins with the file is at its place however short it is.
    assert.deepEqual(survey(index, [99, ...before.slice(0, 8)], 'own'), []);
    // Elsewhere the file may be copied from, and so may the same text in another file.
    assert.equal(survey(index, [99, ...after.slice(3, 8)], 'own')[0]?.token, after[8]);
    index.put('other', [...before, ...after]);
    assert.equal(survey(index, before, 'own')[0]?.token, after[0]);
  });
});

describe('how far away', () => {
  const distances = (names: readonly string[], own?: string) => {
    const index = new SuffixIndex(1 << 16);
    for (const name of names) index.put(name, [20, 1, 2, 3, 4, 21]);
    const tally = new Tally();
    index.survey(Int32Array.of(7, 1, 2, 3), 4, own, tally);
    tally.count(4);
    return tally.voices.map(({ distance }) => distance);
  };

  test('a place of the index is, is told by whether it is in the own file, and the nearest counts', () => {
    assert.deepEqual(distances(['own'], 'own'), [0]);
    assert.deepEqual(distances(['other'], 'own'), [OTHER_FILE]);
    assert.deepEqual(distances(['own', 'other'], 'own'), [0]);
    assert.deepEqual(distances(['other', 'own'], 'own'), [0]);
    assert.deepEqual(distances(['own']), [OTHER_FILE]);
  });

  test('a place of the text is, is told in tokens', () => {
    const tally = new Tally();
    new OwnText([5, 1, 8, 5, 1, 9, 9, 5]).survey(tally);
    tally.count(4);
    assert.deepEqual(
      tally.voices.map(({ token, count, distance }) => [token, count, distance]),
      [[1, 2, 4]],
    );
  });
});

describe('evidence', () => {
  test('does not look at an index that is not there, and names each candidate once', () => {
    const text = [1, 2, 3, 1, 2, 4, 1, 2];
    const alone = new Evidence(text, undefined, undefined);
    assert.deepEqual([...alone.tokens.subarray(0, alone.count)], [3, 4]);
    const index = new SuffixIndex(1 << 16);
    index.put('a', [1, 2, 4, 1, 2, 5]);
    const both = new Evidence(text, index, undefined);
    const named = [...both.tokens.subarray(0, both.count)];
    assert.deepEqual(named.sort(), [3, 4, 5]);
    assert.ok(both.count <= MOST_CANDIDATES);
  });

  test('is the same whether a text came as a prompt or token by token', () => {
    const random = new Random(3);
    const index = new SuffixIndex(1 << 16);
    index.put(
      'a',
      random.list(200, () => random.int(0, 5)),
    );
    const text = random.list(100, () => random.int(0, 5));
    const grown = new Evidence(text.slice(0, 1), index, undefined);
    const row = new Float64Array(EVIDENCE_FEATURES);
    const other = new Float64Array(EVIDENCE_FEATURES);
    for (let length = 1; length < text.length; length++) {
      const fresh = new Evidence(text.slice(0, length), index, undefined);
      // Looking or not must not matter.
      if (length % 3 === 0) {
        assert.equal(grown.count, fresh.count);
        for (let i = 0; i < fresh.count; i++) {
          fresh.features(i, 1.5, row);
          grown.features(i, 1.5, other);
          assert.deepEqual(other, row);
          assert.ok(row.every((value) => Number.isFinite(value) && Math.abs(value) < 10));
        }
      }
      grown.commit(text[length]!);
    }
  });
});
