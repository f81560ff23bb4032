/**
 * Writes the tables of README.md and the documents of bench/ from the results that are committed. A table stands between marks,
 * `<!-- engine -->` and `<!-- /engine -->`; what stands around it is written by people, and to be read again after a new result.
 *
 *   node --import tsx bench/readme.ts && npm run format
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { refreshSection } from '../scripts/section.ts';
import { SECTIONS } from './readme/sections.ts';

const root = path.join(import.meta.dirname, '..');
for (const [file, sections] of Object.entries(SECTIONS)) {
  const name = path.join(root, file);
  let document = readFileSync(name, 'utf8');
  for (const [mark, made] of Object.entries(sections)) document = refreshSection(document, mark, made());
  writeFileSync(name, document);
}
