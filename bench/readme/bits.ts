import { result, table, two, whole } from './format.ts';

interface Bits {
  readonly models: readonly string[];
  readonly languages: Readonly<
    Record<
      string,
      { readonly files: number; readonly characters: number; readonly bitsPerCharacter: readonly number[] }
    >
  >;
}

/** Bits per character by language, a column for each model, and the mean over languages. */
export function bits(): string {
  const { models, languages } = result<Bits>('bits');
  const all = Object.values(languages);
  const mean = (model: number) =>
    all.reduce((sum, { bitsPerCharacter }) => sum + bitsPerCharacter[model]!, 0) / all.length;
  return table([
    ['language', 'files', 'characters', ...models],
    ...Object.entries(languages).map(([language, { files, characters, bitsPerCharacter }]) => [
      language,
      String(files),
      whole(characters),
      ...bitsPerCharacter.map(two),
    ]),
    ['mean', '', '', ...models.map((_, i) => two(mean(i)))],
  ]);
}
