import { UserError } from '../../src/errors.ts';
import { type BenchPrompt, readPrompts, spread } from '../../src/measure/prompts.ts';

/** A prompt whose `expected`, what was cut out, is typed. */
export type LongPrompt = BenchPrompt & { readonly expected: string };

/** Characters before the cursor that surely fill a prompt of a thousand tokens with the text after it. */
const LONG = 4_500;
/** Characters that are typed; the rest of a longer text is left out. */
const MOST_TYPED = 60;
const LEAST_TYPED = 12;
/** Characters before the cursor that stay when much is typed. */
const LEFT = 3_000;

/**
 * The prompts of a file that fill a prompt and take some typing, one of each source file, spread evenly and so over the
 * languages, or of one language alone.
 * @throws UserError those of readPrompts, and `prompts-empty` when there are not so many.
 */
export async function readLongPrompts(file: string, count: number, language?: string): Promise<LongPrompt[]> {
  const long = (await readPrompts(file))
    .filter(isLong)
    .filter((prompt) => language === undefined || prompt.language === language)
    .filter(({ path }, i, all) => all.findIndex((other) => other.path === path) === i);
  if (long.length < count)
    throw new UserError(
      'prompts-empty',
      `${file} has ${long.length} long prompts. Ask for no more with --texts.`,
    );
  return spread(long, count).map((prompt) => ({ ...prompt, expected: prompt.expected.slice(0, MOST_TYPED) }));
}

function isLong(prompt: BenchPrompt): prompt is LongPrompt {
  return prompt.prefix.length >= LONG && (prompt.expected?.length ?? 0) >= LEAST_TYPED;
}

/** The same place with its last lines still to be typed: enough that the window has to move. */
export function longSession(prompt: LongPrompt): LongPrompt {
  const { prefix, expected } = prompt;
  return { ...prompt, prefix: prefix.slice(0, LEFT), expected: prefix.slice(LEFT) + expected };
}
