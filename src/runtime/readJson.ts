import { readFile, stat } from 'node:fs/promises';
import type * as z from 'zod';
import { causeOf, fileTrouble, UserError } from '../errors.ts';

/** The largest vocabularies have a tenth of it. */
const MOST_BYTES = 256 * 1024 * 1024;

/** Read and check a JSON file of a model. @throws UserError `model-unreadable`, or `model-broken` that names the file and the field. */
export async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<T> {
  const broken = (detail: string, cause: unknown) =>
    new UserError(
      'model-broken',
      `${file} cannot be used (${detail}). Correct it, or copy the model again.`,
      {
        cause,
      },
    );
  const value = await readJsonText(file, 'model-unreadable', (error) => broken(causeOf(error), error));
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw broken(`${issue?.path.join('.') || 'the whole'}: ${issue?.message}`, result.error);
}

/**
 * The value of a JSON file, whatever it is.
 * @param unreadable reason of the failure when the file cannot be read. @param broken the failure for text that is not JSON.
 * @throws UserError
 */
export async function readJsonText(
  file: string,
  unreadable: string,
  broken: (error: unknown) => UserError,
): Promise<unknown> {
  let text: string;
  try {
    const { size } = await stat(file);
    if (size > MOST_BYTES) throw broken(new Error(`it has ${size} bytes, more than any file of its kind`));
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(unreadable, fileTrouble(error, file, 'read'), { cause: error });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw broken(error);
  }
}
