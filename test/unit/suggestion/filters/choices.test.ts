// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these strings are documents
import { type Row, testRows, whole } from '../golden.ts';

const nothing = { drop: 'repeats-above' };

/** Kind 22: what a choice has chosen already is not chosen again, whatever is done then. */
testRows('kind 22, arms of a choice', [
  ['shellscript', 'case "$1" in\n  start)\n    a\n    ;;\n  █\nesac', 'start)\n    b\n    ;;', nothing],
  ['shellscript', 'case "$1" in\n  start) a ;;\n  stop) b ;;\n  █\nesac', 'start) c ;;', nothing],
  ['shellscript', 'case "$1" in\nstart) a ;;\n█\nesac', 'start) b ;;', nothing],
  [
    'shellscript',
    'while :; do\n  case $1 in\n    -h | --help) a ;;\n    █\n  esac\ndone',
    '--help) b ;;',
    nothing,
  ],
  ['shellscript', 'case $1 in\n  "a b") c ;;\n  █\nesac', "'a b') d ;;", nothing],
  ['shellscript', 'case $1 in\n  *) a ;;\n  █\nesac', '*)\n    b\n    ;;', nothing],
  [
    'shellscript',
    'case $1 in\n  a) b ;;\n  █\nesac',
    'c) d ;;\n  a) e ;;',
    'case $1 in\n  a) b ;;\n  c) d ;;█\nesac',
  ],
  ['typescript', "switch (a) {\n  case 'b':\n    return 1;\n  █\n}", "case 'b':\n    return 2;", nothing],
  ['typescript', "switch (a) {\n  case 'b': return 1;\n  █\n}", 'case "b": return 2;', nothing],
  ['javascript', 'switch (a) {\n  default:\n    f();\n  █\n}', 'default:\n    g();', nothing],
  ['c', 'switch (a) {\ncase B:\n  f();\n  break;\n█\n}', 'case B:\n  g();\n  break;', nothing],
  ['java', 'switch (a) {\n  case B -> f();\n  █\n}', 'case B -> f();', nothing],
  ['go', 'switch a {\ncase "b", "c":\n\tf()\n█\n}', 'case "c":\n\tg()', nothing],
  ['python', 'match a:\n    case "b":\n        f()\n    █', 'case "b":\n        g()', nothing],
  ['ruby', 'case a\nwhen :b\n  f\n█\nend', 'when :b\n  g', nothing],
  ['rust', 'match a {\n    A::B => 1,\n    █\n}', 'A::B => 2,', nothing],
  ['kotlin', 'when (a) {\n    B -> 1\n    █\n}', 'B -> 2', nothing],
  ['swift', 'switch a {\ncase .b:\n    f()\n█\n}', 'case .b:\n    g()', nothing],
  ['elixir', 'case a do\n  :b -> 1\n  █\nend', ':b -> 2', nothing],
]);

testRows('kind 22, branches of one choice', [
  ['typescript', 'if (a) {\n  f();\n} else if (b) {\n  g();\n} █', 'else if (b) {\n  h();\n}', nothing],
  ['typescript', 'if (a) {\n  f();\n} else if (b) {\n  g();\n}█', ' else if (a) {\n  h();\n}', nothing],
  ['typescript', 'if (a) {\n  f();\n} else if (█', 'a) {\n  h();\n}', nothing],
  ['java', 'if (a == 1) {\n  f();\n}\nelse if (b) {\n  g();\n}\n█', 'else if (a==1) {\n  h();\n}', nothing],
  ['python', 'if a:\n    f()\nelif b == 1:\n    g()\n█', 'elif b == 1:\n    h()', nothing],
  ['python', 'if a:\n    f()\nelse:\n    g()\n█', 'else:\n    h()', nothing],
  ['ruby', 'if a\n  f\nelsif b\n  g\n█\nend', 'elsif b\n  h', nothing],
  ['shellscript', 'if a; then\n  f\nelif b; then\n  g\n█\nfi', 'elif b; then\n  h', nothing],
  ['lua', 'if a then\n  f()\nelseif b then\n  g()\n█\nend', 'elseif b then\n  h()', nothing],
  ['php', 'if ($a) {\n  f();\n} elseif ($b) {\n  g();\n} █', 'elseif ($b) {\n  h();\n}', nothing],
  ['rust', 'if a {\n    f();\n} else if b {\n    g();\n} █', 'else if b {\n    h();\n}', nothing],
  [
    'typescript',
    'if (a) {\n  f();\n} █',
    'else if (b) {\n  g();\n} else if (a) {\n  h();\n}',
    'if (a) {\n  f();\n} else if (b) {\n  g();\n}█',
  ],
]);

/** What another choice has, or a condition of its own. */
const others: [language: string, document: string, text: string][] = [
  ['shellscript', 'case $1 in\n  a) b ;;\nesac\ncase $2 in\n  █\nesac', 'a) c ;;'],
  ['shellscript', 'case $1 in\n  a) b ;;\n  █\nesac', 'c | a) d ;;'],
  ['rust', 'match a {\n    b if b > 1 => 1,\n    █\n}', 'b if b < 0 => 2,'],
  ['scala', 'a match {\n  case b if b > 1 => 1\n  █\n}', 'case b if b < 0 => 2'],
  ['typescript', 'if (a) {\n  f();\n}\n█', 'if (a) {\n  g();\n}'],
  ['typescript', 'if (a) {\n  f();\n} else {\n  g();\n}\nif (b) {\n  f();\n} █', 'else {\n  h();\n}'],
  ['python', 'if a:\n    f()\nelse:\n    g()\nfor b in c:\n    f()\n█', 'else:\n    h()'],
  ['python', 'if a:\n    f()\nelif b:\n    g()\nif c:\n    f()\n█', 'elif b:\n    h()'],
];
testRows(
  'kind 22, arms and branches of other choices',
  others.map(([language, document, text]): Row => [language, document, text, whole(document, text)]),
);
