import assert from 'node:assert/strict';
import { test } from 'node:test';
import { styleOf, withIndentation } from '../../../src/suggestion/ownIndentation.ts';
import { testRows } from './golden.ts';

const tabbed = 'function a() {\n\tif (b) {\n\t\tc();\n\t}\n}\n';
const spaced = 'function a() {\n  if (b) {\n    c();\n  }\n}\n';

testRows('indentation', [
  [
    'typescript',
    `${tabbed}function d() {█\n`,
    '\n    for (const e of f) {\n        g(e);\n    }\n}',
    `${tabbed}function d() {\n\tfor (const e of f) {\n\t\tg(e);\n\t}\n}█\n`,
  ],
  [
    'typescript',
    `${tabbed}function d() {█\n`,
    '\n  for (const e of f) {\n    g(e);\n  }\n}',
    `${tabbed}function d() {\n\tfor (const e of f) {\n\t\tg(e);\n\t}\n}█\n`,
  ],
  [
    'go',
    'func a() {\n\tif b {\n\t\tc()\n\t}\n}\n\nfunc d() {\n\tif e {█\n\t}\n}\n',
    '\n        g()',
    'func a() {\n\tif b {\n\t\tc()\n\t}\n}\n\nfunc d() {\n\tif e {\n\t\tg()█\n\t}\n}\n',
  ],
  [
    'typescript',
    `${spaced}function d() {█\n`,
    '\n\tfor (const e of f) {\n\t\tg(e);\n\t}\n}',
    `${spaced}function d() {\n  for (const e of f) {\n    g(e);\n  }\n}█\n`,
  ],
  [
    'python',
    'def a():\n\tif b:\n\t\tc()\n\ndef d():█\n',
    '\n    for e in f:\n        g(e)',
    'def a():\n\tif b:\n\t\tc()\n\ndef d():\n\tfor e in f:\n\t\tg(e)█\n',
  ],
  // What fits stays as it is, and so does what nothing tells of.
  ['typescript', `${tabbed}function d() {█\n`, '\n\te();\n}', `${tabbed}function d() {\n\te();\n}█\n`],
  ['typescript', 'function d() {█\n', '\n    e();\n}', 'function d() {\n    e();\n}█\n'],
]);

test('indentation: the style is that of most lines, the step the one that comes most', () => {
  assert.deepEqual(styleOf(tabbed, 4)?.tabs, true);
  assert.deepEqual(styleOf(spaced, 4), { tabs: false, unit: 2 });
  assert.deepEqual(styleOf('a:\n    b:\n        c: 1\n', 2), { tabs: false, unit: 4 });
  assert.equal(styleOf('a\nb\n', 4), undefined);
});

test('indentation: the space before an asterisk stays', () => {
  const lines = ['/**', '     * What it does.', '     */', '    run();'];
  assert.deepEqual(withIndentation(lines, { tabs: true, unit: 4 }, 1), [
    '/**',
    '\t * What it does.',
    '\t */',
    '\trun();',
  ]);
});
