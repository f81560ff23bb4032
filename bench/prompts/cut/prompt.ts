import { classOf, type PromptClass } from './kinds.ts';
import type { SourceFile } from './languages.ts';
import type { PromptSet } from './set.ts';
import type { CursorCut, FunctionEdit } from './take.ts';

/** A line of a prompts file. */
export interface CutPrompt {
  readonly id: string;
  readonly task: 'complete';
  readonly language: string;
  readonly path: string;
  readonly prefix: string;
  readonly suffix: string;
  readonly original?: string;
  /** What was removed, or what the edit makes. */
  readonly expected: string;
  readonly kind: string;
  readonly class?: PromptClass;
  /** How an edit changes the function. */
  readonly change?: string;
  readonly naturalLanguage?: string;
}

type Room = Pick<PromptSet, 'prefix' | 'suffix' | 'classes'>;

/** The end of a text from the start of a line. */
function tail(text: string, most: number): string {
  return text.length <= most ? text : text.slice(text.indexOf('\n', text.length - most - 1) + 1);
}

/** The part of a text behind `from` up to the end of a line. */
function head(text: string, from: number, most: number): string {
  const to = from + most >= text.length ? text.length : text.lastIndexOf('\n', from + most - 1) + 1;
  return text.slice(from, Math.max(from, to));
}

export function cursorPrompt({ file, at, end, kind }: CursorCut, id: string, room: Room): CutPrompt {
  const { text, language } = file;
  return {
    ...start(file, id),
    prefix: tail(text.slice(0, at), room.prefix),
    suffix: head(text, end, room.suffix),
    expected: text.slice(at, end),
    kind,
    ...(room.classes ? { class: classOf(kind, language) } : {}),
    ...(file.naturalLanguage === undefined ? {} : { naturalLanguage: file.naturalLanguage }),
  };
}

/**
 * The old function stands above, the new one below it as far as it is written: so a model that has learnt nothing but
 * plain files goes on by copying.
 */
export function editPrompt({ one, cut }: FunctionEdit, id: string, room: Room): CutPrompt {
  const { file, last } = one;
  const line = file.lines[last]!;
  const end = line.start + line.text.length;
  return {
    ...start(file, id),
    prefix: tail(`${file.text.slice(0, end)}\n\n${cut.written}`, room.prefix),
    suffix: head(file.text, end, room.suffix),
    original: cut.original,
    expected: cut.expected,
    kind: cut.kind,
    class: 'edit',
    change: cut.change,
  };
}

function start(
  { language, path }: SourceFile,
  id: string,
): Pick<CutPrompt, 'id' | 'task' | 'language' | 'path'> {
  return { id, task: 'complete', language: language.id, path };
}
