// Writes manifest.json, size and SHA-256 of every file, into the folders below models/, or into those that are named.
// usage: node scripts/manifests.mjs [--check] [FOLDER ...]
//        node scripts/manifests.mjs --split 48 FOLDER ...     files of more than 48 MiB become parts of that size
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

const root = path.resolve(import.meta.dirname, '..');
const models = path.join(root, 'models');
/** For people, or this file itself. */
const NOT_LISTED = new Set(['manifest.json', 'README.md']);
const MIB = 2 ** 20;

const { values, positionals } = parseArgs({
  options: { check: { type: 'boolean' }, split: { type: 'string' } },
  allowPositionals: true,
});
const folders = positionals.length > 0 ? positionals : foldersIn(models);

for (const folder of folders) {
  const file = path.join(folder, 'manifest.json');
  const text = manifestOf(folder, values.check ? undefined : values.split);
  const name = path.relative(process.cwd(), folder);
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
  if (values.check) {
    console.error(
      `${name}: the manifest is not that of the files. Run \`npm run manifests\` if they are right.`,
    );
    process.exitCode = 1;
  } else {
    writeFileSync(file, text);
    console.log(`${name}: manifest.json`);
  }
}

/** The folders below a folder that hold files themselves: of one that holds folders alone, those. */
function foldersIn(folder) {
  const below = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return below.flatMap(({ name }) => {
    const one = path.join(folder, name);
    const holds = readdirSync(one, { withFileTypes: true });
    const own = holds.some((entry) => entry.isFile() && !NOT_LISTED.has(entry.name));
    return own ? [one] : foldersIn(one);
  });
}

/** @param {string | undefined} split MiB of the largest file that stays whole */
function manifestOf(folder, split) {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !NOT_LISTED.has(entry.name))
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll('\\', '/'));
  // Parts stay parts: what they make together is known by the names they have.
  const parts = new Map();
  for (const name of names) {
    const whole = /^(.+)\.part\d+$/.exec(name)?.[1];
    if (whole) parts.set(whole, [...(parts.get(whole) ?? []), name].sort());
  }
  const files = {};
  for (const name of names.filter((each) => !/\.part\d+$/.test(each)).sort()) {
    const bytes = readFileSync(path.join(folder, name));
    if (split && bytes.length > Number(split) * MIB)
      parts.set(name, splitFile(folder, name, Number(split) * MIB));
    else if (!parts.has(name)) files[name] = stored(bytes);
    else throw new Error(`${name} is there whole and in parts: delete one`);
  }
  for (const [name, list] of parts) {
    const contents = list.map((part) => readFileSync(path.join(folder, part)));
    files[name] = {
      ...stored(Buffer.concat(contents)),
      parts: list.map((part, i) => ({ path: part, ...stored(contents[i]) })),
    };
  }
  const sorted = Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify({ format: 'slipstream-manifest', version: 1, files: sorted }, null, 1)}\n`;
}

function splitFile(folder, name, size) {
  const bytes = readFileSync(path.join(folder, name));
  const list = [];
  for (let at = 0; at < bytes.length; at += size) {
    const part = `${name}.part${String(list.length + 1).padStart(2, '0')}`;
    writeFileSync(path.join(folder, part), bytes.subarray(at, at + size));
    list.push(part);
  }
  rmSync(path.join(folder, name));
  return list;
}

function stored(bytes) {
  return { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}
