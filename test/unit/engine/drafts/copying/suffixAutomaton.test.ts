import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SuffixDraft } from '../../../../../src/engine/drafts/copying/suffix.ts';
import { SuffixAutomaton } from '../../../../../src/engine/drafts/copying/suffixAutomaton.ts';
import { SuffixIndex } from '../../../../../src/engine/drafts/copying/suffixIndex.ts';
import { SuffixMatcher } from '../../../../../src/engine/drafts/copying/suffixMatcher.ts';
import { Random } from '../../../../toy/random.ts';

/** Length of the longest suffix of `text` that stands in `document`, tried out place by place. */
function longestSuffix(text: readonly number[], document: readonly number[]): number {
  let best = 0;
  for (let end = 1; end <= document.length; end++) {
    let length = 0;
    while (length < text.length && length < end && text.at(-1 - length) === document[end - 1 - length])
      length++;
    best = Math.max(best, length);
  }
  return best;
}

/** Whether `tokens` stand in one of `documents` directly behind the last `length` tokens of `text`. */
function follows(
  tokens: readonly number[],
  text: readonly number[],
  length: number,
  documents: readonly (readonly number[])[],
): boolean {
  const wanted = [...text.slice(text.length - length), ...tokens].join();
  return documents.some((document) =>
    document.some((_, start) => document.slice(start, start + length + tokens.length).join() === wanted),
  );
}

const neverAborted = new AbortController().signal;

const randomText = (random: Random, letters: number, most: number) =>
  random.list(random.int(0, most), () => random.int(0, letters - 1));

describe('the suffix automaton', () => {
  test('knows the longest suffix of a text that stands in its documents', () => {
    for (let seed = 0; seed < 400; seed++) {
      const random = new Random(seed);
      const letters = random.int(1, 4);
      const documents = random.list(random.int(0, 5), () => randomText(random, letters, 30));
      const automaton = new SuffixAutomaton();
      for (const document of documents) {
        automaton.separate();
        for (const token of document) automaton.push(token);
      }
      const matcher = new SuffixMatcher(automaton);
      const text: number[] = [];
      for (let i = 0; i < 40; i++) {
        const token = random.int(0, letters);
        text.push(token);
        matcher.advance(token);
        const longest = Math.max(0, ...documents.map((document) => longestSuffix(text, document)));
        assert.equal(matcher.length, longest, `seed ${seed}, ${i}`);
        const copied = matcher.continuation(5);
        assert.ok(copied.length <= 5);
        if (longest === 0) assert.deepEqual(copied, []);
        else assert.ok(follows(copied, text, longest, documents), `seed ${seed}, ${i}: ${copied}`);
      }
    }
  });

  test('follows a text through itself', () => {
    for (let seed = 0; seed < 400; seed++) {
      const random = new Random(seed);
      const letters = random.int(1, 4);
      const automaton = new SuffixAutomaton();
      const matcher = new SuffixMatcher(automaton);
      const text: number[] = [];
      for (let i = 0; i < 60; i++) {
        const token = random.int(0, letters - 1);
        matcher.advance(token);
        automaton.push(token);
        const before = [...text];
        text.push(token);
        const longest = longestSuffix(text, before);
        assert.equal(matcher.length, longest, `seed ${seed}, ${i}`);
        const copied = matcher.continuation(4);
        assert.equal(copied.length > 0, longest > 0);
        assert.ok(longest === 0 || follows(copied, text, longest, [text]), `seed ${seed}, ${i}`);
      }
    }
  });

  test('stays right when its arrays have grown', () => {
    const random = new Random(7);
    const text = random.list(3000, () => random.int(0, 2));
    const automaton = new SuffixAutomaton();
    const matcher = new SuffixMatcher(automaton);
    const least = automaton.bytes;
    // Lengths of the common suffixes of the text so far and of each of its beginnings.
    let lengths = new Int32Array(text.length + 1);
    text.forEach((token, i) => {
      matcher.advance(token);
      automaton.push(token);
      const next = new Int32Array(text.length + 1);
      for (let j = 0; j < i; j++) if (text[j] === token) next[j + 1] = lengths[j]! + 1;
      lengths = next;
      if (i % 50 === 0) assert.equal(matcher.length, Math.max(...lengths), `${i}`);
    });
    assert.equal(automaton.size, 3000);
    assert.ok(automaton.bytes > least);
  });

  test('copies from the place that came last when many are alike', () => {
    const automaton = new SuffixAutomaton();
    const matcher = new SuffixMatcher(automaton);
    for (const token of [1, 2, 3, 9, 1, 2, 4, 9]) automaton.push(token);
    for (const token of [1, 2]) matcher.advance(token);
    assert.deepEqual(matcher.continuation(2), [4, 9]);
  });

  test('keeps its claims true while it grows under a matcher that is at work', () => {
    for (let seed = 0; seed < 600; seed++) {
      const random = new Random(seed);
      const automaton = new SuffixAutomaton();
      const matcher = new SuffixMatcher(automaton);
      const documents: number[][] = [];
      const text: number[] = [];
      for (let i = 0; i < 30; i++) {
        if (random.chance(0.2)) {
          documents.push(randomText(random, 2, 12));
          automaton.separate();
          for (const token of documents.at(-1)!) automaton.push(token);
        }
        const token = random.int(0, 1);
        text.push(token);
        matcher.advance(token);
        assert.ok(
          matcher.length === 0 || follows(matcher.continuation(3), text, matcher.length, documents),
          `seed ${seed}, ${i}: claims ${matcher.length}`,
        );
      }
    }
  });
});

describe('the suffix draft', () => {
  const propose = async (draft: SuffixDraft, prompt: readonly number[], limit: number) => {
    const session = draft.open({ prompt, language: 'toy' });
    const { tokens } = await session.propose(limit, neverAborted);
    return { tokens, match: session.matchLength() };
  };

  test('copies from the prompt, or from the index where that holds a longer match', async () => {
    const index = new SuffixIndex();
    index.put('file', [5, 6, 7, 8, 20, 21]);
    const draft = new SuffixDraft(index);
    assert.deepEqual(await propose(draft, [7, 8, 30, 7, 8], 2), { tokens: [30, 7], match: 2 });
    assert.deepEqual(await propose(draft, [8, 30, 6, 7, 8], 2), { tokens: [20, 21], match: 3 });
    assert.deepEqual(await propose(draft, [40, 41], 2), { tokens: [], match: 0 });
  });

  test('falls back on the prompt where the text of the index ends', async () => {
    const index = new SuffixIndex();
    index.put('file', [6, 7, 8]);
    assert.deepEqual((await propose(new SuffixDraft(index), [8, 30, 6, 7, 8], 2)).tokens, [30, 6]);
  });

  test('does not copy what follows the cursor in the own file', async () => {
    const text = Array.from({ length: 40 }, (_, i) => i);
    const index = new SuffixIndex();
    index.put('own', [...text, 90, 91]);
    const draft = new SuffixDraft(index);
    const asked = async (own?: string) =>
      (await draft.open({ prompt: text, language: 'toy', own }).propose(2, neverAborted)).tokens;
    assert.deepEqual(await asked(), [90, 91]);
    assert.deepEqual(await asked('own'), []);
  });

  test('never copies from one file into the next', async () => {
    const index = new SuffixIndex();
    index.put('one', [1, 2, 3]);
    index.put('two', [4, 5, 6]);
    const draft = new SuffixDraft(index);
    assert.deepEqual(await propose(draft, [9, 1, 2], 4), { tokens: [3], match: 2 });
    assert.deepEqual(await propose(draft, [9, 3, 4], 4), { tokens: [5, 6], match: 1 });
  });

  test('proposes only what stands behind its match, in prompt, output or index', async () => {
    for (let seed = 0; seed < 300; seed++) {
      const random = new Random(seed);
      const index = new SuffixIndex();
      const documents = random.list(random.int(0, 3), () => randomText(random, 3, 20));
      documents.forEach((document, i) => {
        index.put(`${i}`, document);
      });
      const text = [...randomText(random, 3, 10), 1];
      const session = new SuffixDraft(index).open({ prompt: text, language: 'toy' });
      for (let round = 0; round < 8; round++) {
        const committed = [...randomText(random, 3, 3), 0];
        session.commit(committed);
        text.push(...committed);
        const limit = random.int(1, 6);
        const { tokens } = await session.propose(limit, neverAborted);
        assert.ok(tokens.length <= limit);
        const near = longestSuffix(text, text.slice(0, -1));
        // A place at the very end of a document gives nothing to copy and does not count.
        const far = Math.max(0, ...documents.map((document) => longestSuffix(text, document.slice(0, -1))));
        assert.equal(session.matchLength(), Math.max(near, far), `seed ${seed}`);
        const sources = [text, ...documents];
        assert.ok(tokens.length === 0 || follows(tokens, text, Math.min(near || far, far || near), sources));
      }
    }
  });
});
