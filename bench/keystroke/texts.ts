import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { UserError } from '../../src/errors.ts';

const longPrompt = z.object({
  id: z.string(),
  language: z.string(),
  path: z.string(),
  prefix: z.string(),
  suffix: z.string(),
  /** What was cut out, which is typed. */
  expected: z.string(),
});
export type LongPrompt = z.infer<typeof longPrompt>;

/** Characters before the cursor that surely fill a prompt of a thousand tokens with the text after it. */
const LONG = 4_500;
/** Characters that are typed; the rest of a longer text is left out. */
const MOST_TYPED = 60;
const LEAST_TYPED = 12;
/** Characters before the cursor that stay when much is typed. */
const LEFT = 3_000;

/**
 * The prompts of a file that fill a prompt and take some typing, one of each source file, spread evenly and so over the
 * languages.
 * @throws UserError `prompts-empty` when there are not so many.
 */
export async function readLongPrompts(file: string, count: number): Promise<LongPrompt[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line.trim() !== '');
  const long = lines
    .map((line) => longPrompt.parse(JSON.parse(line)))
    .filter(({ prefix, expected }) => prefix.length >= LONG && expected.length >= LEAST_TYPED)
    .filter(({ path }, i, all) => all.findIndex((other) => other.path === path) === i);
  if (long.length < count)
    throw new UserError(
      'prompts-empty',
      `${file} has ${long.length} long prompts. Ask for no more with --texts.`,
    );
  const chosen = Array.from({ length: count }, (_, i) => long[Math.floor((i * long.length) / count)]!);
  return chosen.map((prompt) => ({ ...prompt, expected: prompt.expected.slice(0, MOST_TYPED) }));
}

/** The same place with its last lines still to be typed: enough that the window has to move. */
export function longSession(prompt: LongPrompt): LongPrompt {
  const { prefix, expected } = prompt;
  return { ...prompt, prefix: prefix.slice(0, LEFT), expected: prefix.slice(LEFT) + expected };
}
