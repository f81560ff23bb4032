import fc from 'fast-check';

/** Texts as no test would think of them: code with signs that are more than one unit, half of one, or none to see. */

const edges = [
  '\ud800',
  '\udc00',
  '\u200b',
  '\u200d',
  '\ufeff',
  '\0',
  '\r',
  '\r\n',
  '\n',
  '\u2028',
  '\u0085',
  '👩‍👩‍👧',
  '🏴󠁧󠁢󠁥󠁮󠁧󠁿',
  'e\u0301',
  '\u202e',
  'שלום',
  'مرحبا',
  '日本',
  '\t',
  '    ',
];
const code = [
  'const x = ',
  'if (a) {',
  '}',
  ')',
  '(',
  '[',
  '"',
  "'",
  '`',
  '${',
  '// ',
  '/*',
  '*/',
  '#',
  'def f(a):',
  '<div>',
  '</div>',
  'return a;',
  'import { a } from "b";',
  'password = "hunter2-x9Q"',
  'end',
  ',',
  ';',
  'a',
  '0',
];

/** Pieces of code among which the edges of Unicode stand. */
export const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(...edges),
      fc.constantFrom(...code),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
    {
      maxLength: 24,
    },
  )
  .map((pieces) => pieces.join(''));

export const language = fc.constantFrom(
  'typescript',
  'python',
  'html',
  'markdown',
  'ruby',
  'json',
  'nobodys',
);

/** A value of JSON that is like a given one, with parts of it changed, taken out or put in. */
export function mutated(value: unknown): fc.Arbitrary<unknown> {
  const wild = fc.oneof(
    fc.jsonValue({ maxDepth: 1 }),
    fc.constantFrom(-1, 0, 1e308, 2 ** 53, 1e15, '', '..', '../../x', null, [], {}, '__proto__'),
  );
  if (Array.isArray(value) && value.length > 0) {
    return fc.oneof(
      {
        weight: 4,
        arbitrary: fc
          .nat(value.length - 1)
          .chain((at) => mutated(value[at]).map((one) => value.map((old, i) => (i === at ? one : old)))),
      },
      { weight: 1, arbitrary: wild },
    );
  }
  if (typeof value === 'object' && value !== null && Object.keys(value).length > 0) {
    const at = fc.constantFrom(...Object.keys(value));
    const inside = at.chain((key) =>
      mutated((value as Record<string, unknown>)[key]).map((one) => ({ ...value, [key]: one })),
    );
    const without = at.map((key) =>
      Object.fromEntries(Object.entries(value).filter(([name]) => name !== key)),
    );
    return fc.oneof(
      { weight: 5, arbitrary: inside },
      { weight: 1, arbitrary: without },
      { weight: 1, arbitrary: wild },
    );
  }
  return wild;
}

/** Bytes with some of them changed, or cut short. */
export function damaged(bytes: Uint8Array): fc.Arbitrary<Buffer> {
  const change = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255));
  return fc.tuple(fc.array(change, { maxLength: 6 }), fc.nat(bytes.length)).map(([changes, length]) => {
    const copy = Buffer.from(bytes);
    for (const [at, byte] of changes) copy[at] = byte;
    return length % 3 === 0 ? copy.subarray(0, length) : copy;
  });
}
