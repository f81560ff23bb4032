import { readFile, stat } from 'node:fs/promises';
import { messageOf, UserError } from '../errors.ts';

/** Larger files are generated or data; reading one would only cost time. */
const MOST_BYTES = 64 * 1024 * 1024;
/** A NUL this early means that the file is not text; the same bound as git uses. */
const SNIFFED_BYTES = 8000;

/** A source file's text, and what had to be done to read it. */
export interface Source {
  readonly text: string;
  /** A sentence for the user when the file is not quite text, else undefined. */
  readonly notice: string | undefined;
}

/**
 * Read a text file.
 * @throws UserError `file-unreadable`, `file-too-large`, `file-binary`.
 */
export async function readSource(file: string): Promise<Source> {
  let bytes: Buffer;
  try {
    const { size } = await stat(file);
    if (size > MOST_BYTES) {
      throw new UserError(
        'file-too-large',
        `${file} has ${Math.round(size / 1e6)} MB; files up to 64 MB are read.`,
      );
    }
    bytes = await readFile(file);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      'file-unreadable',
      `${file} cannot be read (${messageOf(error)}). Name a text file.`,
      {
        cause: error,
      },
    );
  }
  if (bytes.subarray(0, SNIFFED_BYTES).includes(0)) {
    throw new UserError('file-binary', `${file} is a binary file. Name a text file.`);
  }
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const broken = text.includes('\ufffd') && !bytes.includes('\ufffd');
  return {
    text,
    notice: broken ? `${file} is not valid UTF-8; unreadable bytes are taken as «\ufffd».` : undefined,
  };
}

/**
 * Split a text at a cursor.
 * @param line 1-based. @param column 1-based, in UTF-16 units as the editor shows it; one past the last
 * character is the line's end.
 * @throws UserError `position-outside` that says what the file has.
 */
export function splitAt(
  text: string,
  line: number,
  column: number,
  file: string,
): { prefix: string; suffix: string } {
  const lines = text.split('\n');
  if (line > lines.length) {
    throw new UserError(
      'position-outside',
      `Line ${line} is outside ${file}, which has ${lines.length} ${lines.length === 1 ? 'line' : 'lines'}.`,
    );
  }
  const content = lines[line - 1]!.replace(/\r$/, '');
  if (column > content.length + 1) {
    throw new UserError(
      'position-outside',
      `Column ${column} is outside line ${line} of ${file}, which ends at column ${content.length + 1}.`,
    );
  }
  const offset = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0) + column - 1;
  return { prefix: text.slice(0, offset), suffix: text.slice(offset) };
}
