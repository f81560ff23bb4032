import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Joints, wholeCharacters } from '../../../../../src/engine/drafts/text/joints.ts';
import { vocabularyOf } from '../../../../toy/vocabulary.ts';

const code = (text: string) => text.charCodeAt(0);

describe('borders that are settled', () => {
  const joints = new Joints(vocabularyOf(['', 'ab', ' a', 'é']));

  test('lie where no token of the vocabulary goes across', () => {
    assert.equal(joints.settled(code('a'), code('b')), false);
    assert.equal(joints.settled(code(' '), code('a')), false);
    assert.equal(joints.settled(code('b'), code(' ')), true);
    assert.equal(joints.settled(code('b'), code('a')), true);
  });

  test('never lie inside a character, also of one that no token has', () => {
    const [first, second] = Buffer.from('ü');
    assert.equal(joints.settled(first!, second!), false);
  });

  test('are found from a place back', () => {
    const text = Buffer.from('ab ab ab');
    assert.equal(joints.lastSettled(text, 7), 5);
    assert.equal(joints.lastSettled(text, 4), 2);
    assert.equal(joints.lastSettled(text, 1), 0);
  });
});

describe('the whole characters of a text', () => {
  test('end before a character that lacks bytes', () => {
    for (const text of ['', 'a', 'é', 'a日', '🚀']) {
      const bytes = Buffer.from(text);
      assert.equal(wholeCharacters(bytes), bytes.length);
    }
    const rocket = Buffer.from('a🚀');
    for (let cut = 2; cut < 5; cut++) assert.equal(wholeCharacters(rocket.subarray(0, cut)), 1);
  });

  test('take bytes that begin no character as they are', () => {
    assert.equal(wholeCharacters(Buffer.from([0x80])), 1);
    assert.equal(wholeCharacters(Buffer.from([0x80, 0x80, 0x80, 0x80, 0x80])), 5);
    assert.equal(wholeCharacters(Buffer.from([0x41, 0xff])), 1);
  });
});
