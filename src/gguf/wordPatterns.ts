/**
 * How a byte-level tokenizer cuts text into words before it looks for tokens: regular expressions one after the other, each of
 * which sets apart what it matches. GGUF files name these ways by words of llama.cpp's.
 */

const GPT2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
/**
 * Every digit alone, then GPT-2's words, in one expression. White space in front of a digit stays whole, because the digit ends the
 * piece that GPT-2's expression sees.
 */
const DIGITS_ALONE =
  "\\p{N}|'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?=\\p{N})|\\s+(?!\\S)|\\s+";
/** Endings of English words in upper and lower case. */
const ENDINGS = "'(?:[sS]|[tT]|[rR][eE]|[vV][eE]|[mM]|[lL][lL]|[dD])";
/** Words with one other sign before them, digits in groups, and line ends apart from spaces. */
const wordsAndDigits = (digits: string) =>
  `${ENDINGS}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`;
const UPPER = '[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]';
const LOWER = '[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]';
const TEKKEN =
  `[^\\r\\n\\p{L}\\p{N}]?${UPPER}*${LOWER}+|[^\\r\\n\\p{L}\\p{N}]?${UPPER}+${LOWER}*|\\p{N}` +
  '| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+';
const DEEPSEEK_CODER = ['[\\r\\n]', '\\s?\\p{L}+', '\\s?\\p{P}+', '[一-龥ࠀ-一가-퟿]+', '\\p{N}'];

export interface WordPattern {
  readonly expressions: readonly string[];
  /** Whether a word that is a token is taken as it is, whatever its merges are. */
  readonly wholeWords: boolean;
}

const pattern = (wholeWords: boolean, ...expressions: string[]): WordPattern => ({ expressions, wholeWords });
const gpt2 = pattern(false, GPT2);
const digitsAlone = pattern(false, DIGITS_ALONE);
const threeDigits = pattern(true, wordsAndDigits('\\p{N}{1,3}'));
const oneDigit = pattern(false, wordsAndDigits('\\p{N}'));

/** By the word of the header's `tokenizer.ggml.pre`. */
export const WORD_PATTERNS: Readonly<Record<string, WordPattern>> = {
  'gpt-2': gpt2,
  olmo: gpt2,
  smollm: digitsAlone,
  starcoder: digitsAlone,
  refact: digitsAlone,
  'command-r': digitsAlone,
  codeshell: digitsAlone,
  'llama-bpe': threeDigits,
  'llama-v3': threeDigits,
  llama3: threeDigits,
  falcon3: threeDigits,
  dbrx: pattern(false, ...threeDigits.expressions),
  'smaug-bpe': pattern(false, ...threeDigits.expressions),
  qwen2: oneDigit,
  'deepseek-r1-qwen': oneDigit,
  stablelm2: oneDigit,
  tekken: pattern(true, TEKKEN),
  'deepseek-coder': pattern(false, ...DEEPSEEK_CODER),
};
