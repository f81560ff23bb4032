import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { plainSyntax } from '../suggestion/plainSyntax.ts';
import type { Syntax } from '../suggestion/syntax.ts';
import { GrammarSyntax } from './grammarSyntax.ts';
import { grammarFile, scopeOf } from './languages.ts';

/** Where grammars and their engine lie: beside the bundles, or in the packages that they come from. */
interface Places {
  readonly grammars: string;
  readonly engine: string;
}

const loaded = new Map<string, Promise<Syntax>>();

/**
 * How a language's text is read: by its grammar where there is one that can be loaded, else by what most languages have
 * in common. Loaded once, when a language is first asked for.
 */
export function syntaxOf(language: string): Promise<Syntax> {
  let syntax = loaded.get(language);
  if (!syntax) {
    syntax = byGrammar(language).catch(() => plainSyntax(language));
    loaded.set(language, syntax);
  }
  return syntax;
}

async function byGrammar(language: string): Promise<Syntax> {
  const scope = scopeOf(language);
  const grammar = scope === undefined ? null : await (await registry()).loadGrammar(scope);
  return grammar ? new GrammarSyntax(grammar) : plainSyntax(language);
}

let shared: ReturnType<typeof makeRegistry> | undefined;

function registry(): ReturnType<typeof makeRegistry> {
  shared ??= makeRegistry();
  return shared;
}

async function makeRegistry() {
  // Neither is needed before the first suggestion.
  const [{ parseRawGrammar, Registry }, { loadWASM, OnigScanner, OnigString }] = await Promise.all([
    import('vscode-textmate'),
    import('vscode-oniguruma'),
  ]);
  const { grammars, engine } = places();
  await loadWASM(await readFile(engine));
  return new Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new OnigScanner(patterns),
      createOnigString: (text) => new OnigString(text),
    }),
    loadGrammar: async (scope) => {
      const file = grammarFile(scope);
      return file ? parseRawGrammar(await readFile(path.join(grammars, file), 'utf8'), file) : null;
    },
  });
}

function places(): Places {
  const beside = path.join(__dirname, 'grammars');
  if (existsSync(beside)) return { grammars: beside, engine: path.join(beside, 'onig.wasm') };
  const packages = path.join(__dirname, '..', '..', 'node_modules');
  return {
    grammars: path.join(packages, 'tm-grammars', 'grammars'),
    engine: path.join(packages, 'vscode-oniguruma', 'release', 'onig.wasm'),
  };
}
