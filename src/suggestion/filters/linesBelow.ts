import { textBelow } from '../context.ts';
import { bareLine, type Line, solidLines, wordCharacters } from '../lines.ts';
import { documentLines, type Filter, suggestionOf } from './filter.ts';

/** A line of fewer word characters, a bracket say, is the same only at the same depth. */
const minWordCharacters = 3;

/** A word that closes a block, as a `}` does elsewhere. */
const closingWord = /^(end|fi|done|esac|#?\s*endif|endef|\\end\{[^}]*\})\s*[;,)]*$/;

/**
 * Takes off lines at the end that stand below the cursor already, past blank lines and comments. Indentation counts where
 * a line only closes: a `}` is not any `}`, nor an `end` any `end`.
 */
export const linesBelow: Filter = (text, context) => {
  const { completion, syntax } = context;
  const { prefix, linePrefix, tabSize } = completion;
  const above = prefix.slice(0, prefix.length - linePrefix.length);
  const below = solidLines(textBelow(completion), `${prefix}\n`, syntax, tabSize);
  if (below.length === 0) return text;
  const lines = documentLines(text, context);
  for (let first = firstOwnLine(lines, text); first < lines.length; first++) {
    const head = `${above}${lines.slice(0, first).join('\n')}${first > 0 ? '\n' : ''}`;
    const tail = solidLines(lines.slice(first).join('\n'), head, syntax, tabSize);
    if (tail.length === 0) break;
    if (stands(tail, below)) {
      const kept = first === 0 ? '' : suggestionOf(lines, first, context);
      return kept.trim() === '' ? { drop: 'repeats-below' } : kept;
    }
  }
  return text;
};

/** Whether lines are those that stand below, word for word or but for comments. */
function stands(tail: readonly Line[], below: readonly Line[]): boolean {
  if (begins(tail, below)) return true;
  const code = tail.filter(({ comment }) => !comment);
  return (
    code.length > 0 &&
    begins(
      code,
      below.filter(({ comment }) => !comment),
    )
  );
}

function begins(tail: readonly Line[], below: readonly Line[]): boolean {
  return tail.length <= below.length && tail.every((line, i) => isSame(line, below[i] as Line));
}

function isSame(one: Line, other: Line): boolean {
  const closes = wordCharacters(one.text) < minWordCharacters || closingWord.test(one.text.trim());
  if (closes) return one.text === other.text;
  return bareLine(one.text) === bareLine(other.text);
}

/** The cursor's line counts when the text changes it. */
function firstOwnLine(lines: readonly string[], text: string): number {
  return text.startsWith('\n') && lines.length > 1 ? 1 : 0;
}
