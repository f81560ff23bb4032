import { type Row, testRows, whole } from '../golden.ts';

const nothing = { drop: 'repeats-above' };
const below = { drop: 'repeats-below' };

/** Kind 4: what stands just above is not offered again, an import from nowhere in the file. */
testRows(
  'kind 4, the same again',
  [
    [
      'typescript',
      "import { readFile } from 'node:fs/promises';\nimport path from 'node:path';\n█",
      "import { readFile } from 'node:fs/promises';",
      nothing,
    ],
    [
      'typescript',
      "import a from 'a';\nimport b from 'b';\n█",
      "import c from 'c';\nimport a from 'a';",
      "import a from 'a';\nimport b from 'b';\nimport c from 'c';█",
    ],
    ['typescript', "import a from 'a';\nimp█", "ort a from 'a';", nothing],
    ['typescript', "█\nimport a from 'a';\nimport b from 'b';", "import b from 'b';", nothing],
    ['typescript', 'first(a);\n█', 'first(a);\nsecond(b);', nothing],
    ['typescript', 'first(a);\nsecond(b);\n█', 'first(a);\nsecond(b);\nthird(c);', nothing],
    ['javascript', "const a = require('a');\nf();\n█", "const a = require('a');", nothing],
    ['python', 'import os\nimport sys\n\n█', 'import os', nothing],
    ['python', 'from a import b\nimport sys\n█', 'from a import b', nothing],
    ['go', 'import (\n\t"fmt"\n\t"os"\n\t█\n)', '"fmt"', { drop: 'doubled-name' }],
    ['rust', 'use std::fs;\nuse std::io;\n█', 'use std::fs;', nothing],
    ['java', 'import java.util.List;\nimport java.util.Map;\n█', 'import java.util.List;', nothing],
    ['c', '#include <stdio.h>\n#include <stdlib.h>\n█', '#include <stdio.h>', nothing],
    ['cpp', '#include <map>\n#include <set>\n█', '#include <map>', nothing],
    ['css', '@import "a.css";\n@import "b.css";\n█', '@import "a.css";', below],
    ['scss', '@use "a";\n@use "b";\n█', '@use "a";', nothing],
    ['shellscript', 'set -e\necho a b\n█', 'echo a b', nothing],
    ['php', 'use A\\B;\nuse A\\C;\n█', 'use A\\B;', nothing],
    ['csharp', 'using System;\nusing System.IO;\n█', 'using System;', nothing],
    ['ruby', "require 'a'\nrequire 'b'\n█", "require 'a'", nothing],
    ['markdown', '- one thing\n- another thing\n█', '- one thing', nothing],
    ['restructuredtext', 'One sentence is here.\n█', 'One sentence is here.', nothing],
  ].map((row) => (row[3] === below ? [row[0], row[1], row[2], nothing] : row) as unknown as Row),
);

/** Kind 5: what follows below is not offered, also past comments and blank lines. */
testRows('kind 5, what follows again', [
  ['typescript', '{\n  █\n  // the sum\n  return a + b;\n}', 'return a + b;', below],
  ['typescript', '{\n  █\n\n  /* the\n     sum */\n  return a + b;\n}', 'return a + b;', below],
  [
    'typescript',
    '{\n  █\n  // the sum\n  return a + b;\n}',
    'const c = a;\n  return a + b;',
    '{\n  const c = a;█\n  // the sum\n  return a + b;\n}',
  ],
  ['typescript', '{\n  █\n  // the sum\n  return a + b;\n}', '// the sum', below],
  ['typescript', '{\n  █\n  return a + b;\n}', '// the sum\n  return a + b;', below],
  ['typescript', '{\n█\n  // the sum\n  return a + b;\n}', '  return a + b;', below],
  ['javascript', 'f();\n█\n\n\n// then\ng();', 'g();', below],
  ['python', 'def f(a, b):\n    █\n    # the sum\n\n    return a + b', 'return a + b', below],
  [
    'python',
    'def f(a, b):\n    c = a\n    █\n    # the sum\n    return c',
    'c += b\n    return c',
    'def f(a, b):\n    c = a\n    c += b█\n    # the sum\n    return c',
  ],
  ['go', '{\n\t█\n\t// the sum\n\treturn a + b\n}', 'return a + b', below],
  ['rust', '{\n    █\n    // the sum\n    return a + b;\n}', 'return a + b;', below],
  ['java', '{\n    █\n    /* the sum */\n    return a + b;\n}', 'return a + b;', below],
  ['c', '{\n  █\n  /* the sum */\n  return a + b;\n}', 'return a + b;', below],
  ['css', 'a {\n  █\n  /* red */\n  color: red;\n}', 'color: red;', below],
  ['shellscript', 'f() {\n  █\n  # then\n  echo "a"\n}', 'echo "a"', below],
  ['html', '<ul>\n  █\n  <!-- one -->\n  <li>One</li>\n</ul>', '<li>One</li>', below],
  [
    'typescriptreact',
    'const a = (\n  <ul>\n    █\n    {/* one */}\n    <li>One</li>\n  </ul>\n);',
    '<li>One</li>',
    below,
  ],
  ['markdown', 'A list:\n\n█\n- one thing\n- another thing', '- one thing', below],
  ['lua', 'f()\n█\n-- then\ng(a)', 'g(a)', below],
]);

const method = '  formatTodo(todo: Todo): string {\n    return todo.title;\n  }';
const klass = `class A {\n${method}\n\n  other(): void {}\n`;
/** Kind 22: a declaration, a block or an entry is not offered again in its scope, near or far. */
testRows(
  'kind 22, what stands above again',
  [
    ['typescript', `class A {\n${method}\n\n█\n}`, method, nothing],
    ['typescript', `class A {\n${method}\n\n  █\n}`, method.trim(), nothing],
    ['typescript', `class A {\n${method}█\n}`, `\n\n${method}`, nothing],
    ['typescript', `${klass}\n█\n}`, method, nothing],
    ['typescript', `class A {\n  █\n\n${method}\n}`, method.trim(), below],
    [
      'typescript',
      `function f() {\n  return 1;\n}\n\n█`,
      'function g() {\n  return 2;\n}',
      'function f() {\n  return 1;\n}\n\nfunction g() {\n  return 2;\n}█',
    ],
    [
      'typescript',
      `const a = 1;\nconst b = 2;\n█`,
      'const c = 3;\nconst a = 1;',
      'const a = 1;\nconst b = 2;\nconst c = 3;█',
    ],
    [
      'typescript',
      `switch (a) {\n  case 'add':\n    f();\n    break;\n  █\n}`,
      "case 'add':\n    g();",
      nothing,
    ],
    ['typescript', "test('adds', () => {\n  f();\n});\n\n█", "test('adds', () => {\n  f();\n});", nothing],
    [
      'python',
      'class A:\n    def f(self):\n        return 1\n\n    █',
      'def f(self):\n        return 1',
      nothing,
    ],
    [
      'python',
      'class A:\n    @property\n    def f(self):\n        return 1\n\n    █',
      '@property\n    def f(self):\n        return 1',
      nothing,
    ],
    ['go', 'func f() int {\n\treturn 1\n}\n\nfunc g() {\n}\n\n█', 'func f() int {\n\treturn 1\n}', nothing],
    ['rust', 'fn f() -> i32 {\n    1\n}\n\nfn g() {}\n\n█', 'fn f() -> i32 {\n    1\n}', nothing],
    [
      'rust',
      'match a {\n    A::B => {\n        f();\n    }\n    █\n}',
      'A::B => {\n        f();\n    }',
      nothing,
    ],
    [
      'java',
      'class A {\n    int f() {\n        return 1;\n    }\n\n    █\n}',
      'int f() {\n        return 1;\n    }',
      nothing,
    ],
    ['c', 'static int f(int a)\n{\n  return a;\n}\n\n█', 'static int f(int a)\n{\n  return a;\n}', nothing],
    [
      'cpp',
      'class A {\n  int f() {\n    return 1;\n  }\n\n  █\n};',
      'int f() {\n    return 1;\n  }',
      nothing,
    ],
    ['css', '.a {\n  color: red;\n}\n\n.b {\n  color: blue;\n}\n\n█', '.a {\n  color: red;\n}', nothing],
    ['shellscript', 'f() {\n  echo a\n}\n\ng() {\n  f\n}\n\n█', 'f() {\n  echo a\n}', nothing],
    [
      'javascript',
      'exports.a = function (b) {\n  return b;\n};\n\n█',
      'exports.a = function (b) {\n  return b;\n};',
      nothing,
    ],
    ['css', 'a {\n  color: red;\n  margin: 0;\n  █\n}', 'color: red;', nothing],
    ['yaml', 'name: a\nversion: 1\n█', 'name: a', nothing],
    ['toml', '[a]\nb = 1\nc = 2\n█', 'b = 1', nothing],
    ['html', '<ul>\n  <li>One</li>\n  <li>Two</li>\n  █\n</ul>', '<li>One</li>', nothing],
    ['markdown', '- one thing\n█\n- another thing\n- a third thing', '- another thing', below],
    ['markdown', '- one thing\n█\n- another thing\n- a third thing', '- a third thing', nothing],
    ['markdown', '1. one thing\n2. another thing\n█', '3. one thing', nothing],
    ['markdown', '## Install\n\nText.\n\n█', '## Install', nothing],
    ['restructuredtext', '* one thing\n* another thing\n\n█', '* one thing', nothing],
    ['ruby', 'def f(a)\n  a + 1\nend\n\n█', 'def f(a)\n  a + 1\nend', nothing],
  ].map((row) => row as unknown as Row),
);

/** What may well come twice. */
const twice: [language: string, document: string, text: string][] = [
  ['typescript', 'if (a) {\n  return;\n}\n█', 'if (b) {\n  return;\n}'],
  ['typescript', 'function f() {\n  const a = 1;\n}\nfunction g() {\n  █\n}', 'const a = 1;'],
  ['typescript', 'useEffect(() => {\n  f();\n}, []);\n█', 'useEffect(() => {\n  g();\n}, []);'],
  ['typescript', '{\n  {\n    f(a);\n  }\n█', '}'],
  ['python', 'if a:\n    return 1\n█', 'if b:\n    return 1'],
  ['go', 'if err != nil {\n\treturn err\n}\nx, err := f()\n█', 'if err != nil {\n\treturn err\n}'],
  ['typescript', 'switch (a) {\n  case 1:\n    break;\n}\nswitch (b) {\n  █\n}', 'case 1:\n    break;'],
  [
    'css',
    '@media print {\n  a {\n    color: red;\n  }\n}\n@media screen {\n  █\n}',
    'a {\n    color: red;\n  }',
  ],
];
testRows(
  'kind 22, what may come again',
  twice.map(([language, document, text]): Row => [language, document, text, whole(document, text)]),
);
