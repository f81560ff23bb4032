import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Agreement, agreement } from '../../../src/prompts/frozenSuffix.ts';
import { headText } from '../../../src/prompts/window.ts';

const below = '\nconst next = 1;\nreturn next;\n';

describe('the text after the cursor that the last prompt showed', () => {
  const cases: [string, string, string, Agreement][] = [
    ['is the same', below, below, 'same'],
    ['lacks a bracket that the editor closed', below, `)${below}`, 'line'],
    ['lacks a bracket and a quote', below, `')${below}`, 'line'],
    ['lacks a bracket on a line of its own', below, `\n}${below}`, 'near'],
    ['lacks a bracket of the line and one below', below, `)\n}${below}`, 'near'],
    ['lacks a bracket in front of one that is shown below', `\n}${below}`, `)\n}${below}`, 'line'],
    ['lacks one of two brackets', `)${below}`, `))${below}`, 'line'],
    ['has a bracket that was typed through', `)${below}`, below, 'other'],
    ['has a bracket of another kind', `]${below}`, `)${below}`, 'other'],
    ['lacks more brackets than one types', below, `${')'.repeat(9)}${below}`, 'other'],
    ['lacks a word', below, `word${below}`, 'other'],
    ['has a line that the cursor has passed', `\nold();${below}`, below, 'other'],
    ['is of a text that was changed below', below, below.replace('next', 'last'), 'other'],
    ['is nothing, and a bracket was closed', '', '}', 'line'],
    ['is nothing, and now there is text', '', below, 'other'],
    ['is text, and now there is nothing', below, '', 'other'],
  ];
  for (const [name, shown, actual, expected] of cases) {
    test(name, () => assert.equal(agreement(shown, actual, actual), expected));
  }

  test('stays when only the cut of the window has moved', () => {
    const text = 'line of text\n'.repeat(40);
    const shown = headText(text, 200);
    const actual = `}\n${text}`;
    const now = headText(actual, 200);
    assert.notEqual(now, shown);
    assert.equal(agreement(shown, now, actual), 'line');
  });
});
