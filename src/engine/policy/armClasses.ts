/** Drafts are told apart by these classes; neural drafts by whether they were made for the language. */
export const ARM_CLASSES = ['lookup', 'suffix', 'ngram', 'edit', 'stack', 'home', 'foreign'] as const;

/** An index into {@link ARM_CLASSES}. */
export type ArmClass = number;

export const NGRAM: ArmClass = ARM_CLASSES.indexOf('ngram');

/** The class of a draft. @param languages those that it was made for. */
export function armClass(id: string, languages: readonly string[], language: string): ArmClass {
  const name = id.replace(/^ensemble:/, '');
  const known = (ARM_CLASSES as readonly string[]).indexOf(name);
  if (known >= 0) return known;
  return ARM_CLASSES.indexOf(languages.includes(language) ? 'home' : 'foreign');
}

/** Groups of languages that decode alike. */
const LANGUAGES: readonly RegExp[] = [
  /^typescript/,
  /^javascript/,
  /^python$/,
  /^(markdown|restructuredtext|plaintext|latex|html)$/,
  /^(json|jsonc|yaml|toml|ini|css|scss)$/,
];
export const LANGUAGE_CLASSES = LANGUAGES.length + 1;

/** The group of a language, 0 … LANGUAGE_CLASSES − 1. */
export function languageClass(language: string): number {
  const found = LANGUAGES.findIndex((pattern) => pattern.test(language));
  return found < 0 ? LANGUAGES.length : found;
}
