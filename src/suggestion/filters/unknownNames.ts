import { builtinsOf, memberOf } from '../builtins.ts';
import type { CompletionContext } from '../context.ts';
import { readAt } from '../reading.ts';
import { kindOf, type Mark, type Syntax } from '../syntax.ts';
import { type Filter, type FilterContext, keep } from './filter.ts';

/** How much an unknown name says against a line: what belongs to an object may be declared in its own file. */
const weights = { free: 3, member: 1 };
/** A line that has this against it is not offered. */
const enough = 3;

/** Shorter names are too many to say anything. */
const name = /(?<![\w$@#"'-])[A-Za-z_$][\w$]{2,}/g;
/** A file of fewer lines, or of more names that it does not declare, says nothing about what exists. */
const minLines = 8;
const mostUndeclared = 0.2;
/** What gives a name a meaning in the text itself. */
const bindings: readonly RegExp[] = [
  /\b(?:const|let|var|function\*?|class|interface|type|enum|namespace|def|import|as|for|with|except|catch)\s*\(?\s*([\w$]+(?:\s*,\s*[\w$]+)*)/g,
  /\b(?:const|let|var|of|import|for|lambda)\s*([[{(]?[^=;:]*[\]})]?)\s*(?:=|:|of\b|in\b|from\b)/g,
  /(?:function\b[^(]*|def\s+\w+|\b[\w$]+)\s*\(([^()]*)\)\s*(?:->[^:]*|:[^{=]*)?[{:]/g,
  // From where such a run begins: tried at each of its characters, a long one would take the square of its length.
  /(?<![\w$,\s{}[\]=:.?])([\w$,\s{}[\]=:.?]*)\)?\s*(?::[^=()]*)?=>/g,
  /(?:^|[\n;,(])\s*((?:[\w$]+\s*,\s*)*[\w$]+)\s*(?::[^=\n]*)?:?=(?!=)/g,
  /(?:^|\n)[ \t]*(?:async\s+|static\s+|get\s+|set\s+|\*\s*)*([\w$]+)\s*\([^()]*\)\s*(?::[^{;]*)?\{/g,
  // Lists that the text leaves open.
  /\b(?:function|def|constructor|catch|class|import)\b[^(){}]*[({]([^(){}]*)$/g,
  /\b(?:const|let|var)\s*[{[]([^{}[\]=]*)$/g,
  /\bimport\b[^(){}]*[({]([^(){}]*)[)}]/g,
];

/**
 * Cuts before a line that uses names which exist nowhere: neither in the file nor in the language, nor does the text declare
 * them. Only in languages where a file names all that it takes from others, and where the whole file above is known.
 */
export const unknownNames: Filter = (text, context) => {
  const { completion, syntax } = context;
  const builtin = builtinsOf(completion.language);
  if (!builtin || completion.start > 0 || !declaresAll(context, builtin)) return text;
  const known = (word: string) => builtin(word) || isIn(completion, word) || context.isKnown?.(word) === true;
  const ownMember = memberOf(completion.language);
  // A list of parameters or imports may have begun some lines above.
  const declared = declaredIn(completion.prefix.slice(-600) + text);
  const unknown = namesIn(text, completion, readAt(text, completion, syntax).marks).filter(
    ({ word, member }) => !declared.has(word) && !(member && ownMember?.(word) !== false) && !known(word),
  );
  let against = 0;
  let line = -1;
  for (const { index, member } of unknown) {
    const start = text.lastIndexOf('\n', index);
    if (start !== line) against = 0;
    line = start;
    against += member ? weights.member : weights.free;
    if (against >= enough) return keep(text, Math.max(0, start), 'unknown-names');
  }
  return text;
};

interface Name {
  readonly word: string;
  readonly index: number;
  readonly member: boolean;
}

/** The names of a text that stand for something declared elsewhere. */
function namesIn(text: string, { prefix, lineSuffix }: CompletionContext, marks: Uint8Array): Name[] {
  const names: Name[] = [];
  for (const { 0: word, index } of text.matchAll(name)) {
    if (kindOf(marks[index] as Mark) !== 'code') continue;
    const before = (prefix.slice(-8) + text.slice(0, index)).slice(-8);
    const after = text.slice(index + word.length) + lineSuffix;
    // The rest of a word that is half typed, and what may go on behind the text.
    if (index === 0 && /[\w$]$/.test(prefix)) continue;
    if (index + word.length === text.length) continue;
    // Elements, attributes, keys and labels.
    if (/<\/?$/.test(before) && /^[a-z]/.test(word)) continue;
    if (/^\s*(=(?![=>])|:|\?:|\)?\s*=>)/.test(after)) continue;
    names.push({ word, index, member: /(\.|->|::)\s*$/.test(before) });
  }
  return names;
}

/** Of each syntax the file that was looked through last, in whole lines: it is the same while one of them is typed. */
const lastRead = new WeakMap<
  Syntax,
  { readonly above: string; readonly suffix: string; readonly uri: string; readonly declares: boolean }
>();

/**
 * Whether a file declares what it uses, or says where it takes it from: one that takes everything from somewhere, or is a
 * piece of something, does not.
 */
function declaresAll({ completion, syntax }: FilterContext, builtin: (name: string) => boolean): boolean {
  const { prefix, suffix, uri } = completion;
  const above = prefix.slice(0, prefix.lastIndexOf('\n') + 1);
  const last = lastRead.get(syntax);
  if (last?.above === above && last.suffix === suffix && last.uri === uri) return last.declares;
  const declares =
    !uri.startsWith('vscode-notebook-cell:') &&
    !/^\s*from\s+\S+\s+import\s+\*/m.test(above) &&
    (above.match(/^.*\S.*$/gm)?.length ?? 0) >= minLines &&
    undeclaredIn(above, suffix, syntax, builtin) <= mostUndeclared;
  lastRead.set(syntax, { above, suffix, uri, declares });
  return declares;
}

/** The share of the names that a text uses and nothing in it declares. */
function undeclaredIn(
  prefix: string,
  suffix: string,
  syntax: Syntax,
  builtin: (name: string) => boolean,
): number {
  const nothing = { prefix: '', lineSuffix: '' } as CompletionContext;
  const used = namesIn(prefix, nothing, syntax.marks(prefix)).filter(({ member }) => !member);
  const words = new Set(used.map(({ word }) => word).filter((word) => !builtin(word)));
  if (words.size === 0) return 1;
  const declared = declaredIn(prefix + suffix);
  return [...words].filter((word) => !declared.has(word)).length / words.size;
}

function isIn({ prefix, suffix }: CompletionContext, word: string): boolean {
  return holds(prefix, word) || holds(suffix, word);
}

/** Whether a text has a word, not as a part of another. */
function holds(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (!/[\w$]/.test(text[at - 1] ?? ' ') && !/[\w$]/.test(text[at + word.length] ?? ' ')) return true;
  }
  return false;
}

function declaredIn(text: string): Set<string> {
  const names = new Set<string>();
  for (const binding of bindings) {
    for (const match of text.matchAll(binding)) {
      for (const word of (match[1] ?? '').match(/[A-Za-z_$][\w$]*/g) ?? []) names.add(word);
    }
  }
  return names;
}
