import { constants } from 'node:fs';
import { access, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { codeOf, fileTrouble, UserError } from '../errors.ts';

/**
 * Look whether a file can be written, before the minutes of work whose result it is to hold.
 * @throws UserError `output-unwritable` with the cause.
 */
export async function requireWritable(file: string): Promise<void> {
  try {
    const info = await stat(file).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    });
    if (info?.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' });
    await access(info ? file : path.dirname(path.resolve(file)), constants.W_OK);
  } catch (error) {
    throw unwritable(file, error);
  }
}

/** Write what a command made. @throws UserError `output-unwritable` with the cause. */
export async function writeResult(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    throw unwritable(file, error);
  }
}

function unwritable(file: string, cause: unknown): UserError {
  return new UserError('output-unwritable', fileTrouble(cause, file, 'written'), { cause });
}
