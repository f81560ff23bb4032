import { testGoldens, testRows } from '../golden.ts';

/** Kind 6: a loop is cut, in every script, by sign, word and line. */
const loop = { drop: 'repetition' };
testRows('kind 6, loops', [
  ['python', '# █', '~'.repeat(200), loop],
  ['shellscript', 'shell -f "clock" █', `1${'0'.repeat(60)}`, loop],
  ['typescript', 'const a = █', `1${'0'.repeat(80)};`, loop],
  ['typescript', '// █', 'a'.repeat(60), loop],
  ['typescript', '// █', `well ${'no'.repeat(40)}`, '// well no█'],
  ['typescript', '// █', '=-'.repeat(80), '// =-█'],
  ['plaintext', '█', '啊'.repeat(50), loop],
  ['plaintext', '█', '我们今天'.repeat(20), '我们今天█'],
  ['plaintext', '█', 'ですから'.repeat(20), 'ですから█'],
  ['plaintext', '█', 'и так далее '.repeat(12), 'и так далее█'],
  ['plaintext', '█', 'وهكذا دواليك '.repeat(16), 'وهكذا دواليك█'],
  ['plaintext', '█', 'וכן הלאה '.repeat(16), 'וכן הלאה█'],
  ['plaintext', '█', 'και ούτω καθεξής '.repeat(10), 'και ούτω καθεξής█'],
  ['plaintext', '█', 'और इसी तरह '.repeat(10), 'और इसी तरह█'],
  ['plaintext', '█', 'ไปเรื่อยๆ'.repeat(12), 'ไปเรื่อยๆ█'],
  ['plaintext', '█', '그리고 또 '.repeat(16), '그리고 또█'],
  ['plaintext', '█', '😀'.repeat(40), loop],
  ['plaintext', '█', '👩‍👩‍👧 '.repeat(40), '👩‍👩‍👧█'],
  ['markdown', '█', 'and so on and so on and so on and so on and so on and so on and so o', 'and so on█'],
  ['typescript', '█', 'a();\nb();\nc1();\na();\nb();\nc1();\na();\nb();\nc1();\n', 'a();\nb();\nc1();█'],
  ['python', '█', 'x = 1\nyes = 2\n'.repeat(3), 'x = 1\nyes = 2█'],
  ['typescript', `// ${'~'.repeat(90)}█`, '~'.repeat(60), loop],
]);
testRows('kind 6, what is no loop', [
  ['typescript', '// █', '-'.repeat(78), `// ${'-'.repeat(78)}█`],
  ['restructuredtext', 'Title\n█', '='.repeat(60), `Title\n${'='.repeat(60)}█`],
  ['typescript', 'const a = █', '1_000_000_000;', 'const a = 1_000_000_000;█'],
  [
    'typescript',
    "const a = '█'",
    '00000000-0000-0000-0000-000000000000',
    "const a = '00000000-0000-0000-0000-000000000000█'",
  ],
  ['typescript', 'const a = [█]', '0, 0, 0, 1, 0, 0', 'const a = [0, 0, 0, 1, 0, 0█]'],
]);

/** Kind 7: what is no character is never shown. */
const broken = { drop: 'broken-characters' };
testRows('kind 7, broken characters', [
  ['typescript', "const a = 'שלום עולם';\nconst b = 'שלום █';", 'עו\ufffd', broken],
  ['typescript', "const b = 'שלום █';", 'עולם ו\ufffd\ufffd', "const b = 'שלום עולם█';"],
  ['typescript', "const b = '█';", '日本\ufffd', "const b = '日█';"],
  ['typescript', '// █', 'a \ud83d', '// a█'],
  ['typescript', '// █', 'a \ude00 b', '// a█'],
  ['typescript', '// █', 'a \u0000 b', '// a█'],
  ['typescript', '// █', 'a \ufeffb', '// a█'],
  ['typescript', '// █', '👩\u200d', '// 👩█'],
  ['markdown', 'Grü█', 'ße \ufffd', 'Grüße█'],
  ['python', '# пр█', 'иве\ufffd', broken],
  ['plaintext', '█', '\ufffd', broken],
  ['typescript', '// █', 'a 👩‍👩‍👧 é', '// a 👩‍👩‍👧 é█'],
  ['typescript', '// █', 'a\r\n', '// a█'],
]);
testGoldens('kind 7, broken characters', [
  {
    name: 'nothing is put between the halves of a character',
    document: '// \ud83d█\ude00',
    text: 'a',
    expected: { drop: 'inside-character' },
  },
  {
    name: 'nor between a letter and its mark',
    document: '// e█\u0301',
    text: 'a',
    expected: { drop: 'inside-character' },
  },
]);
