const modifiers =
  /^(?:(?:export|default|declare|public|private|protected|internal|static|async|abstract|final|readonly|override|virtual|inline|open|suspend|local|pub(?:\([^)]*\))?|const(?=\s+fn\b)|unsafe)\s+)+/;
const nameAfter = (words: string) => new RegExp(`^(?:${words})\\s+([\\p{L}_$][\\p{L}\\p{N}_$]*[!?]?)`, 'u');
const byWord: Readonly<Record<string, RegExp>> = {
  python: nameAfter('async\\s+def|def|class'),
  go: /^(?:func|type|const|var)\s+((?:\([^)]*\)\s*)?\w+)/,
  rust: nameAfter('fn|struct|enum|trait|type|mod|const|static|union'),
  ruby: /^def\s+((?:self\.)?[\w]+[!?=]?)/,
  php: nameAfter('function|class|trait|enum'),
  lua: /^function\s+([\w.:]+)/,
  shellscript: /^(?:function\s+)?([\w-]+)(?:\s*\(\)\s*\{|\s*\{$)/,
  kotlin: nameAfter('class|object|typealias'),
  swift: nameAfter('class|struct|enum|protocol|typealias'),
  java: nameAfter('class|interface|enum|record'),
  csharp: nameAfter('class|interface|enum|record'),
  cpp: nameAfter('struct|enum'),
  c: /^(?:[\w*]+\s+)+\**(\w+)\([^;]*$/,
};
const typeFirst =
  /^(?!return\b|else\b|new\b|throw\b)[\w<>[\],.?&*:~]+\s+[*&]*[\w:~]+\s*\([^;{}=]*\)[^;{}=]*\{$/;
const wordFirst = /^(?:fun|func|def|init)\b.*[{=]$/;
/** The first line of a function, where its name alone says too little. */
const overloadHeads: Readonly<Record<string, RegExp>> = {
  java: typeFirst,
  csharp: typeFirst,
  cpp: typeFirst,
  dart: typeFirst,
  kotlin: wordFirst,
  swift: wordFirst,
  scala: wordFirst,
};
const script = nameAfter('function\\*?|class|const|let|enum');
const scriptType = nameAfter('type');
const method = /^(?:(?:get|set)\s+)?([\w$#]+)\s*(?:<[^()]*>)?\(.*\{$/;
const notMethods = /^(if|for|while|switch|catch|with|function|return|super|constructor)$/;
const testCall =
  /^(?:[\w.]+\.)?(?:test|it|describe|context|specify|suite|scenario|Run)(?:\.\w+)?\s*\(?\s*(['"`])([^'"`]+)\1/;
/** May be declared as often as one likes. */
const many = /^(_|init|constructor)$/;

/**
 * What a line declares, as a key that its scope has once; undefined where it declares nothing, or what may be declared again.
 * Where names are overloaded it holds the parameters.
 */
export function declaredBy(line: string, language: string): string | undefined {
  const text = line.trim();
  const named = testCall.exec(text);
  if (named) return `test ${named[2]}`;
  const bare = text.replace(modifiers, '');
  if (/^(java|type)script/.test(language)) return scriptKey(bare);
  const name = byWord[language]?.exec(bare)?.[1];
  if (name !== undefined) {
    // A C declaration that is no definition, and heads of statements.
    if (language === 'c' && /^(else|return|if|for|while|switch|do|typedef)\b/.test(bare)) return undefined;
    if (many.test(name)) return undefined;
    return `name ${language === 'go' ? receiverOf(name) : name}`;
  }
  const head = overloadHeads[language];
  return head?.test(bare) ? `line ${bare.replace(/\s*\{$/, '')}` : undefined;
}

function scriptKey(bare: string): string | undefined {
  // A signature without a body is one of several.
  if (/\)\s*(:[^{}=]*)?;$/.test(bare) && !/=/.test(bare)) return undefined;
  const type = scriptType.exec(bare)?.[1];
  if (type !== undefined) return `type ${type}`;
  const value = script.exec(bare)?.[1];
  if (value !== undefined) return `name ${value}`;
  const own = /=>\s*\{$|\bfunction\b/.test(bare) ? undefined : method.exec(bare)?.[1];
  if (own === undefined || notMethods.test(own) || /^(get|set)\s/.test(bare) || many.test(own))
    return undefined;
  return `name ${own}`;
}

/** A method of Go by the type that it belongs to. */
function receiverOf(name: string): string {
  const [, type, method] = /^\((?:\w+\s+)?\*?([\w.[\]]+)\)\s*(\w+)$/.exec(name) ?? [];
  return type === undefined ? name : `${type}.${method}`;
}

/** Whether a declaration may stand again because of what stands before it: `@overload`, `@x.setter`, `#[cfg(test)]`. */
export function isDecorated(before: string | undefined): boolean {
  return /^\s*(@|#\[)/.test(before ?? '');
}
