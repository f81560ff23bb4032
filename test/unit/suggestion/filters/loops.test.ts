// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these strings are documents
import { type Row, testRows } from '../golden.ts';

/** Loops of signs, of lines without words, and loops that began before the cursor. */
testRows(
  'kind 6, loops in more scripts',
  [
    [
      'typescript',
      '█',
      'a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a ',
      'a█',
    ],
    [
      'typescript',
      '// █',
      '——————————————————————————————————————————————————————————————————————————————————————————————————————————————————————————————————————————————————————',
      { drop: 'repetition' },
    ],
    [
      'typescript',
      '// █',
      '......................................................................................................................................................',
      { drop: 'repetition' },
    ],
    [
      'typescript',
      'f█',
      '((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((',
      { drop: 'repetition' },
    ],
    [
      'plaintext',
      '█',
      'ありがとうございました。ありがとうございました。ありがとうございました。ありがとうございました。ありがとうございました。ありがとうございました。',
      'ありがとうございました。█',
    ],
    [
      'plaintext',
      '█',
      'ঠিক আছে ঠিক আছে ঠিক আছে ঠিক আছে ঠিক আছে ঠিক আছে ঠিক আছে ঠিক আছে ঠিক আছে ঠিক আছে ঠিক আছে ঠিক আছে ',
      'ঠিক আছে█',
    ],
    [
      'plaintext',
      '█',
      'இது நல்லது இது நல்லது இது நல்லது இது நல்லது இது நல்லது இது நல்லது இது நல்லது இது நல்லது இது நல்லது இது நல்லது இது நல்லது இது நல்லது ',
      'இது நல்லது█',
    ],
    [
      'plaintext',
      '█',
      'և այլն և այլն և այլն և այլն և այլն և այլն և այլն և այլն և այլն և այլն և այլն և այլն և այլն և այլն և այլն և այլն ',
      'և այլն█',
    ],
    [
      'plaintext',
      '█',
      'და ასე და ასე და ასე და ასე და ასე და ასე და ასე და ასე და ასე და ასე და ასე და ასე და ასე და ასე და ასე და ასე ',
      'და ასე█',
    ],
    [
      'plaintext',
      '█',
      'እና ሌሎች እና ሌሎች እና ሌሎች እና ሌሎች እና ሌሎች እና ሌሎች እና ሌሎች እና ሌሎች እና ሌሎች እና ሌሎች እና ሌሎች እና ሌሎች እና ሌሎች እና ሌሎች እና ሌሎች እና ሌሎች ',
      'እና ሌሎች█',
    ],
    [
      'plaintext',
      '█',
      'éééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé',
      { drop: 'repetition' },
    ],
    [
      'plaintext',
      'so so so so so so so so so so so so █',
      'so so so so so so so so so so so so',
      { drop: 'repetition' },
    ],
    [
      'plaintext',
      'and on and on and on and on and on and on █',
      'and on and on and on',
      { drop: 'repetition' },
    ],
    ['typescript', 'a();\na();\na();\n█', 'a();\na();\na();', { drop: 'repeats-above' }],
    ['typescript', 'const x = 1.█', '3333333333333333333333333333333333333333;', { drop: 'repetition' }],
    [
      'typescript',
      '█',
      '}\n}\n}\n}\n}\n}\n}\n}\n}\n}\n}\n}\n}\n}\n}\n}\n}\n}\n}\n}\n}\n}\n}\n}\n}\n}\n}\n}\n}\n}\n',
      { drop: 'unbalanced' },
    ],
    ['typescript', '█', 'foo(a);\r\nfoo(a);\r\nfoo(a);\r\nfoo(a);\r\nfoo(a);\r\n', 'foo(a);█'],
  ].map((row) => row as unknown as Row),
);

/** What is one sign on the screen is never parted. */
testRows(
  'kind 7, whole signs',
  [
    ['typescript', '// 👩█‍👧', 'b', { drop: 'inside-character' }],
    ['typescript', '// 👩‍█👧', 'b', { drop: 'inside-character' }],
    ['typescript', '// 👍█🏽', 'b', { drop: 'inside-character' }],
    ['typescript', '// 🇩█🇪', 'b', { drop: 'inside-character' }],
    ['typescript', '// ᄀ█ᅡ', 'b', { drop: 'inside-character' }],
    ['typescript', '// ❤█️', 'b', { drop: 'inside-character' }],
    ['typescript', '// 👨█󠁧', 'b', { drop: 'inside-character' }],
    ['typescript', "const b = '█';", 'नम�', { drop: 'broken-characters' }],
  ].map((row) => row as unknown as Row),
);
