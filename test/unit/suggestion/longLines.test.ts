import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decide } from '../../../src/suggestion/decide.ts';
import { syntaxOf } from '../../../src/syntax/load.ts';
import { drawn } from './drawing.ts';

/**
 * The work for a long line, counted: an expression that may try a run of signs from each of them takes time by the square of what it is
 * given, so such a one is given a piece of bounded length.
 */
async function longestGiven(line: string, language: string, expressions: RegExp): Promise<number> {
  const syntax = await syntaxOf(language);
  const context = drawn(`# A\n\n${line}\n\nSome words █\n`, { language });
  const own = RegExp.prototype.exec;
  let longest = 0;
  RegExp.prototype.exec = function (text: string) {
    // Not by `test`, which asks for `exec`.
    if (own.call(expressions, this.source)) longest = Math.max(longest, text.length);
    return own.call(this, text);
  };
  try {
    decide(context, { text: 'more words\nand a line', singleLine: false, finish: 'stop' }, syntax);
  } finally {
    RegExp.prototype.exec = own;
  }
  return longest;
}

test('where code begins in Markdown, and how a line of prose ends, is looked for in a bounded part of a line', async () => {
  for (const sign of [' ', '.', '1', '- ', '`']) {
    const given = await longestGiven(
      sign.repeat(12_000 / sign.length),
      'markdown',
      /^\^\(\[ \\t\]\*|^\[\.:;,!/,
    );
    assert.ok(given > 0 && given <= 200, `${given} for ${JSON.stringify(sign)}`);
  }
});
