import { readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const file = path.join('src', 'runtime', 'graph.ts');
/** The cursor stands behind the first place of this text, so that editing the file does not move it. */
const before = '  if (!known) throw ';

/** Where `npm start` completes: a file of this repository, its text, and the place of the cursor in it. */
export function demoPlace() {
  const text = readFileSync(path.join(root, file), 'utf8');
  const found = text.indexOf(before);
  if (found < 0)
    throw new Error(`${file} has no «${before}» any more: choose another place in scripts/demoPlace.mjs`);
  return { file, text, offset: found + before.length };
}
