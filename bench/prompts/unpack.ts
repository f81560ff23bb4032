/**
 * Fetches the packages of a set and lays the source files that prompts are cut from into a folder, one folder a package:
 *
 *   node --import tsx bench/prompts/unpack.ts SET.json DIR [--from DIR]
 *
 * A package that DIR holds already is left as it is; --from is that of cut.ts.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { readSet } from './cut/set.ts';
import { checkVersion, chooseFiles, fetchPackage } from './cut/sources.ts';

const { values, positionals } = parseArgs({ options: { from: { type: 'string' } }, allowPositionals: true });
const [setFile, out] = positionals;
if (setFile === undefined || out === undefined) throw new Error('Name a set and a folder.');
const seen = new Set<string>();
for (const pkg of readSet(setFile).packages) {
  if (existsSync(join(out, pkg.name))) continue;
  const work = mkdtempSync(join(tmpdir(), 'slipstream-sources-'));
  try {
    const folder = join(values.from ?? work, pkg.name);
    if (!values.from) fetchPackage(pkg, folder, work);
    checkVersion(pkg, folder);
    const files = chooseFiles(pkg, folder, seen);
    for (const { path, text } of files) {
      const file = join(out, pkg.name, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    console.log(`${pkg.name}: ${files.length} files`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
