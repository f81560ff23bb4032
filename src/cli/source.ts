import { isUtf8 } from 'node:buffer';
import { readFile, stat } from 'node:fs/promises';
import { fileTrouble, UserError } from '../errors.ts';

/** Larger files are generated or data; reading one would only cost time. */
const MOST_MEGABYTES = 64;
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
 * @throws UserError `file-missing`, `file-unreadable`, `file-too-large`, `file-binary`.
 */
export async function readSource(file: string): Promise<Source> {
  const bytes = await readBytes(file);
  if (startsLikeUtf16(bytes)) {
    throw new UserError('file-binary', `${file} is encoded in UTF-16. Save it as UTF-8.`);
  }
  if (bytes.subarray(0, SNIFFED_BYTES).includes(0)) {
    throw new UserError('file-binary', `${file} is a binary file. Name a text file.`);
  }
  // A byte order mark is not text: the editor neither shows nor counts it.
  const text = new TextDecoder('utf-8').decode(bytes);
  return {
    text,
    notice: isUtf8(bytes)
      ? undefined
      : `${file} is not valid UTF-8; each unreadable byte is taken as «\ufffd». Save it as UTF-8 for better completions.`,
  };
}

async function readBytes(file: string): Promise<Buffer> {
  try {
    const info = await stat(file);
    if (info.isDirectory()) throw new UserError('file-unreadable', `${file} is a folder. Name a text file.`);
    // Devices can be endless; pipes end and are welcome.
    if (!info.isFile() && !info.isFIFO()) {
      throw new UserError('file-unreadable', `${file} is a device. Name a text file.`);
    }
    if (info.size > MOST_MEGABYTES * 1e6) {
      throw new UserError(
        'file-too-large',
        `${file} has ${Math.ceil(info.size / 1e6)} MB, and files of up to ${MOST_MEGABYTES} MB are read. Name a smaller file.`,
      );
    }
    return await readFile(file);
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new UserError('file-missing', `There is no file ${file}. Name one that exists.`, {
        cause: error,
      });
    }
    throw new UserError('file-unreadable', fileTrouble(error, file, 'read'), { cause: error });
  }
}

function startsLikeUtf16(bytes: Buffer): boolean {
  return (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
}

/**
 * Split a text at a cursor.
 * @param line 1-based. @param column 1-based, in UTF-16 units as the editor shows it; one past the last
 * character is the line's end.
 * @throws UserError `position-outside` that says what could be chosen.
 */
export function splitAt(
  text: string,
  line: number,
  column: number,
  file: string,
): { prefix: string; suffix: string } {
  let start = 0;
  let count = 0;
  // The editor, too, ends a line at a lone carriage return.
  for (const match of text.matchAll(/\r\n?|\n|$/g)) {
    count++;
    if (count < line) {
      start = match.index + match[0].length;
      continue;
    }
    const end = match.index - start + 1;
    if (column > end) {
      const choice = end === 1 ? 'it is empty, so choose column 1' : `choose one from 1 to ${end}`;
      throw new UserError('position-outside', `Line ${line} of ${file} has no column ${column}: ${choice}.`);
    }
    return { prefix: text.slice(0, start + column - 1), suffix: text.slice(start + column - 1) };
  }
  const choice = count === 1 ? 'it has line 1 alone' : `choose one from 1 to ${count}`;
  throw new UserError('position-outside', `${file} has no line ${line}: ${choice}.`);
}
