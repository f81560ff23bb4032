// The licences of everything that goes into the package and was not written here.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** Packages that are not bundled but shipped as they are. */
const shipped = ['onnxruntime-node', 'onnxruntime-common'];

/**
 * @param {string} root the repository
 * @param {readonly string[]} programs names of the bundles in `dist`; their source maps say what went into them
 */
export async function thirdPartyNotices(root, programs) {
  const folders = new Set(shipped.map((name) => path.join(root, 'node_modules', name)));
  for (const program of programs) {
    const map = JSON.parse(await readFile(path.join(root, 'dist', `${program}.js.map`), 'utf8'));
    for (const source of map.sources) {
      const location = path.resolve(root, 'dist', source);
      const inside = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(location)?.[0];
      if (inside) folders.add(inside);
    }
  }
  const sections = await Promise.all([...folders].sort().map(noticeOf));
  return `This package contains software of others, each under its own licence.\n\n${sections.join('\n')}`;
}

async function noticeOf(folder) {
  const { name, version, license, repository, homepage } = JSON.parse(
    await readFile(path.join(folder, 'package.json'), 'utf8'),
  );
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  const from = (typeof repository === 'string' ? repository : repository?.url) ?? homepage ?? '';
  const text =
    file === undefined ? withoutFile(name, license) : await readFile(path.join(folder, file), 'utf8');
  return `${'-'.repeat(80)}\n${name} ${version} (${license}) ${from}\n\n${text.trim()}\n`;
}

/** Some packages name their licence in the manifest and in the head of each file, but bring no text. */
function withoutFile(name, license) {
  if (shipped.includes(name) && license === 'MIT') {
    return 'Copyright (c) Microsoft Corporation. The MIT License, whose terms are those of the file LICENSE.';
  }
  throw new Error(
    `${name} (${license}) brings no licence text: add its notice to scripts/thirdPartyNotices.mjs`,
  );
}
