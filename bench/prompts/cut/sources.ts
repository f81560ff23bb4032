import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { byCodeUnit } from './draw.ts';
import { languageOfPage, textOfPage } from './html.ts';
import { languageOf, openFile, type SourceFile } from './languages.ts';
import type { SourcePackage } from './set.ts';

const NOT_SOURCE = /(^|\/)(dist|build|node_modules|tests?)\/|\.min\.|\.d\.ts$|licen[cs]e|copying/i;
const GENERATED = /@generated|auto-?generated|do not edit/i;

/** Unpacks the exact version of a package into `folder`; `work` is for what is passing through. */
export function fetchPackage({ source, name, version }: SourcePackage, folder: string, work: string): void {
  mkdirSync(folder, { recursive: true });
  const quiet = { cwd: work, stdio: 'pipe', encoding: 'utf8' } as const;
  if (source === 'npm') {
    const json = execFileSync(
      'npm',
      ['pack', `${name}@${version}`, '--json', '--ignore-scripts', '--pack-destination', work],
      quiet,
    );
    const [{ filename }] = JSON.parse(json) as [{ filename: string }];
    execFileSync('tar', ['-xzf', filename, '--strip-components=1', '-C', folder], quiet);
  } else {
    execFileSync('apt-get', ['download', `${name}=${version}`], quiet);
    const deb = readdirSync(work).find((file) => file.startsWith(`${name}_`) && file.endsWith('.deb'));
    execFileSync('dpkg-deb', ['-x', deb!, folder], quiet);
  }
}

/** @throws Error when the folder says that it is another version. Debian's own are pinned by their file names. */
export function checkVersion({ source, name, version }: SourcePackage, folder: string): void {
  if (source !== 'npm') return;
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  if (manifest.version !== version)
    throw new Error(`${name}: version ${version} is wanted, ${folder} holds ${manifest.version}`);
}

/** Text of a file; a packaged description loses its header, a compressed file is unpacked. */
function readText(path: string): string {
  const bytes = readFileSync(path);
  const plain = path.endsWith('.gz') ? gunzipSync(bytes) : bytes;
  const text = new TextDecoder('utf-8', { fatal: true }).decode(plain).replaceAll('\r\n', '\n');
  return basename(path) === 'PKG-INFO' ? text.slice(text.indexOf('\n\n') + 2) : text;
}

/** The source files of a package in a fixed order: nothing built, minified, generated, or seen before. */
export function chooseFiles(pkg: SourcePackage, folder: string, seen: Set<string>): SourceFile[] {
  const found = Object.entries(pkg.documents ?? {}).map(([path, as]) => ({ as, path: join(folder, path) }));
  const skip = pkg.skip === undefined ? undefined : new RegExp(pkg.skip);
  for (const [root, as] of Object.entries(pkg.folders)) {
    for (const entry of readdirSync(join(folder, root), { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath ?? entry.path, entry.name);
      const inside = path.slice(join(folder, root).length + 1).replaceAll('\\', '/');
      if (entry.isFile() && !NOT_SOURCE.test(inside) && !skip?.test(inside))
        found.push({ as: posix.join(as, inside), path });
    }
  }
  const files: SourceFile[] = [];
  for (const { as, path } of found.sort((a, b) => byCodeUnit(a.as, b.as))) {
    const file = pkg.pages ? openPage(as, path) : languageOf(as) && openFile(as, readText(path));
    if (!file) continue;
    const { text } = file;
    const key = createHash('sha256').update(text).digest('hex');
    const long = file.naturalLanguage === undefined && /.{1500}/.test(text);
    if (text.length < 500 || long || GENERATED.test(text.slice(0, 500)) || seen.has(key)) continue;
    seen.add(key);
    files.push(file);
  }
  return files;
}

/** A page of a manual as plain text; nothing where it is in another language than its folder says. */
function openPage(as: string, path: string): SourceFile | undefined {
  if (!path.endsWith('.html')) return undefined;
  const bytes = readFileSync(path);
  // The page names its encoding in letters that all of them share.
  const charset = /charset=([\w-]+)/.exec(bytes.toString('latin1'))?.[1] ?? 'utf-8';
  const html = new TextDecoder(charset, { fatal: true }).decode(bytes).replaceAll('\r\n', '\n');
  const language = languageOfPage(html);
  if (language === undefined || !as.split('/').includes(language)) return undefined;
  return openFile(as.replace(/\.html$/, '.txt'), textOfPage(html), language);
}
