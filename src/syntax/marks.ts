import { type Kind, type Mark, markOf } from '../suggestion/syntax.ts';

/** Names that begin code inside a string or inside running text. */
const code =
  /^(meta\.(embedded|interpolation|template\.expression|tag|scope\.subshell|fstring$)|source\.|punctuation\.section\.embedded|punctuation\.definition\.(template-expression|interpolation)|variable\.interpolation|string\.interpolated\.backtick)/;
/** Running text, where quotes and brackets are signs like any other: between tags, and the left side of a shell's case. */
const text =
  /^(text\.(?!tex)|meta\.jsx\.children|meta\.case\.entry\.pattern|string\.(unquoted\.pattern|regexp\.unquoted)|keyword\.operator\.pattern\.case)/;
/** Bare words are code, whatever the grammar calls them. */
const string = /^string\.(?!unquoted\.(?!.*heredoc)|regexp\.unquoted|interpolated\.backtick)/;

/** What a name says of the text that it covers; undefined where it says nothing. */
function meaningOf(
  scope: string,
): 'comment' | 'docstring' | 'format' | 'string' | 'escape' | Kind | undefined {
  if (scope.startsWith('comment')) return 'comment';
  if (scope.startsWith('string.quoted.docstring')) return 'docstring';
  if (scope.startsWith('meta.fstring')) return 'format';
  if (string.test(scope)) return 'string';
  if (scope.startsWith('constant.character.escape')) return 'escape';
  if (code.test(scope)) return 'code';
  return text.test(scope) ? 'text' : undefined;
}

/** The mark of a token by the names that a TextMate grammar gives it, from the outermost to its own. */
export function markOfScopes(scopes: readonly string[]): Mark {
  let kind: Kind = 'code';
  let level = 0;
  let format = false;
  for (const scope of scopes) {
    const meaning = meaningOf(scope);
    switch (meaning) {
      // Examples and types in a comment are parts of the comment, and so are the tests in a docstring.
      case 'comment':
        return markOf('comment', level);
      case 'docstring':
        return markOf('string', level + 1);
      case 'format':
        // Python's grammar names the string around the text of a format string, not around its expressions.
        if (!format) level++;
        format = true;
        kind = 'code';
        break;
      case 'string':
        if (kind !== 'string' && !format) level++;
        kind = 'string';
        break;
      case 'escape':
        if (level > 0) kind = 'string';
        break;
      case 'code':
        kind = 'code';
        format = false;
        break;
      case 'text':
        kind = 'text';
        break;
    }
  }
  return markOf(kind, level);
}
