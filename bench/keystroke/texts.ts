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
/** Keystrokes of a text; the rest of a longer one is not typed. */
const MOST_KEYS = 60;
const LEAST_KEYS = 12;

/**
 * The prompts of a file that fill a prompt and take some typing, spread evenly over the file and so over its languages.
 * @throws UserError `prompts-empty` when there are not so many.
 */
export async function readLongPrompts(file: string, count: number): Promise<LongPrompt[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line.trim() !== '');
  const long = lines
    .map((line) => longPrompt.parse(JSON.parse(line)))
    .filter(({ prefix, expected }) => prefix.length >= LONG && expected.length >= LEAST_KEYS);
  if (long.length < count)
    throw new UserError(
      'prompts-empty',
      `${file} has ${long.length} long prompts. Ask for no more with --texts.`,
    );
  const chosen = Array.from({ length: count }, (_, i) => long[Math.floor((i * long.length) / count)]!);
  return chosen.map((prompt) => ({ ...prompt, expected: prompt.expected.slice(0, MOST_KEYS) }));
}
