import { type Golden, testGoldens } from './golden.ts';

const goldens: Golden[] = [
  {
    name: 'an ordinary end of a line is kept',
    document: 'const a = █',
    text: 'b + 1;',
    expected: 'const a = b + 1;█',
  },
  { name: 'nothing', document: 'const a = █', text: '', expected: { drop: 'blank' } },
  { name: 'nothing but white space', document: 'const a =█', text: ' \n\t\n', expected: { drop: 'blank' } },
  {
    name: 'white space at the end goes',
    document: 'call(█',
    text: 'x);  \n\n',
    expected: 'call(x);█',
  },

  // What the editor closed by itself.
  {
    name: 'a bracket that was closed by the editor is replaced',
    document: 'call(█)',
    text: 'a, b);',
    expected: 'call(a, b);█',
  },
  {
    name: 'a text that does not close keeps the bracket',
    document: 'call(█)',
    text: 'a, b',
    expected: 'call(a, b█)',
  },
  {
    name: 'own brackets of the text are not the one of the editor',
    document: 'call(█)',
    text: 'inner(1)',
    expected: 'call(inner(1)█)',
  },
  {
    name: 'two brackets of different kinds',
    document: 'call({█})',
    text: ' a: 1 });',
    expected: 'call({ a: 1 });█',
  },
  {
    name: 'only the inner one of two',
    document: 'call({█})',
    text: ' a: 1 }',
    expected: 'call({ a: 1 }█)',
  },
  {
    name: 'a block closed lines later',
    document: 'function f() {█}',
    text: '\n  return 1;\n}',
    expected: 'function f() {\n  return 1;\n}█',
  },
  {
    name: 'a block that the text leaves open is closed on a line of its own',
    document: '  if (a) {█}',
    text: '\n    b();',
    expected: '  if (a) {\n    b();\n  }█',
  },
  {
    name: 'a line in front of a closing brace',
    document: 'if (a) {\n  b();\n█}',
    text: '  c();',
    expected: 'if (a) {\n  b();\n  c();\n}█',
  },
  {
    name: 'a list that the text leaves open',
    document: 'call([█]);',
    text: '\n  1,\n  2,',
    expected: 'call([\n  1,\n  2,\n]);█',
  },
  {
    name: 'a quote that was closed by the editor',
    document: 'const a = "█"',
    text: 'hello";',
    expected: 'const a = "hello";█',
  },
  {
    name: 'a quote that the text leaves open',
    document: 'const a = "█"',
    text: 'hello (you',
    expected: 'const a = "hello (you█"',
  },
  {
    name: 'a quote and a bracket',
    document: "require('█')",
    text: "node:fs');",
    expected: "require('node:fs');█",
  },
  {
    name: 'a bracket in a string of the text closes nothing',
    document: 'call(█)',
    text: '")"',
    expected: 'call(")"█)',
  },
  {
    name: 'an escaped quote closes nothing',
    document: 'const a = "█"',
    text: 'say \\"hi\\"',
    expected: 'const a = "say \\"hi\\"█"',
  },
  {
    name: 'a comment that was closed by the editor',
    document: '/** █ */',
    text: 'The sum. */',
    expected: '/** The sum. */█',
  },
  {
    name: 'a comment that the text closes before it goes on',
    document: '/**█ */',
    text: ' The sum. */\nfunction sum() {',
    expected: '/** The sum. */\nfunction sum() {\n}█',
  },
  {
    name: 'a comment that the text leaves open',
    document: '/** █ */',
    text: 'The sum.',
    expected: '/** The sum.█ */',
  },
  {
    name: 'an index',
    document: 'const a = list[█];',
    text: 'i + 1];',
    expected: 'const a = list[i + 1];█',
  },

  // What stands right of the cursor.
  {
    name: 'the rest of the line is not doubled',
    document: 'call(a█, last);',
    text: 'bc, last);',
    expected: 'call(abc, last);█',
  },
  {
    name: 'a text that is only the rest of the line',
    document: 'call(a█, last);',
    text: ', last);',
    expected: { drop: 'repeats-rest' },
  },
  {
    name: 'a text that is only the bracket there',
    document: 'call(█)',
    text: ')',
    expected: { drop: 'repeats-rest' },
  },
  {
    name: 'a text in front of something else',
    document: 'call(█, last);',
    text: 'first',
    expected: 'call(first█, last);',
  },
  {
    name: 'a head of a block whose brace stands there',
    document: 'if (█) {\n}',
    text: 'ready) {',
    expected: 'if (ready) {█\n}',
    singleLine: true,
  },

  // Lines below.
  {
    name: 'a closing line that stands below',
    document: 'function f() {█\n}\n',
    text: '\n  return 1;\n}',
    expected: 'function f() {\n  return 1;█\n}\n',
  },
  {
    name: 'several lines that stand below',
    document: 'a();\n█\nc();\nd();\n',
    text: 'b();\nc();\nd();',
    expected: 'a();\nb();█\nc();\nd();\n',
  },
  {
    name: 'the line that stands below',
    document: 'a();\n█\nb();\n',
    text: 'b();',
    expected: { drop: 'repeats-below' },
  },
  {
    name: 'the line that stands below, half typed',
    document: 'a();\nconst x█\nconst x = 1;\n',
    text: ' = 1;',
    expected: { drop: 'repeats-below' },
  },
  {
    name: 'a brace of another depth is another brace',
    document: 'function f() {\n  if (a) {\n    b();█\n}\n',
    text: '\n  }',
    expected: 'function f() {\n  if (a) {\n    b();\n  }█\n}\n',
  },

  // Where a suggestion ends.
  {
    name: 'the end of the function',
    document: 'function f() {█',
    text: '\n  return 1;\n}\n\nfunction g() {\n  return 2;\n}',
    expected: 'function f() {\n  return 1;\n}█',
  },
  {
    name: 'else belongs to if',
    document: 'if (a) {█',
    text: '\n  b();\n} else {\n  c();\n}\nd();',
    expected: 'if (a) {\n  b();\n} else {\n  c();\n}█',
  },
  {
    name: 'Python: the end of the body',
    document: 'def f():█',
    language: 'python',
    text: '\n    return 1\n\n\ndef g():\n    return 2',
    expected: 'def f():\n    return 1█',
  },
  {
    name: 'Python: except belongs to try',
    document: 'try:█',
    language: 'python',
    text: '\n    a()\nexcept ValueError:\n    b()\nc()',
    expected: 'try:\n    a()\nexcept ValueError:\n    b()█',
  },
  {
    name: 'a line less indented than the block',
    document: 'class A {\n  f() {\n    █',
    text: 'a();\n    b();\n  }\n}',
    expected: 'class A {\n  f() {\n    a();\n    b();█',
  },
  {
    name: 'an empty line between statements',
    document: 'class A {\n  f() {\n    █',
    text: 'a();\n    b();\n\n    c();',
    expected: 'class A {\n  f() {\n    a();\n    b();█',
  },
  {
    name: 'the statement under the cursor, not the next ones',
    document: 'const a = █',
    text: 'b();\nconst c = d();\nconst e = f();',
    expected: 'const a = b();█',
  },
  {
    name: 'a call over several lines',
    document: 'const a = █',
    text: 'call(\n  b,\n  c,\n);\nconst d = e();',
    expected: 'const a = call(\n  b,\n  c,\n);█',
  },
  {
    name: 'the next statements after a complete one',
    document: 'a();█',
    text: '\nb();\nc();\n\nd();',
    expected: 'a();\nb();\nc();█',
  },
  {
    name: 'prose ends with the paragraph',
    document: 'One sentence.█',
    language: 'markdown',
    text: ' And another\none.\n\n## Next',
    expected: 'One sentence. And another\none.█',
  },

  // Loops.
  {
    name: 'the same line again and again',
    document: 'const a = [█',
    text: '\n  value(),\n  value(),\n  value(),\n  value(),',
    expected: 'const a = [\n  value(),█',
  },
  {
    name: 'the same words again and again',
    document: 'text█',
    language: 'plaintext',
    text: ' and so on and so on and so on and so on and so on and so on',
    expected: 'text and so on█',
  },
  {
    name: 'a row of numbers is no loop',
    document: 'const a = [█]',
    text: '0, 0, 0, 0, 0]',
    expected: 'const a = [0, 0, 0, 0, 0]█',
  },
  {
    name: 'a ruler is no loop',
    document: '// █',
    text: '------------------------------------------------',
    expected: '// ------------------------------------------------█',
  },

  // Brackets that close nothing.
  {
    name: 'a bracket too many',
    document: 'call(a█',
    text: ', b));',
    expected: 'call(a, b)█',
  },
  {
    name: 'nothing but brackets that close nothing',
    document: 'const a = 1█',
    text: ')',
    expected: { drop: 'unbalanced' },
  },
  {
    name: 'in prose a bracket may stand alone',
    document: 'One: █',
    language: 'markdown',
    text: ':) yes',
    expected: 'One: :) yes█',
  },
  {
    name: 'brackets in comments and strings do not count',
    document: 'call(a); // (see below\nconst b = "("; call(c█',
    text: '));',
    expected: 'call(a); // (see below\nconst b = "("; call(c)█',
  },

  // Asked for less than there is.
  {
    name: 'one line was asked for',
    document: 'call(█, b)',
    text: 'a\n  next();',
    singleLine: true,
    expected: 'call(a█, b)',
  },
  {
    name: 'one line was asked for and this is another one',
    document: 'call()█',
    text: '\nnext();',
    singleLine: true,
    expected: { drop: 'other-line' },
  },
  {
    name: 'half a line at the token limit goes',
    document: 'if (a) {█',
    text: '\n  first();\n  sec',
    finish: 'length',
    expected: 'if (a) {\n  first();█',
  },
  {
    name: 'half a line is better than none',
    document: 'const a = █',
    text: 'first(sec',
    finish: 'length',
    expected: 'const a = first(sec)█',
  },
];

testGoldens('filters', goldens);
