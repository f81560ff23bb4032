import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { IndexMatcher } from '../../../../../src/engine/drafts/copying/indexMatcher.ts';
import { LONGEST_MATCH } from '../../../../../src/engine/drafts/copying/ringMatch.ts';
import { SuffixIndex } from '../../../../../src/engine/drafts/copying/suffixIndex.ts';
import { Random } from '../../../../toy/random.ts';

const run = (from: number, length: number) => Array.from({ length }, (_, i) => from + i);

/** Whether `tokens` can be copied: from the fourth on each is the continuation of those before. */
function holds(index: SuffixIndex, tokens: readonly number[]): boolean {
  return tokens.slice(3).every((token, i) => {
    const match = index.find(tokens.slice(0, i + 3));
    return match?.length === Math.min(i + 3, LONGEST_MATCH) && index.slice(match.next, 1)[0] === token;
  });
}

/** The smallest index, which holds about a thousand tokens. */
const small = () => new SuffixIndex(0);

describe('the suffix index', () => {
  test('finds the longest match with the end of a text, in any document', () => {
    for (let seed = 0; seed < 400; seed++) {
      const random = new Random(seed);
      const letters = random.int(2, 5);
      const index = new SuffixIndex(1 << 20);
      const documents = random.list(random.int(0, 4), () =>
        random.list(random.int(0, 30), () => random.int(0, letters)),
      );
      documents.forEach((document, i) => {
        index.put(`${i}`, document);
      });
      const matcher = new IndexMatcher(index);
      const text: number[] = [];
      for (let i = 0; i < 40; i++) {
        text.push(random.int(0, letters));
        matcher.advance(text[i]!);
        if (random.chance(0.3)) continue;
        const { places, length } = longest(documents, text);
        assert.equal(matcher.length, length, `seed ${seed}, ${i}`);
        if (length === 0) continue;
        const copied = matcher.continuation(4);
        assert.ok(places.some((place) => place.slice(0, copied.length).join() === copied.join()));
        assert.ok(copied.length === 4 || places.some((place) => place.join() === copied.join()));
        assert.ok(matcher.count >= 1 && matcher.count <= places.length);
        assert.ok(matcher.agreeing > 0 && matcher.agreeing <= matcher.count);
      }
    }
  });

  test('of equal matches most win, then the newest', () => {
    const index = new SuffixIndex(1 << 20);
    index.put('a', [1, 2, 3, 4, 50, 0]);
    index.put('b', [9, 2, 3, 4, 50, 1]);
    index.put('c', [8, 2, 3, 4, 60, 2]);
    const match = index.find([7, 2, 3, 4]);
    assert.equal(match?.length, 3);
    assert.deepEqual([match.count, match.agreeing], [3, 2]);
    assert.deepEqual(index.slice(match.next, 5), [50, 1]);
  });

  test('matches do not run over the border of a text, and copies stop there', () => {
    const index = new SuffixIndex(1 << 20);
    index.put('one', [1, 2, 3]);
    index.put('two', [4, 5, 6]);
    assert.equal(index.find([2, 3]), undefined, 'nothing follows');
    const match = index.find([3, 4]);
    assert.equal(match?.length, 1);
    assert.deepEqual(index.slice(match.next, 9), [5, 6]);
  });

  test('the place of the cursor in its own file is passed over, and the same text elsewhere is not', () => {
    const before = Array.from({ length: 40 }, (_, i) => i);
    const index = new SuffixIndex(1 << 16);
    index.put('own', [...before, 90, 91, 92]);
    assert.equal(index.find(before)!.length, 40);
    assert.equal(index.find(before, -1, 'own'), undefined);
    // A text that begins with the file is at its place however short it is.
    assert.equal(index.find([99, ...before.slice(0, 5)], -1, 'own'), undefined);
    // In the middle of the file a short match may be anywhere: it is copied from.
    const copied = index.find([99, 20, 21, 22], -1, 'own')!;
    assert.deepEqual(index.slice(copied.next, 2), [23, 24]);
    index.put('other', [...before, 80]);
    const elsewhere = index.find(before, -1, 'own')!;
    assert.deepEqual(index.slice(elsewhere.next, 2), [80]);
  });

  test('a replaced or removed text is gone at once', () => {
    const index = small();
    index.put('a', [1, 2, 3, 4]);
    index.put('b', [5, 6, 7, 8]);
    index.put('a', [11, 12, 13, 14]);
    assert.ok(!holds(index, [1, 2, 3, 4]) && holds(index, [11, 12, 13, 14]) && holds(index, [5, 6, 7, 8]));
    index.remove('b');
    index.remove('never there');
    assert.equal(index.find([5, 6]), undefined);
    assert.deepEqual([index.count, index.has('a'), index.has('b')], [1, true, false]);
  });

  test('a text that is put again unchanged takes no room', () => {
    const index = small();
    index.put('a', run(1, 100));
    const { size } = index;
    for (let i = 0; i < 50; i++) index.put('a', run(1, 100));
    assert.equal(index.size, size);
  });

  test('the oldest texts make room, within the memory that was given', () => {
    const index = new SuffixIndex(200_000);
    assert.ok(index.bytes <= 200_000 && index.bytes > 100_000, `${index.bytes}`);
    for (let i = 0; i < 400; i++) {
      index.put(`${i}`, run(i * 1000, 290));
      assert.ok(holds(index, run(i * 1000, 290)), `the text that was just put is there: ${i}`);
      assert.ok(index.size <= index.capacity);
    }
    assert.ok(!index.has('0') && !holds(index, run(0, 290)));
    assert.ok(index.count >= (0.6 * index.capacity) / 291, `only ${index.count} texts are held`);
  });

  test('a text that is put again is as good as new', () => {
    const index = small();
    index.put('often', run(500_000, 100));
    for (let i = 0; i < 60; i++) {
      index.put(`${i}`, run(i * 1000, 90));
      assert.ok(holds(index, run(500_000, 100)), `${i}`);
      index.put('often', run(500_000, 100));
    }
  });

  test('versions of one file do not push out the others', () => {
    const index = small();
    index.put('kept', run(0, 300));
    for (let version = 1; version <= 100; version++) {
      index.put('edited', run(version * 1000, 200));
      assert.ok(holds(index, run(version * 1000, 200)) && holds(index, run(0, 300)), `${version}`);
    }
    assert.ok(!holds(index, run(99_000, 200)));
  });

  test('a text that is too large is left out rather than all others', () => {
    const index = small();
    index.put('small', run(0, 300));
    index.put('huge', run(1000, 50_000));
    assert.ok(holds(index, run(0, 300)) && !index.has('huge'));
  });

  test('keeps its claims while texts come, go and change under a matcher', () => {
    for (let seed = 0; seed < 200; seed++) {
      const random = new Random(seed);
      const index = small();
      const documents = new Map<string, number[]>();
      const matcher = new IndexMatcher(index);
      const text: number[] = [];
      for (let i = 0; i < 120; i++) {
        const name = `${random.int(0, 5)}`;
        if (random.chance(0.3)) {
          documents.set(
            name,
            random.list(random.int(0, 220), () => random.int(0, 2)),
          );
          index.put(name, documents.get(name)!);
        } else if (random.chance(0.1)) {
          documents.delete(name);
          index.remove(name);
        }
        text.push(random.int(0, 2));
        matcher.advance(text[i]!);
        const { length } = matcher;
        if (length === 0) continue;
        const claimed = [...text.slice(-length), ...matcher.continuation(3)].join();
        const found = [...documents.values()].some((document) => `,${document},`.includes(`,${claimed},`));
        assert.ok(found, `seed ${seed}, ${i}: ${claimed}`);
      }
    }
  });

  test('long texts are written in steps, and what comes in between does no harm', () => {
    const index = new SuffixIndex(1 << 20);
    const long = run(10_000, 9000);
    const steps = [...index.putInSteps('long', long)].length;
    assert.ok(steps >= 3, `${steps} steps`);
    assert.ok(holds(index, long.slice(4000, 4200)) && holds(index, long.slice(-100)));

    const other = index.putInSteps('other', run(30_000, 9000));
    other.next();
    index.put('between', run(100, 50));
    for (const _ of other);
    assert.ok(holds(index, run(100, 50)) && holds(index, run(38_900, 100)));

    const removed = index.putInSteps('removed', run(100_000, 9000));
    removed.next();
    index.remove('removed');
    for (const _ of removed);
    assert.ok(!index.has('removed') && !holds(index, run(100_000, 10)) && !holds(index, run(108_000, 10)));
  });
});

/** The longest matches with the end of `text` that something follows, tried out place by place. */
function longest(documents: readonly (readonly number[])[], text: readonly number[]) {
  let length = 0;
  let places: (readonly number[])[] = [];
  for (const document of documents) {
    for (let end = 1; end < document.length; end++) {
      let matched = 0;
      while (matched < Math.min(end, text.length) && document[end - 1 - matched] === text.at(-1 - matched)) {
        matched++;
      }
      if (matched > length) places = [];
      if (matched >= Math.max(length, 1)) places.push(document.slice(end));
      length = Math.max(length, matched);
    }
  }
  return { length, places };
}
