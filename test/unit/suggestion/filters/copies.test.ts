import { testRows } from '../golden.ts';

/** Kind 24: a block that is copied from elsewhere moves to the depth of its place, and what has no meaning there stays away. */
testRows('kind 24, indentation of copies', [
  [
    'typescript',
    'const names = [█',
    "\n      'one',\n      'two',\n    ];",
    "const names = [\n  'one',\n  'two',\n];█",
  ],
  [
    'typescript',
    'const names = █',
    "[\n      'one',\n      'two',\n    ];",
    "const names = [\n  'one',\n  'two',\n];█",
  ],
  ['typescript', 'f(a);\n█', 'g(b);\n      h(c);', 'f(a);\ng(b);\nh(c);█'],
  [
    'typescript',
    'class A {\n  f() {\n    █\n  }\n}',
    'if (a) {\n  b();\n}',
    'class A {\n  f() {\n    if (a) {\n      b();\n    }█\n  }\n}',
  ],
  [
    'python',
    'class A:\n    def f(self):\n        if a:\n            b()\n\n█',
    'def g():\n        return 1',
    'class A:\n    def f(self):\n        if a:\n            b()\n\ndef g():\n    return 1█',
  ],
  [
    'python',
    'def f():\n    a = 1\n    █',
    'if a:\n                return 2',
    'def f():\n    a = 1\n    if a:\n        return 2█',
  ],
  [
    'go',
    'func f() {\n\tx := []int{█\n}',
    '\n\t\t\t1,\n\t\t\t2,\n\t\t}',
    'func f() {\n\tx := []int{\n\t\t1,\n\t\t2,\n\t}█\n}',
  ],
  [
    'java',
    'class A {\n    int[] a = █\n}',
    '{\n                1,\n            };',
    'class A {\n    int[] a = {\n        1,\n    };█\n}',
  ],
  ['c', 'int f() {\n  int a[] = {█', '\n      1,\n    };', 'int f() {\n  int a[] = {\n    1,\n  };█'],
  [
    'rust',
    'fn f() {\n    let a = █\n}',
    'match b {\n                1 => 2,\n            };',
    'fn f() {\n    let a = match b {\n        1 => 2,\n    };█\n}',
  ],
  ['css', '█', 'a {\n      color: red;\n    }', 'a {\n  color: red;\n}█'],
  ['typescript', 'const a = f(█', 'b,\n  c);', 'const a = f(b,\n  c);█'],
  ['typescript', 'const a = b█', '\n  .c()\n  .d();', 'const a = b\n  .c()\n  .d();█'],
  ['typescript', 'const a = `█', 'b\n      c`;', 'const a = `b\n      c`;█'],
]);
const away = { drop: 'out-of-scope' };
testRows('kind 24, names that have no meaning here', [
  ['typescript', 'const names = █', 'this.todos.map((todo) => todo.name);', away],
  ['typescript', 'const a = 1;\n█', 'const b = 2;\nthis.c = b;', 'const a = 1;\nconst b = 2;█'],
  ['python', 'a = 1\n█', 'self.a = a', away],
  [
    'typescript',
    'class A {\n  f() {\n    const names = █\n  }\n}',
    'this.names;',
    'class A {\n  f() {\n    const names = this.names;█\n  }\n}',
  ],
  [
    'python',
    'class A:\n    def f(self):\n        █',
    'self.a = 1',
    'class A:\n    def f(self):\n        self.a = 1█',
  ],
  [
    'javascript',
    'exports.f = function () {\n  █\n};',
    'this.a = 1;',
    'exports.f = function () {\n  this.a = 1;█\n};',
  ],
  ['typescript', '// █', 'this.a is not set', '// this.a is not set█'],
]);
