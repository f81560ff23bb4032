import type { Vocabulary } from '../target.ts';

/** What a token is made of, told by its bytes alone: cheap enough to know for a whole vocabulary. */
export const TOKEN_KINDS = [
  'control',
  'newline',
  'space',
  'word',
  'number',
  'opening',
  'closing',
  'quote',
  'comment',
  'sign',
  'foreign',
] as const;

type TokenKind = (typeof TOKEN_KINDS)[number];

/** The kind of every token of a vocabulary, as an index into {@link TOKEN_KINDS}. */
export function tokenKinds(vocabulary: Vocabulary): Uint8Array {
  return Uint8Array.from({ length: vocabulary.size }, (_, token) =>
    TOKEN_KINDS.indexOf(kindOf(vocabulary.bytes(token))),
  );
}

/** The first that fits counts; spaces in front do not matter. Bytes above 127 are parts of characters, never spaces. */
const KINDS: readonly [RegExp, TokenKind][] = [
  [/\n/, 'newline'],
  [/^[ \t-\r]+$/, 'space'],
  [/^[ \t-\r]*(\/\/|\/\*|\*\/|#|--|<!--|""")/, 'comment'],
  [/^[ \t-\r]*["'`]/, 'quote'],
  [/^[ \t-\r]*[A-Za-z_$@]/, 'word'],
  [/^[ \t-\r]*[0-9]/, 'number'],
  [/[)\]}>;,][ \t-\r]*$/, 'closing'],
  [/[([{<]/, 'opening'],
  [/^[\x20-\x7e\t-\r]+$/, 'sign'],
];

function kindOf(bytes: Uint8Array): TokenKind {
  if (bytes.length === 0) return 'control';
  const text = Buffer.from(bytes).toString('latin1');
  return KINDS.find(([pattern]) => pattern.test(text))?.[1] ?? 'foreign';
}
