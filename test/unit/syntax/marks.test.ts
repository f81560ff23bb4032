import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Kind, markOf } from '../../../src/suggestion/syntax.ts';
import { markOfScopes } from '../../../src/syntax/marks.ts';

/** Names as grammars give them, from the outermost inwards, and what the token is: its kind and how deep in strings. */
const cases: readonly [string, string, Kind, number][] = [
  ['bare code', 'source.ts keyword.control', 'code', 0],
  ['a string', 'source.ts string.quoted.double', 'string', 1],
  ['an escape in a string', 'source.ts string.quoted.double constant.character.escape', 'string', 1],
  ['an escape outside of strings', 'source.shell constant.character.escape', 'code', 0],
  ['a comment', 'source.ts comment.line', 'comment', 0],
  ['a type in a comment', 'source.ts comment.block.documentation storage.type string.quoted', 'comment', 0],
  ['a docstring', 'source.python string.quoted.docstring.multi comment.block', 'string', 1],
  ['code in a template', 'source.ts string.template meta.template.expression variable.other', 'code', 1],
  [
    'a string in code in a template',
    'source.ts string.template meta.template.expression string.quoted',
    'string',
    2,
  ],
  ['a format string', 'source.python meta.fstring.python string.interpolated.python', 'string', 1],
  ['code in a format string', 'source.python meta.fstring.python meta.embedded.line', 'code', 1],
  ['running text', 'text.html.basic', 'text', 0],
  ['code in a page', 'text.html.basic meta.embedded.block source.js', 'code', 0],
  ['a bare word', 'source.yaml string.unquoted.plain', 'code', 0],
];

describe('the mark of a token by its scopes', () => {
  for (const [name, scopes, kind, level] of cases) {
    test(name, () => assert.equal(markOfScopes(scopes.split(' ')), markOf(kind, level)));
  }
});
