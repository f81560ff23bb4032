import { readAt } from '../reading.ts';
import { kindOf, type Mark } from '../syntax.ts';
import { type Filter, keep } from './filter.ts';

interface SelfName {
  readonly name: RegExp;
  /** What opens a scope where the name has a meaning. */
  readonly scope: RegExp;
}

const script: SelfName = {
  name: /(?<![\w$.])(?:this|super)(?=\s*[.[(])/g,
  scope: /\b(function|class|constructor)\b|[\w$\]]\s*\([^()]*\)\s*(:[^{}=]*)?\{/,
};
const selfNames: Readonly<Record<string, SelfName>> = {
  javascript: script,
  javascriptreact: script,
  typescript: script,
  typescriptreact: script,
  python: {
    name: /(?<![\w.])(?:self(?=\s*\.)|cls(?=\s*[.(])|super\(\s*\)(?=\s*\.))/g,
    scope: /\bdef\b[^:]*\(\s*(self|cls)\b|\b(self|cls)\s*=|\bfor\s+(self|cls)\b/,
  },
  cpp: {
    name: /(?<![\w.])this(?=\s*->)/g,
    scope: /\b(class|struct|union)\b|\w::~?\w+\s*\(|\[[^\]]*\bthis\b/,
  },
  kotlin: {
    name: /(?<![\w.@])(?:this|super)(?=\s*\.)/g,
    scope:
      /\b(class|object|interface|enum|apply|run|with|buildString)\b|\bfun\s+[\w<>?, ]+\.\w+|\)\s*\{|\w\s*\{/,
  },
  swift: {
    name: /(?<![\w.])(?:self|super)(?=\s*\.)/g,
    scope: /\b(class|struct|enum|extension|actor|protocol|self)\b/,
  },
  rust: { name: /(?<![\w.])self(?=\s*\.)/g, scope: /\bfn\b[^{;]*\(\s*&?\s*('\w+\s+)?(mut\s+)?self\b/ },
  php: { name: /\$this(?=\s*->)/g, scope: /\b(function|class|trait|enum)\b/ },
};

/**
 * Cuts before the line that speaks of an object where there is none, as a copy from a method does at the top of a file.
 * Only where nothing above opens such a scope at all: a doubt is in favour of the text.
 */
export const outOfScope: Filter = (text, { completion, syntax }) => {
  const { language, prefix, start } = completion;
  const self = Object.hasOwn(selfNames, language) ? selfNames[language] : undefined;
  if (!self || start > 0) return text;
  const reading = readAt(text, completion, syntax);
  for (const { index } of text.matchAll(self.name)) {
    if (kindOf(reading.marks[index] as Mark) !== 'code') continue;
    if (
      self.scope.test(
        enclosing(
          prefix,
          text.slice(0, index),
          language,
          reading.before.map((open) => open.index + prefix.length),
        ),
      )
    )
      continue;
    const line = text.lastIndexOf('\n', index);
    return keep(text, Math.max(0, line), 'out-of-scope');
  }
  return text;
};

/** The text that may have opened the scope: where nothing is open at the cursor, only what the suggestion wrote itself. */
function enclosing(prefix: string, written: string, language: string, open: readonly number[]): string {
  const blocks = open.some((index) => prefix[index] === '{');
  const byIndent = language === 'python';
  const top = byIndent ? /^\S*$/.test(prefix.slice(prefix.lastIndexOf('\n') + 1)) : !blocks;
  return top ? written : prefix + written;
}
