import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { EditDraft } from '../../../../../src/engine/drafts/copying/edit.ts';

/** Words and signs as tokens, each with the spaces before it, as a byte-pair vocabulary would have them. */
const known: string[] = [];
const tokens = (text: string) =>
  (text.match(/\s*(?:\w+|[^\w\s])/g) ?? []).map((piece) => {
    if (!known.includes(piece)) known.push(piece);
    return known.indexOf(piece);
  });
const spell = (ids: readonly number[]) => ids.map((id) => known[id]).join('');

/** What is proposed after `written` of a rewrite of `original`. */
function proposed(original: string, written: string, limit = 6): string {
  const session = new EditDraft().open({ prompt: [1], language: 'toy', original: tokens(original) });
  session.commit(tokens(written));
  return spell(session.propose(limit).tokens);
}

describe('the edit draft', () => {
  test('walks along the original', () => {
    assert.equal(proposed('a b c d e f g h i j', ''), 'a b c d e f');
    assert.equal(proposed('a b c d e f g h i j', 'a b c'), ' d e f g h i');
    assert.equal(proposed('a b c d e f g h i j', 'a b c d e f g h'), ' i j');
    assert.equal(proposed('a b c d e f g h i j', 'a b c d e f g h i j'), '');
  });

  test('takes a strange token for a replacement of one, at first', () => {
    assert.equal(proposed('let count = 1;', 'let total'), ' = 1;');
  });

  test('goes on where it was when the token was inserted', () => {
    assert.equal(proposed('return a + b;', 'return await a'), ' + b;');
  });

  test('goes on behind a few tokens that were left out or replaced', () => {
    assert.equal(proposed('let count = count + 1;', 'let total ='), ' count + 1;');
    assert.equal(proposed('call(one.two, three);', 'call(uno, '), ' three);');
  });

  test('finds its place far ahead by three tokens', () => {
    const original = `start ${'filler '.repeat(40)}then this is the end of it`;
    assert.equal(proposed(original, 'start other then this'), ' filler filler filler filler filler filler');
    assert.equal(proposed(original, 'start other then this is'), ' the end of it');
  });

  test('goes back a little where the text repeats itself', () => {
    assert.equal(proposed('a b c d e f - g h i', 'a b c d e f - X Y d e f'), ' - g h i');
  });

  test('expects a change again where the same tokens stand', () => {
    const original = 'let count = 0; for (x of y) count += x; return count;';
    assert.equal(proposed(original, 'let total = 0; for (x of y)', 8), ' total += x; return total;');
  });

  test('expects a change of one token to several, and of several to one', () => {
    const original = 'a.b = 1; c = 2; d = a.b + 3; e = c;';
    assert.equal(proposed(original, 'a.q.b = 1; c = 2; d =', 8), ' a.b + 3; e =');
    assert.equal(proposed(original, 'a.b = 1; x.y = 2; d = a.b + 3; e =', 8), ' x.y;');
  });

  test('has a pointer inside a change that it expects', () => {
    const original = ' v = 1; w = v; u = v;';
    assert.equal(proposed(original, ' n.m = 1; w = n'), '.m; u = n');
  });

  test('gives a change up where the old tokens were kept', () => {
    const original = ' v = 1; w = v; u = v; t = v;';
    assert.equal(proposed(original, ' n = 1; w = n; u = v; t ='), ' v;');
  });

  test('has nothing to say without an original, or at its end', () => {
    const session = new EditDraft().open({ prompt: [1, 2], language: 'toy' });
    session.commit([3]);
    assert.equal(session.matchLength(), 0);
    assert.equal(proposed('', 'abc'), '');
  });

  test('tells how long it has agreed', () => {
    const session = new EditDraft().open({
      prompt: [1],
      language: 'toy',
      original: tokens('a b c d e f g h'),
    });
    assert.equal(session.matchLength(), 1);
    session.commit(tokens('a b c d e'));
    assert.equal(session.matchLength(), 5);
    session.commit(tokens('X'));
    assert.equal(session.matchLength(), 1);
  });

  test('learns no change from a jump: what it went past was not replaced', () => {
    // Behind x the output goes on as behind the second x: the pointer jumps past b, c and d.
    assert.equal(proposed('a x b c d x p q s t b c d u', 'a x p q s t', 3), ' b c d');
  });
});
