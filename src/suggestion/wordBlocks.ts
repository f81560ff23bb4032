/** Something that a word opens or closes. */
export interface Step {
  readonly index: number;
  /** Behind the word. */
  readonly end: number;
  /** What closes it; undefined where it closes. */
  readonly closer: string | undefined;
}

interface Table {
  readonly steps: RegExp;
  /** What closes each word that opens; the others close. */
  readonly closer: (word: string) => string | undefined;
}

/** Where a shell reads a command's name. */
const command = String.raw`(?<=^|[\n;&|({]|\b(?:then|do|else)\s)[ \t]*`;
const always = (closer: string, closes: RegExp) => (word: string) => (closes.test(word) ? undefined : closer);
const named = (closers: Readonly<Record<string, string>>) => (word: string) =>
  Object.hasOwn(closers, word) ? closers[word] : undefined;
const preprocessor: Table = {
  steps: /(?<=^|\n)[ \t]*(#[ \t]*(?:if|ifdef|ifndef|endif))\b/g,
  closer: always('#endif', /endif/),
};

const tables: Readonly<Record<string, Table>> = {
  shellscript: {
    steps: new RegExp(`${command}(if|case|do|fi|esac|done)\\b`, 'g'),
    closer: named({ if: 'fi', case: 'esac', do: 'done' }),
  },
  lua: {
    steps: /(?<![\w.:])(function|do|if|repeat|end|until)\b/g,
    closer: named({ function: 'end', do: 'end', if: 'end', repeat: 'until true' }),
  },
  ruby: {
    steps:
      /(?<=^|\n|[^=!<>]=)[ \t]*(def(?!.*\)\s*=\s)|class|module|begin|case|if|unless|while|until|for|end)\b|(?<=^|\s)(do)(?=\s*(?:\|[^|\n]*\|)?\s*(?:\n|$))/g,
    closer: always('end', /^end$/),
  },
  elixir: {
    steps: /(?<![\w.:@])(do|fn|end)\b(?!:)/g,
    closer: always('end', /^end$/),
  },
  julia: {
    steps:
      /(?<=^|[\n;=(])[ \t]*((?:mutable\s+)?struct|function|if|for|while|let|begin|try|module|macro|quote|end)\b|(?<=\))\s(do)\b/g,
    closer: always('end', /^end$/),
  },
  latex: {
    steps: /(\\(?:begin|end)\{[^{}\n]*\})/g,
    closer: (word) => (word.startsWith('\\begin') ? word.replace('begin', 'end') : undefined),
  },
  makefile: {
    steps: /(?<=^|\n)[ \t]*(ifeq|ifneq|ifdef|ifndef|define|endif|endef)\b/g,
    closer: named({ ifeq: 'endif', ifneq: 'endif', ifdef: 'endif', ifndef: 'endif', define: 'endef' }),
  },
  c: preprocessor,
  cpp: preprocessor,
  csharp: {
    steps: /(?<=^|\n)[ \t]*(#(?:if|region|endif|endregion))\b/g,
    closer: named({ '#if': '#endif', '#region': '#endregion' }),
  },
};

/** Whether blocks are opened and closed by words in a language. */
export function hasWordBlocks(language: string): boolean {
  return Object.hasOwn(tables, language);
}

/** The words of a text that open and close blocks, in their order. */
export function wordSteps(text: string, language: string): Step[] {
  const table = Object.hasOwn(tables, language) ? tables[language] : undefined;
  if (!table) return [];
  return [...text.matchAll(table.steps)].map((match) => {
    const word = (match[1] ?? match[2]) as string;
    const end = match.index + match[0].length;
    return { index: end - word.length, end, closer: table.closer(word) };
  });
}
