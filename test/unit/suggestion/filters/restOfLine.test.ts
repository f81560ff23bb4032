import { testRows } from '../golden.ts';

/** Kind 12: what stands right of the cursor is not written twice. */
testRows('kind 12, rest of the line', [
  ['typescript', 'price█ * qty;', ' * qty', { drop: 'repeats-rest' }],
  ['typescript', 'price█ * qty;', ' * qty;', { drop: 'repeats-rest' }],
  ['typescript', 'price█ * qty;', ' * tax * qty', 'price * tax * qty█;'],
  ['typescript', 'price█ * qty;', ' * qty * tax;', 'price * qty * tax;█'],
  ['typescript', 'price█ * qty;', ' + tip;', 'price + tip█ * qty;'],
  ['typescript', 'f(a█, b, c)', ', x, b', 'f(a, x, b█, c)'],
  ['typescript', 'f(█a, b)', 'x, ', 'f(x, █a, b)'],
  ['typescript', 'f(█, b)', 'a,', 'f(a,█ b)'],
  ['typescript', 'const a = b█;', ' + c;', 'const a = b + c;█'],
  ['typescript', 'if (a█ && b) {\n}', ' && c && b) {', 'if (a && c && b) {█\n}'],
  ['typescript', "import { a█ } from 'b';", ", c } from 'b';", "import { a, c } from 'b';█"],
  ['python', 'return price█ * qty', ' * qty', { drop: 'repeats-rest' }],
  ['python', 'def f(a█, b):', ', c, b):', 'def f(a, c, b):█'],
  ['python', 'if a█ and b:', ' and b', { drop: 'repeats-rest' }],
  ['rust', 'let a = b█ as usize;', ' as usize', { drop: 'repeats-rest' }],
  ['go', 'a :=█ b + c', ' b + c', { drop: 'repeats-rest' }],
  ['css', 'margin: 0█ auto;', ' auto', { drop: 'repeats-rest' }],
  ['markdown', 'The sum█ of all parts.', ' of all', { drop: 'repeats-rest' }],
  ['markdown', 'The sum█ of all parts.', ' and the product of all', 'The sum and the product of all█ parts.'],
  ['shellscript', 'cat a█ | sort | uniq', ' b | sort', 'cat a b | sort█ | uniq'],
]);
