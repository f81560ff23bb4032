// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these strings are documents
import { type Row, testRows } from '../golden.ts';

/** Tabs, steps of another width, and what a language is indented by where its file does not tell. */
testRows(
  'kind 14, the indentation of the file',
  [
    [
      'typescript',
      'class A {\n\tf() {\n\t\tg();\n\t}\n\n\t█\n}',
      'h() {\n    i();\n  }',
      'class A {\n\tf() {\n\t\tg();\n\t}\n\n\th() {\n\t\ti();\n\t}█\n}',
    ],
    [
      'go',
      'func a() {\n\tb()\n}\n\n█',
      'func c() {\n    d()\n}',
      'func a() {\n\tb()\n}\n\nfunc c() {\n\td()\n}█',
    ],
    ['makefile', 'all:\n\ta\n\nb:█', '\n    c\n    d', 'all:\n\ta\n\nb:\n\tc\n\td█'],
    ['makefile', 'a:█', '\n    c', 'a:\n\tc█'],
    ['go', 'package a\n\nfunc f() {█', '\n    c()\n}', 'package a\n\nfunc f() {\n\tc()\n}█'],
    [
      'python',
      'def a():\n  b()\n\ndef c():█',
      '\n    d()\n    if e:\n        f()',
      'def a():\n  b()\n\ndef c():\n  d()\n  if e:\n    f()█',
    ],
    [
      'typescript',
      'function a() {\n    b();\n}\n\nfunction c() {█',
      '\n  d();\n  if (e) {\n    f();\n  }\n}',
      'function a() {\n    b();\n}\n\nfunction c() {\n    d();\n    if (e) {\n        f();\n    }\n}█',
    ],
    [
      'json',
      '{\n\t"a": {\n\t\t"b": 1\n\t},█\n}',
      '\n    "c": {\n        "d": 1\n    }',
      '{\n\t"a": {\n\t\t"b": 1\n\t},\n\t"c": {\n\t\t"d": 1\n\t}█\n}',
    ],
    ['html', '<ul>\n\t<li>a</li>█\n</ul>', '\n    <li>b</li>', '<ul>\n\t<li>a</li>\n\t<li>b</li>█\n</ul>'],
    [
      'css',
      'a {\n\tcolor: red;\n}\n\nb {█',
      '\n  margin: 0;\n}',
      'a {\n\tcolor: red;\n}\n\nb {\n\tmargin: 0;\n}█',
    ],
    [
      'shellscript',
      'if a; then\n\tb\nfi\n\nif c; then█',
      '\n  d\nfi',
      'if a; then\n\tb\nfi\n\nif c; then\n\td\nfi█',
    ],
    ['markdown', '- a\n\t- b\n\t- c█', '\n    - d', '- a\n\t- b\n\t- c\n\t- d█'],
    [
      'yaml',
      'a:\n    b: 1\nc:█',
      '\n  d: 1\n  e:\n    f: 2',
      'a:\n    b: 1\nc:\n    d: 1\n    e:\n        f: 2█',
    ],
    [
      'typescript',
      'function a() {\r\n\tb();\r\n}\r\n\r\nfunction c() {█',
      '\n  d();\n}',
      'function a() {\r\n\tb();\r\n}\r\n\r\nfunction c() {\n\td();\n}█',
    ],
    ['yaml', 'a:\n  b: 1\nc:█', '\n\td: 1', 'a:\n  b: 1\nc:\n  d: 1█'],
    ['yaml', 'a:█', '\n\td: 1', 'a:\n  d: 1█'],
  ].map((row) => row as unknown as Row),
);
