import path from 'node:path';
import { UserError } from '../errors.ts';
import { Exclusion } from '../files/exclusion.ts';
import { toLineFeeds } from '../files/lineEnds.ts';
import { languageOf } from '../prompts/language.ts';
import { withoutSecrets } from '../secrets/scan.ts';
import { type CompletionContext, contextAt } from '../suggestion/context.ts';
import { tell } from './load.ts';
import { readSource, splitAt } from './source.ts';

/** Characters below the cursor that may be copied from. */
const MOST_BELOW = 200_000;

/** A place in a file, as the editor would tell of it. */
export interface FileCursor {
  readonly text: string;
  /** The file's name as a model is told it. */
  readonly shown: string;
  readonly context: CompletionContext;
  /** What stands below and may be copied from. */
  readonly below: string;
}

/**
 * Read a file up to a place and behind it.
 * @param line from 1. @param column from 1, in UTF-16 units; the end of the line without it.
 * @throws UserError `file-excluded` and as readSource and splitAt.
 */
export async function cursorIn(file: string, line: number, column?: number): Promise<FileCursor> {
  if (Exclusion.withSecrets([]).excludes(path.resolve(file))) {
    throw new UserError(
      'file-excluded',
      `${file} holds secrets by its name, so it is neither read nor completed. Name another file.`,
    );
  }
  const { text, notice } = await readSource(file);
  const { prefix } = splitAt(text, line, column ?? lengthOfLine(text, line) + 1, file);
  if (notice) tell(notice);
  const shown = path.relative(process.cwd(), path.resolve(file)) || file;
  const below = withoutSecrets(toLineFeeds(text.slice(prefix.length, prefix.length + MOST_BELOW)));
  return { text, shown, context: contextIn(text, prefix.length, shown), below };
}

/** UTF-16 units of a line, its end not counted; 0 where there is no such line. */
function lengthOfLine(text: string, line: number): number {
  return text.split(/\r\n|\n|\r/, line)[line - 1]?.length ?? 0;
}

/** The text around a place of a file, as the editor would have it. */
function contextIn(text: string, offset: number, shown: string): CompletionContext {
  const document = { length: text.length, slice: (start: number, end: number) => text.slice(start, end) };
  const language = languageOf(shown);
  return contextAt(document, offset, { uri: shown, path: shown, language, version: 1, tabSize: 4 });
}
