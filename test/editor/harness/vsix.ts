import { execFile } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { repository } from './paths.ts';

const INPUTS = ['dist', 'models', 'media', 'scripts', 'package.json', 'README.md', 'CHANGELOG.md', 'LICENSE'];

/** This machine, as packages name it. */
export const ownTarget = `${process.platform}-${process.arch}`;

/** The extension packed for a machine; made anew only when something that goes into it has changed. */
export async function packedExtension(target = ownTarget): Promise<string> {
  const name = target === ownTarget ? 'slipstream' : `slipstream-${target}`;
  const vsix = path.join(repository, 'out', 'editor', `${name}.vsix`);
  const packed = await stat(vsix).catch(() => undefined);
  const newest = Math.max(
    ...(await Promise.all(INPUTS.map((name) => newestIn(path.join(repository, name))))),
  );
  if (packed === undefined || packed.mtimeMs < newest) {
    const script = path.join(repository, 'scripts', 'package.mjs');
    await promisify(execFile)(process.execPath, [script, '--target', target, '--out', vsix], {
      cwd: repository,
    });
  }
  return vsix;
}

async function newestIn(location: string): Promise<number> {
  const found = await stat(location);
  if (!found.isDirectory()) return found.mtimeMs;
  const inside = (await readdir(location)).map((name) => newestIn(path.join(location, name)));
  return Math.max(found.mtimeMs, ...(await Promise.all(inside)));
}
