import type { TextTokenizer } from '../../src/engine/drafts/text/speller.ts';
import type { Vocabulary } from '../../src/engine/target.ts';
import type { Random } from './random.ts';
import { vocabularyOf } from './vocabulary.ts';

/** Always the longest token that fits; bytes that no token has are passed over. */
export function greedyTokenizer(vocabulary: Vocabulary): TextTokenizer {
  const tokens = Array.from({ length: vocabulary.size }, (_, token) => token)
    .filter((token) => vocabulary.bytes(token).length > 0)
    .sort((a, b) => vocabulary.bytes(b).length - vocabulary.bytes(a).length);
  return {
    vocabulary,
    encode(text) {
      const bytes = Buffer.from(text);
      const spelled: number[] = [];
      for (let at = 0; at < bytes.length; ) {
        const fitting = tokens.find((token) => {
          const own = vocabulary.bytes(token);
          return Buffer.compare(bytes.subarray(at, at + own.length), own) === 0;
        });
        if (fitting !== undefined) spelled.push(fitting);
        at += fitting === undefined ? 1 : vocabulary.bytes(fitting).length;
      }
      return spelled;
    },
  };
}

/** A tokenizer that puts a space in front of every text, as SentencePiece's do. */
export function spacing(inner: TextTokenizer): TextTokenizer {
  return { ...inner, encode: (text) => inner.encode(text === '' ? '' : ` ${text}`) };
}

/** A tokenizer that changes the text before it reads it. */
export function lowering(inner: TextTokenizer): TextTokenizer {
  return { ...inner, encode: (text) => inner.encode(text.normalize('NFC').toLowerCase()) };
}

const BYTES = Array.from({ length: 256 }, (_, byte) => [byte]);
/** Words, spaces, indentation, brackets, and parts of characters. */
const WORDS = [
  ' re',
  'turn',
  ' return',
  'ret',
  'tion',
  'func',
  ' func',
  'function',
  '  ',
  '    ',
  '\n',
  '\n  ',
  '()',
  '();',
];
/** Three bytes each, over the borders of everything. */
const ODD = ['n f', 't x', 'unc', 'io\n', '(a)', 'e(b', ' = ', '🚀'.slice(0, 2), 'é a', '日'];

/** Tokenizers that agree on nothing. Token 0 ends a text. Each has all single bytes, so that it can spell any text. */
export function foreignTokenizers(random: Random): TextTokenizer[] {
  const shuffled = (pieces: readonly string[]) => pieces.filter(() => random.chance(0.7));
  return [
    greedyTokenizer(vocabularyOf(['', ...BYTES])),
    greedyTokenizer(vocabularyOf(['', ...BYTES, ...shuffled(WORDS)])),
    spacing(greedyTokenizer(vocabularyOf(['', ...BYTES, ...shuffled(WORDS)]))),
    greedyTokenizer(vocabularyOf(['', ...BYTES, ...shuffled(ODD)])),
    lowering(greedyTokenizer(vocabularyOf(['', ...BYTES, ...shuffled(WORDS)]))),
  ];
}

const PARTS = [
  ' return',
  'function',
  ' x',
  '(a)',
  ';\n',
  '  ',
  '\n',
  'é',
  '日本語',
  '🚀',
  '👩‍👩‍👧',
  'e\u0301',
  '한국어',
  'FOO',
  '0',
  ' = ',
  '\r\n',
  '\t',
  'ﬁ',
  '\u0000',
];

/** A text of several scripts, of up to `most` parts. */
export function randomText(random: Random, most: number): string {
  return random.list(random.int(0, most), () => random.pick(PARTS)).join('');
}
