import { FAMILY_IDS, type WrittenMarks, writtenMarks } from '../prompts/families.ts';
import type { LeavingText } from './leaving.ts';

/**
 * How a server is told of the text after the cursor: by the marks of a family, `suffix`: in the field of that name, `prefix`: not at
 * all, `auto`: by the marks of the family that the model's name tells, else not at all.
 */
export const DIALECTS: readonly string[] = ['auto', 'suffix', 'prefix', ...FAMILY_IDS];

/** The parts of a request that hold text. */
export interface PromptFields {
  readonly prompt: string;
  readonly suffix?: string;
}

/** Words for the end of a text that servers let through where they do not know them. */
const ENDS = [
  '<|endoftext|>',
  '<|fim_pad|>',
  '<|file_sep|>',
  '<|im_end|>',
  '<EOT>',
  '</s>',
  '<｜end▁of▁sentence｜>',
];

/** A way to ask for the text at a cursor. */
export interface Dialect {
  fieldsOf(text: LeavingText): PromptFields;
  /** What is not part of the answer, nor anything behind it. */
  readonly stops: readonly string[];
}

/** @param how one of {@link DIALECTS}. @param model its name at the server */
export function dialectOf(how: string, model: string): Dialect {
  const marks = how === 'prefix' || how === 'suffix' ? undefined : writtenMarks(how === 'auto' ? model : how);
  if (marks) return { fieldsOf: (text) => marked(text, marks), stops: [...wordsOf(marks), ...ENDS] };
  if (how !== 'suffix') return { fieldsOf: ({ prefix }) => ({ prompt: prefix }), stops: ENDS };
  return {
    fieldsOf: ({ prefix, suffix }) =>
      suffix.trim() === '' ? { prompt: prefix } : { prompt: prefix, suffix },
    stops: ENDS,
  };
}

/**
 * Text with its marks. As for the models of this machine, the cursor's line stands behind the mark of the middle, so that typing
 * only appends, and servers keep what they have read.
 */
function marked(text: LeavingText, marks: WrittenMarks): PromptFields {
  // A server takes marks for what they are wherever they stand: in the user's text they are no marks.
  const [prefix, suffix] = [unmarked(text.prefix, marks), unmarked(text.suffix, marks)];
  if (suffix.trim() === '') return { prompt: prefix };
  if (marks.order === 'suffix-prefix-middle') {
    return { prompt: `${marks.suffix}${suffix}${marks.prefix}${prefix}${marks.middle}` };
  }
  const line = prefix.lastIndexOf('\n') + 1;
  const [above, cursor] = [prefix.slice(0, line), prefix.slice(line)];
  return { prompt: `${marks.prefix}${above}${marks.suffix}${suffix}${marks.middle}${cursor}` };
}

/** A text without marks, and without those that taking one out would make. */
function unmarked(text: string, marks: WrittenMarks): string {
  let clean = text;
  for (let before = ''; before !== clean; ) {
    before = clean;
    for (const word of wordsOf(marks)) clean = clean.replaceAll(word, '');
  }
  return clean;
}

function wordsOf({ prefix, suffix, middle }: WrittenMarks): string[] {
  return [prefix, suffix, middle].map((word) => word.trim()).filter((word) => word !== '');
}
