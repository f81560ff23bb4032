/** What an import statement takes in, each as a name that a scope can have once; empty where a text is no import. */
export function importedNames(statement: string, language: string): string[] {
  const text = statement.trim().replace(/;$/, '').replace(/\s+/g, ' ');
  if (/script/.test(language) && language !== 'shellscript') return scriptNames(text);
  if (language === 'python') return pythonNames(text);
  if (language === 'rust') return rustNames(text);
  return [];
}

const scriptImport =
  /^import (?:type )?(?:([\w$]+),? ?)?(?:\* as ([\w$]+) ?)?(?:\{([^}]*)\} ?)?from ?(["'`])([^"'`]+)\4/;

function scriptNames(text: string): string[] {
  const match = scriptImport.exec(text);
  if (match) {
    const [, own, all, list] = match;
    return [own, all, ...namesOf(list)].filter((name) => name !== undefined);
  }
  const alone = /^import ?(["'`])([^"'`]+)\1/.exec(text);
  if (alone) return [`from ${alone[2]}`];
  const exported = /^export (?:type )?(?:\{([^}]*)\}|\* as ([\w$]+)|\*) ?from ?(["'`])([^"'`]+)\3/.exec(text);
  if (exported) {
    const names = [exported[2], ...namesOf(exported[1])].filter((name) => name !== undefined);
    return names.length > 0 ? names.map((name) => `export ${name}`) : [`export * from ${exported[4]}`];
  }
  const required = /^(?:const|let|var) (?:([\w$]+)|\{([^}]*)\}) ?= ?require\(/.exec(text);
  return required ? [required[1], ...namesOf(required[2])].filter((name) => name !== undefined) : [];
}

/** The names that a list binds: `a`, `b as c`, `type d`, `e: f`. */
function namesOf(list: string | undefined): string[] {
  return (list ?? '').split(',').flatMap((entry) => /([\w$]+)\s*$/.exec(entry)?.[1] ?? []);
}

function pythonNames(text: string): string[] {
  const from = /^from (\S+) import \(?([^()#]*)\)?/.exec(text);
  const list = from?.[2] ?? /^import ([^()#]*)/.exec(text)?.[1];
  if (list === undefined) return [];
  return list.split(',').flatMap((entry) => {
    const name = /^\s*([\w.*]+)(?:\s+as\s+(\w+))?\s*$/.exec(entry);
    if (!name) return [];
    return [name[1] === '*' ? `${from?.[1]}.*` : ((name[2] ?? name[1]) as string)];
  });
}

function rustNames(text: string): string[] {
  const tree = /^(?:pub(?:\([^)]*\))? )?use (.*)$/.exec(text)?.[1];
  return tree === undefined ? [] : rustTree(tree, '');
}

function rustTree(tree: string, path: string): string[] {
  const text = tree.trim();
  const brace = text.indexOf('{');
  if (brace >= 0) {
    if (!text.endsWith('}')) return [];
    const inner = path + text.slice(0, brace);
    return splitTree(text.slice(brace + 1, -1)).flatMap((each) => rustTree(each, inner));
  }
  const [, full = '', alias] = /^([\w:*]+)(?: as (\w+))?$/.exec(text) ?? [];
  if (full === '' || alias === '_') return [];
  if (alias) return [alias];
  const last = full.split('::').at(-1) as string;
  if (last === '*') return [path + full];
  return [last === 'self' ? (path.split('::').at(-2) ?? 'self') : last];
}

function splitTree(list: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i <= list.length; i++) {
    const char = list[i];
    if (char === '{') depth++;
    else if (char === '}') depth--;
    else if (char === undefined || (char === ',' && depth === 0)) {
      if (list.slice(from, i).trim() !== '') parts.push(list.slice(from, i));
      from = i + 1;
    }
  }
  return parts;
}
