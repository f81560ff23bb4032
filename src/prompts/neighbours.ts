import { languageOf } from './language.ts';

/** Lines of another file that are shown in front of the file that is being written. */
export interface Snippet {
  readonly path: string;
  readonly text: string;
}

/** A few lines of a file, with the identifiers in them. */
export interface LineWindow {
  readonly text: string;
  readonly words: ReadonlySet<string>;
}

/** A file that snippets may come from. */
export interface NeighbourFile {
  readonly path: string;
  readonly windows: readonly LineWindow[];
}

/** Where a completion is asked for. */
export interface Place {
  readonly path: string;
  readonly prefix: string;
  readonly suffix: string;
}

export interface Scored extends Snippet {
  readonly score: number;
}

/** Lines of a window; windows begin at every half of this. */
const WINDOW = 16;
/** Lines around the cursor that a snippet is compared with. */
const LINES_BEFORE = 40;
const LINES_AFTER = 10;
/** Most snippets in a prompt. */
const MOST = 2;
/** A window that shares less says nothing; one that shares nearly all would only be said again. */
const LEAST_SIMILAR = 0.06;
const MOST_SIMILAR = 0.8;
/** What counts beside similarity: a file in another language, one of the newest few, one that is imported. */
const OTHER_LANGUAGE = 0.5;
const NEWEST_FILES = 4;
const NEWEST = 1.2;
const IMPORTED = 1.5;
/** A snippet that is shown stays until another is better by this much. */
const LOYALTY = 1.3;

/** Words that say only what language it is. */
const KEYWORDS = new Set(
  (
    'abstract async await boolean break case catch class const continue default delete elif else enum except export ' +
    'extends extern False final finally float from func function global goto impl implements import include instanceof ' +
    'interface lambda long module namespace None null number package pass pragma private protected public raise ' +
    'readonly return self static string struct super switch template this throw throws true True type typedef typeof ' +
    'undefined union unsigned using void where while with yield'
  ).split(' '),
);
const WORD = /[A-Za-z_]\w{3,}/g;
const IMPORT = /^\s*(import|from|export|use|using|require|include|#include|@import|mod)\b|\brequire\(/;

/** The identifiers of a text, of four characters and more. */
function wordsOf(text: string): Set<string> {
  const words = new Set<string>();
  for (const word of text.match(WORD) ?? []) if (!KEYWORDS.has(word)) words.add(word);
  return words;
}

/** Cut a file into overlapping windows of lines. */
export function windowsOf(text: string): LineWindow[] {
  const lines = text.split('\n');
  const windows: LineWindow[] = [];
  for (let from = 0; from < lines.length; from += WINDOW / 2) {
    const piece = lines.slice(from, from + WINDOW).join('\n');
    const words = wordsOf(piece);
    if (words.size > 0) windows.push({ text: piece, words });
    if (from + WINDOW >= lines.length) break;
  }
  return windows;
}

/**
 * The snippets of other files most like the text around the cursor: Jaccard similarity of identifiers in windows of
 * lines, as GitHub Copilot and Cody take it. At most one of a file.
 * @param files newest first.
 */
export function chooseNeighbours(place: Place, files: Iterable<NeighbourFile>): Scored[] {
  const around = wordsAround(place);
  const imported = importedNames(place.prefix);
  const best: Scored[] = [];
  let rank = 0;
  for (const file of files) {
    if (file.path === place.path) continue;
    const weight = weightOf(file.path, place.path, imported) * (rank++ < NEWEST_FILES ? NEWEST : 1);
    let found: Scored | undefined;
    for (const { text, words } of file.windows) {
      const similar = jaccard(around, words);
      if (similar < LEAST_SIMILAR || similar > MOST_SIMILAR) continue;
      const score = similar * weight;
      if (score > (found?.score ?? 0)) found = { path: file.path, text, score };
    }
    if (found) best.push(found);
  }
  return best.sort((a, b) => b.score - a.score).slice(0, MOST);
}

/**
 * Snippets to go on with: those that are shown, unless others are clearly better. Each change makes the model read the
 * whole prompt again.
 */
export function loyalChoice(
  place: Place,
  kept: readonly Snippet[],
  chosen: readonly Scored[],
): readonly Snippet[] {
  const snippets = chosen.map(({ path, text }) => ({ path, text }));
  if (kept.length === 0) return snippets;
  const around = wordsAround(place);
  const imported = importedNames(place.prefix);
  const worth = kept.reduce((sum, { path, text }) => {
    return sum + jaccard(around, wordsOf(text)) * weightOf(path, place.path, imported);
  }, 0);
  const offered = chosen.reduce((sum, { score }) => sum + score, 0);
  return offered > LOYALTY * worth ? snippets : kept;
}

function wordsAround({ prefix, suffix }: Place): Set<string> {
  const before = prefix.split('\n').slice(-LINES_BEFORE);
  const after = suffix.split('\n', LINES_AFTER);
  return wordsOf([...before, ...after].join('\n'));
}

/** Names in the lines that import something: a file whose name is among them is a close one. */
function importedNames(prefix: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const line of prefix.split('\n')) {
    if (IMPORT.test(line)) for (const name of line.match(/[\w-]{2,}/g) ?? []) names.add(name.toLowerCase());
  }
  return names;
}

function weightOf(path: string, own: string, imported: ReadonlySet<string>): number {
  const [name = ''] = (path.split('/').at(-1) ?? '').split('.');
  const close = imported.has(name.toLowerCase()) ? IMPORTED : 1;
  return close * (familyOf(path) === familyOf(own) ? 1 : OTHER_LANGUAGE);
}

/** TypeScript and JavaScript, with and without markup, are one family; a C header goes with C++. */
function familyOf(path: string): string {
  const language = languageOf(path).replace(/react$/, '');
  if (language === 'javascript') return 'typescript';
  return language === 'cpp' ? 'c' : language;
}

function jaccard(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  let common = 0;
  for (const word of other) if (one.has(word)) common++;
  return common === 0 ? 0 : common / (one.size + other.size - common);
}
