import type { CompletionContext } from './context.ts';

/** What a fence stands behind, where it has any: the mark of a list's entry. No two parts of it may be the same white space. */
const fence = /^([ \t]*(?:(?:[-*+]|\d+[.)])[ \t]*)?)(`{3,}|~{3,})(.*)$/;
/** A fence does not stand further right; of longer lines only their beginning is looked at. */
const FENCE_WITHIN = 200;

interface Fence {
  readonly indentation: string;
  readonly sign: string;
}

/** What ends the block of code that a text of Markdown is in; undefined where it is in none. */
function openFence(text: string): Fence | undefined {
  let open: Fence | undefined;
  for (const line of text.split('\n')) {
    const found = fence.exec(line.slice(0, FENCE_WITHIN));
    if (!found) continue;
    const [, indentation = '', sign = '', info = ''] = found;
    if (!open) open = { indentation: indentation.replace(/\S/g, ' '), sign };
    else if (sign[0] === open.sign[0] && sign.length >= open.sign.length && info.trim() === '')
      open = undefined;
  }
  return open;
}

/** What has to stand behind a text of prose so that it closes the code or the formula that it opens. */
export function proseClosing(text: string, { prefix, suffix, language }: CompletionContext): string {
  if (language === 'latex') return paired(prefix, text, suffix, '$', /\\.|\$\$|%.*/g);
  if (language !== 'markdown') return '';
  const before = openFence(prefix);
  const after = openFence(prefix + text);
  if (before) return '';
  if (!after) return paired(prefix, text, suffix, '`', /\\`|``+/g);
  // What ends it may stand below already.
  if (openFence(suffix)) return '';
  return `\n${after.indentation}${after.sign}`;
}

/** A sign that comes in pairs within a paragraph, where the text leaves it alone and nothing right of it takes it up. */
function paired(prefix: string, text: string, suffix: string, sign: string, others: RegExp): string {
  const odd = (part: string) => (part.replace(others, '').split(sign).length - 1) % 2 === 1;
  const before = prefix.slice(prefix.lastIndexOf('\n') + 1);
  const line = text.includes('\n') ? text.slice(text.lastIndexOf('\n') + 1) : before + text;
  const rest = suffix.split('\n', 1)[0] as string;
  if (!odd(line) || odd(rest) || (!text.includes('\n') && odd(before))) return '';
  return sign;
}
