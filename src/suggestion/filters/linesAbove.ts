import { armOf, branchOf, isCovered } from '../choices.ts';
import { textBelow } from '../context.ts';
import { declaredBy, isDecorated } from '../declared.ts';
import { enteredBy } from '../entries.ts';
import { importedNames } from '../imported.ts';
import { isProse } from '../language.ts';
import { bareLine, type Line, solidLines, statementAt, widthOf, wordCharacters } from '../lines.ts';
import { linesOfScope, type ScopeLine } from '../scopeLines.ts';
import { type Drop, documentLines, type Filter, type FilterContext, keep, suggestionOf } from './filter.ts';
import { proseRepeat, repeatedSentence } from './proseAbove.ts';

/** A line of fewer word characters may well come again. */
const minWordCharacters = 3;

/** What takes something in from elsewhere; twice in a file is once too often. */
const imports =
  /^(import\b|from\s+\S+\s+import\b|export\b.*\bfrom\b|#\s*(include|import|define)\b|use\s+[\w:\\{]|using\s+[\w. =]+;?$|require(_once|_relative)?\b|(const|let|var|local)\b.*=\s*require\b|@(import|use|forward)\b|extern\s+crate\b|package\s+\S+$|library\(|alias\s+[A-Z]|\\(usepackage|input|include|bibliography)\b|(-?include|source|\.)\s+\S+$|['"]use strict['"];?$)/;
/** What goes on with a statement, or may stand in a scope as often as one likes. */
const control =
  /^([)\]}]|(if|else|elif|elsif|for|foreach|while|until|do|switch|match|when|try|catch|except|finally|with|unless|loop|return|yield|await|begin|then|select|defer|go|using|lock|synchronized)\b)/;
const declaration =
  /^(export\s+|default\s+|pub(\([^)]*\))?\s+|public\s+|private\s+|protected\s+|static\s+|async\s+|abstract\s+|final\s+|readonly\s+|override\s+|local\s+|declare\s+)*(const|let|var|val|function|def|fn|func|fun|class|struct|enum|interface|trait|impl|type|module|namespace|sub|mod|macro_rules!|CREATE)\b/i;
/** An arm of a choice. */
const arm = /^(case\b.*:|default\s*:|when\b.*|[\w:.'"|\s]+(\([^()]*\)|\{[^{}]*\})?\s*=>\s*\{?.*[,{]$)/;
const assignment = /^[\w.$[\]'"]+\s*=\s*[^=]/;
/** What is entered under a name or a path somewhere. */
const registration =
  /^[\w$]+\.((use|route|mount|option|command|argument|include_router|addEventListener|on|once|register\w*|add_?(argument|command|option|route|subparser|parser|handler|middleware|url_rule))\(\s*[^\s)]|(get|post|put|patch|delete|all)\(\s*['"`]\/)/;

/**
 * Cuts before what stands above in the same scope already, or further below in it: an import, a declaration, a block with
 * its head, an arm of a choice, an entry of a list, and whatever stands right above the cursor.
 */
export const linesAbove: Filter = (text, context) => {
  const { completion } = context;
  const lines = documentLines(text, context);
  const first = text.startsWith('\n') && lines.length > 1 ? 1 : 0;
  const at = isProse(completion.language)
    ? proseRepeat(lines, first, around(context))
    : codeRepeat(lines, first, context);
  if (at === undefined) return isProse(completion.language) ? withoutSentence(text, context) : text;
  // A line that is half typed stays, whatever it leads to.
  const least = first === 0 && completion.linePrefix.trim() !== '' ? 1 : first;
  const kept = at <= first ? '' : suggestionOf(lines, withoutHead(lines, least, at), context);
  return kept.trim() === '' ? { drop: 'repeats-above' } : kept;
};

/** Cuts before a sentence that the text around has. */
function withoutSentence(text: string, context: FilterContext): string | Drop {
  const { above, below } = around(context);
  const at = repeatedSentence(context.completion.linePrefix, text, [...above, ...below]);
  return at === undefined ? text : keep(text, at, 'repeats-above');
}

/** The lines around the cursor's own, as far as they are known. */
function around({ completion, syntax }: FilterContext): { above: Line[]; below: Line[] } {
  const { prefix, linePrefix, tabSize } = completion;
  const before = prefix.slice(0, prefix.length - linePrefix.length);
  return {
    above: solidLines(before, '', syntax, tabSize),
    below: solidLines(textBelow(completion), `${prefix}\n`, syntax, tabSize),
  };
}

/** The first line of a text of code that repeats what stands around it. */
function codeRepeat(lines: readonly string[], first: number, context: FilterContext): number | undefined {
  const { tabSize, linePrefix, language } = context.completion;
  const { above, below } = around(context);
  const known = first === 0 ? above : withCursorLine(above, linePrefix, tabSize);
  const seen = [...known];
  for (let i = first; i < lines.length; i++) {
    const text = (lines[i] as string).trimEnd();
    if (text.trim() === '') continue;
    const indent = widthOf(text, tabSize);
    const scope = [...linesOfScope(text.trim(), indent, { above: seen, below }, language)];
    const given = i === 0 ? linePrefix : '';
    if (isNamedAgain(lines, i, given, scope, language) || isChosenAgain(text, given, scope, language))
      return i;
    if (i === first && isRightAbove(lines, i, known)) {
      // A line that is half typed is the user's own; what goes on below it is not offered.
      const typed = first === 0 && linePrefix.trim() !== '';
      if (!typed || lines.length === 1 || known.at(-1)?.text.trim() === text.trim()) return i;
      return 1;
    }
    if (isOnce(text.trim(), lines, i, tabSize) && standsIn(text.trim(), scope)) return i;
    seen.push({ text, indent, comment: false });
  }
  return undefined;
}

/** Whether a line declares, imports or enters what its scope has already, in other words. */
function isNamedAgain(
  lines: readonly string[],
  i: number,
  typed: string,
  scope: readonly ScopeLine[],
  language: string,
): boolean {
  const line = (lines[i] as string).trim();
  // A name that the user has written is written.
  const given = typed.trim();
  const entry = enteredBy(line, language);
  if (
    entry !== undefined &&
    entry !== enteredBy(given, language) &&
    scope.some((other) => enteredBy(other.line, language) === entry)
  )
    return true;
  const before = lines[i - 1]?.trim() ? lines[i - 1] : undefined;
  const name = isDecorated(before) ? undefined : declaredBy(line, language);
  if (
    name !== undefined &&
    name !== declaredBy(given, language) &&
    scope.some((other) => !isDecorated(other.before) && declaredBy(other.line, language) === name)
  )
    return true;
  const imported = importedNames(statementAt(lines, i), language);
  if (imported.length === 0) return false;
  const known = new Set(scope.flatMap((other) => importedNames(other.statement, language)));
  // What a script imports twice is an error there.
  return /script/.test(language)
    ? imported.some((each) => known.has(each))
    : imported.every((each) => known.has(each));
}

/** Whether a line chooses what its choice has chosen already: an arm for the same, a branch with the same condition. */
function isChosenAgain(text: string, typed: string, scope: readonly ScopeLine[], language: string): boolean {
  const line = text.trim();
  const given = typed.trim();
  const arm = armOf(line, language);
  if (arm) {
    const others = armsAround(scope, language);
    return !armOf(given, language) && isCovered(arm, others);
  }
  const branch = branchOf(line);
  if (!branch || branch.first || branchOf(given)?.condition === branch.condition) return false;
  for (const { line: above } of scope) {
    const other = branchOf(above);
    if (other?.condition === branch.condition) return true;
    if (other?.first || (!other && !/^[)\]}]+;?$/.test(above))) return false;
  }
  return false;
}

/** The arms of the choice that a scope is in. */
function armsAround(scope: readonly ScopeLine[], language: string): (readonly string[])[] {
  const arms: (readonly string[])[] = [];
  for (const { line } of scope) {
    if (ofChoice.test(line)) break;
    const arm = armOf(line, language);
    if (arm) arms.push(arm);
  }
  return arms;
}
/** The choice that an arm belongs to begins or ends at its own depth. */
const ofChoice = /^[)\]}]|^(switch|select|match|case\b(?!.*:)(?!.*=>)|esac|when\s*[({]|end)\b/;

/** Whether a line is of the kind that a scope has once. */
function isOnce(line: string, lines: readonly string[], i: number, tabSize: number): boolean {
  if (wordCharacters(line) === 0) return false;
  if (imports.test(line) || declaration.test(line) || arm.test(line) || registration.test(line)) return true;
  if (control.test(line)) return false;
  const next = lines.slice(i + 1).find((each) => each.trim() !== '');
  if (next === undefined) return false;
  const opens = widthOf(next, tabSize) > widthOf(lines[i] as string, tabSize) || next.trim() === '{';
  if (!opens || line.startsWith('@')) return false;
  if (assignment.test(line)) return true;
  // Calls that take a block may come again, but for tests, whose names are compared.
  if (/=>\s*[{(]?$|\bdo\b.*$|\b(function|func)\b.*\{$|\|\s*\{$/.test(line)) return false;
  return /[{:]$/.test(line) || next.trim() === '{';
}

/** Whether a line stands in the scope above or below. */
function standsIn(line: string, scope: readonly ScopeLine[]): boolean {
  const arms = arm.test(line);
  for (const other of scope) {
    if (arms && ofChoice.test(other.line)) break;
    if (bareLine(other.line) === bareLine(line)) return true;
  }
  return false;
}

/**
 * Whether a text begins with the very lines that end above it. They have to be a piece of their own: in a function that is
 * written after the model of another, the text goes on as the other does, and comes to the same place again.
 */
function isRightAbove(lines: readonly string[], first: number, above: readonly Line[]): boolean {
  const own = lines.slice(first).filter((line) => line.trim() !== '');
  for (let count = Math.min(own.length, above.length); count > 0; count--) {
    const tail = above.slice(-count);
    const [head] = tail;
    if (!head || /^[)\]}]/.test(head.text.trim()) || tail.some(({ indent }) => indent < head.indent))
      continue;
    // An element may well stand in one of its kind.
    if (count === 1 && /^<\w[^>]*[^/]>$/.test(head.text.trim()) && !/<\//.test(head.text)) continue;
    const same = tail.every((line, i) => bareLine(line.text) === bareLine(own[i] as string));
    const words = tail.reduce((sum, { text }) => sum + wordCharacters(text), 0);
    if (same && words >= minWordCharacters) return true;
  }
  return false;
}

function withCursorLine(above: readonly Line[], linePrefix: string, tabSize: number): readonly Line[] {
  if (linePrefix.trim() === '') return above;
  return [...above, { text: linePrefix.trimEnd(), indent: widthOf(linePrefix, tabSize), comment: false }];
}

/** What stands before a declaration and belongs to it goes with it: decorators and comments. */
function withoutHead(lines: readonly string[], first: number, at: number): number {
  let end = at;
  while (end > first && /^\s*(@|#\[|\/\/|\/?\*|#\s|"""|--|$)/.test(lines[end - 1] as string)) end--;
  return end;
}
