import table from './grammars.json';

/** The grammar of each language, by the editor's language ids: its file in the package `tm-grammars`, and its scope. */
const languages: Readonly<Record<string, { readonly file: string; readonly scope: string }>> =
  table.languages;
/** Grammars that others include. Of a page the other languages are read with it; those of fenced code in prose are not. */
const embedded: Readonly<Record<string, string>> = table.embedded;

/** The scope of a language's grammar; undefined where there is none. */
export function scopeOf(language: string): string | undefined {
  return Object.hasOwn(languages, language) ? languages[language]?.scope : undefined;
}

/** The file of a scope's grammar; undefined where it is not carried. */
export function grammarFile(scope: string): string | undefined {
  const file = Object.values(languages).find((each) => each.scope === scope)?.file ?? embedded[scope];
  return file === undefined ? undefined : `${file}.json`;
}
