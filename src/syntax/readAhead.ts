import { syntaxOf } from './load.ts';

/** Lines between two looks at whether somebody else wants to run. */
const CHUNK = 12;

/**
 * Read a text before its syntax is asked for: the first reading of a language compiles its grammar's expressions, which takes
 * some hundred milliseconds. Others may run in between.
 */
export async function readAhead(language: string, text: string): Promise<void> {
  const syntax = await syntaxOf(language);
  const ends = [...text.matchAll(/\n/g)].map(({ index }) => index + 1);
  for (let i = CHUNK; i < ends.length; i += CHUNK) {
    syntax.marks(text.slice(0, ends[i]));
    await new Promise((resolve) => setImmediate(resolve));
  }
  syntax.marks(text);
}
