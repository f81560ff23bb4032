import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { EditDraft } from '../../../src/engine/drafts/edit.ts';

const letters = (text: string) => [...text].map((char) => char.charCodeAt(0));
const spell = (tokens: readonly number[]) => String.fromCharCode(...tokens);

/** What is proposed after `written` of a rewrite of `original`. */
function proposed(original: string, written: string, limit = 6): string {
  const session = new EditDraft().open({ prompt: [1], language: 'toy', original: letters(original) });
  session.commit(letters(written));
  const proposal = session.propose(limit, new AbortController().signal);
  assert.ok(!(proposal instanceof Promise));
  return spell(proposal.tokens);
}

describe('the edit draft', () => {
  test('walks along the original', () => {
    assert.equal(proposed('abcdefghij', ''), 'abcdef');
    assert.equal(proposed('abcdefghij', 'abc'), 'defghi');
    assert.equal(proposed('abcdefghij', 'abcdefgh'), 'ij');
    assert.equal(proposed('abcdefghij', 'abcdefghij'), '');
  });

  test('waits where something is inserted', () => {
    assert.equal(proposed('abcdefghij', 'abcX'), 'defghi');
    assert.equal(proposed('abcdefghij', 'abcXYd'), 'efghij');
  });

  test('finds its place behind what was left out', () => {
    assert.equal(proposed('abcdefghijklm', 'abchij'), 'klm');
  });

  test('finds its place behind what was replaced', () => {
    assert.equal(proposed('let count = count + 1;', 'let total = '), 'count ');
    assert.equal(proposed('call(one, two, three);', 'call(uno, two'), ', thre');
  });

  test('goes back a little where the text repeats itself', () => {
    assert.equal(proposed('abcdef-ghi', 'abcdef-Xdef'), '-ghi');
  });

  test('does not jump for one or two tokens', () => {
    assert.equal(proposed('f(a, b) + g(c, d)', 'f(z, '), 'a, b) ');
  });

  test('has nothing to say without an original, or at its end', () => {
    const session = new EditDraft().open({ prompt: [1, 2], language: 'toy' });
    session.commit([3]);
    assert.equal(session.matchLength(), 0);
    assert.equal(proposed('', 'abc'), '');
  });

  test('tells how long it has agreed', () => {
    const session = new EditDraft().open({ prompt: [1], language: 'toy', original: letters('abcdefgh') });
    assert.equal(session.matchLength(), 1);
    session.commit(letters('abcde'));
    assert.equal(session.matchLength(), 5);
    session.commit(letters('X'));
    assert.equal(session.matchLength(), 1);
  });
});
