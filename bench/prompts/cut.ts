/**
 * Cuts prompts out of packages.
 *
 *   node --import tsx bench/prompts/cut.ts SET.json [--from DIR]
 *
 * SET.json (its fields are in cut/set.ts) names the packages, their
 * exact versions and how many prompts of each language to take; SET.jsonl, licences/ and, where the set asks for it,
 * a smoke set are written beside it. The same set gives the same bytes. --from DIR takes packages that are already
 * unpacked: DIR/NAME/ holds what an npm tarball holds under its top folder, or what `dpkg-deb -x` makes of a Debian
 * package.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { byCodeUnit, generator } from './cut/draw.ts';
import type { SourceFile } from './cut/languages.ts';
import { type CutPrompt, cursorPrompt, editPrompt } from './cut/prompt.ts';
import { type PromptSet, readSet, type SourcePackage } from './cut/set.ts';
import { checkVersion, chooseFiles, fetchPackage } from './cut/sources.ts';
import { takeCuts, takeDocs, takeEdits } from './cut/take.ts';

/** The prompts of one package; each language and series draws from a seed of its own. */
function promptsOf(set: PromptSet, pkg: SourcePackage, files: readonly SourceFile[]): CutPrompt[] {
  const prompts: CutPrompt[] = [];
  const project = Object.values(pkg.folders)[0]!.split('/')[0]!;
  const each = (
    series: '' | 'docs' | 'edit',
    counts: Readonly<Record<string, number>> = {},
    cut: (some: SourceFile[], wanted: number, seed: string) => ((id: string) => CutPrompt)[],
  ) => {
    for (const [language, wanted] of Object.entries(counts)) {
      const some = files.filter((file) => (file.naturalLanguage ?? file.language.id) === language);
      const seed = `${set.seed}/${pkg.name}@${pkg.version}/${language}${series && `/${series}`}`;
      const cuts = cut(some, wanted, seed);
      if (cuts.length < wanted)
        console.error(
          `${pkg.name}: ${cuts.length} of ${wanted} ${language} ${series || 'completion'} prompts`,
        );
      const short = some[0]?.naturalLanguage ?? some[0]?.language.short;
      const name = [`${set.idStart}${short}`, project, ...(series ? [series] : [])].join('-');
      cuts.forEach((make, i) => {
        prompts.push(make(`${name}-${String(i + 1).padStart(3, '0')}`));
      });
    }
  };
  each('', pkg.take, (some, wanted, seed) =>
    takeCuts(some, wanted, set.perFile, generator(seed)).map((cut) => (id) => cursorPrompt(cut, id, set)),
  );
  each('docs', pkg.docs, (some, wanted, seed) =>
    takeDocs(some, wanted, set.perFile, generator(seed)).map((cut) => (id) => cursorPrompt(cut, id, set)),
  );
  each('edit', pkg.edits, (some, wanted, seed) =>
    takeEdits(some, wanted, set.perFile, generator(seed)).map((edit) => (id) => editPrompt(edit, id, set)),
  );
  return prompts;
}

/** A few short prompts that between them have every language and kind. */
function smoke(prompts: readonly CutPrompt[], count: number): CutPrompt[] {
  const size = (prompt: CutPrompt) => JSON.stringify(prompt).length;
  const left = [...prompts].sort((a, b) => size(a) - size(b) || byCodeUnit(a.id, b.id));
  const seen = new Set<string>();
  const news = ({ language, kind }: CutPrompt) => Number(!seen.has(language)) + Number(!seen.has(kind));
  const chosen = Array.from({ length: count }, () => {
    const best = left.reduce((a, b) => (news(b) > news(a) ? b : a));
    left.splice(left.indexOf(best), 1);
    seen.add(best.language).add(best.kind);
    return best;
  });
  return chosen.sort((a, b) => prompts.indexOf(a) - prompts.indexOf(b));
}

const { values, positionals } = parseArgs({ options: { from: { type: 'string' } }, allowPositionals: true });
const setFile = positionals[0];
if (setFile === undefined) throw new Error('Name a set, for instance bench/prompts/first-light.json.');
const set = readSet(setFile);
const out = dirname(setFile);
const work = mkdtempSync(join(tmpdir(), 'slipstream-prompts-'));
const prompts: CutPrompt[] = [];
try {
  const seen = new Set<string>();
  mkdirSync(join(out, 'licences'), { recursive: true });
  for (const pkg of set.packages) {
    const folder = join(values.from ?? work, pkg.name);
    if (!values.from) fetchPackage(pkg, folder, work);
    checkVersion(pkg, folder);
    for (const [path, as] of Object.entries(pkg.licenceFiles)) {
      cpSync(join(folder, path), join(out, 'licences', as));
    }
    prompts.push(...promptsOf(set, pkg, chooseFiles(pkg, folder, seen)));
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}

const lines = (rows: readonly CutPrompt[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const file = setFile.replace(/\.json$/, '.jsonl');
if (set.gzip) writeFileSync(`${file}.gz`, gzipSync(lines(prompts), { level: 9 }));
else writeFileSync(file, lines(prompts));
if (set.smoke) writeFileSync(join(out, set.smoke.file), lines(smoke(prompts, set.smoke.prompts)));
console.log(`${prompts.length} prompts`);
