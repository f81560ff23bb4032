import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import * as z from 'zod';
import { causeOf, fileTrouble, UserError } from '../errors.ts';

const promptSchema = z.object({
  id: z.string().min(1),
  task: z.literal('complete'),
  language: z.string().min(1),
  path: z.string().min(1),
  prefix: z.string(),
  suffix: z.string(),
  /** For rewriting: the text that the output is to replace. */
  original: z.string().optional(),
  /** What a person wrote there. */
  expected: z.string().optional(),
  /** Where the cursor stands or what is being edited, for instance `block` or `rename`. */
  kind: z.string().min(1).optional(),
  /** What is asked for, coarser than its kind: `line`, `block`, `edit`, `docs`. */
  class: z.string().min(1).optional(),
  /** The natural language that the text is written in, where that is what is measured; an ISO 639 code. */
  naturalLanguage: z.string().min(1).optional(),
});

/** One line of a prompts file. */
export type BenchPrompt = z.infer<typeof promptSchema>;

/**
 * Read a prompts file, one JSON object a line; blank lines are passed over. A name that ends in `.gz` is a
 * compressed one.
 * @throws UserError `prompts-unreadable`, `prompts-broken` (names the line's number), `prompts-empty`.
 */
export async function readPrompts(file: string): Promise<BenchPrompt[]> {
  const prompts: BenchPrompt[] = [];
  let number = 0;
  try {
    for await (const line of createInterface({
      input: contentOf(file),
      crlfDelay: Infinity,
    })) {
      number++;
      if (line.trim() !== '') prompts.push(parse(line, file, number));
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError('prompts-unreadable', fileTrouble(error, file, 'read'), {
      cause: error,
    });
  }
  if (prompts.length === 0) throw new UserError('prompts-empty', `${file} holds no prompts.`);
  return prompts;
}

function contentOf(file: string): NodeJS.ReadableStream {
  const bytes = createReadStream(file);
  // An error of either stream ends the other; the reader of the lines meets it.
  return file.endsWith('.gz') ? pipeline(bytes, createGunzip(), () => undefined) : bytes;
}

function parse(line: string, file: string, number: number): BenchPrompt {
  const broken = (detail: string, cause: unknown) =>
    new UserError(
      'prompts-broken',
      `Line ${number} of ${file} is not a prompt (${detail}). A line is one JSON object with id, task, language, path, prefix and suffix.`,
      { cause },
    );
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw broken(causeOf(error), error);
  }
  const result = promptSchema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw broken(`${issue?.path.join('.') || 'the whole'}: ${issue?.message}`, result.error);
}

/** At most `limit` of the items, evenly spread over all. */
export function spread<T>(items: readonly T[], limit: number): T[] {
  const count = Math.min(limit, items.length);
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]!);
}
