// The licences of everything that goes into the package and was not written here.
import { existsSync } from 'node:fs';
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
      if (inside) folders.add(installed(inside));
    }
  }
  const sections = await Promise.all([...folders].sort().map(noticeOf));
  const carried = (await readdir(path.join(root, 'dist', 'grammars'))).filter((name) =>
    name.endsWith('.json'),
  );
  sections.push(...(await grammarNotices(root, carried)));
  return `This package contains software of others, each under its own licence.\n\n${sections.join('\n')}`;
}

/**
 * Where a package lies. One that another package carries in its own bundle is named below that one, where npm did not put it: then it
 * is the one further up.
 * @param {string} folder @returns {string}
 */
function installed(folder) {
  if (existsSync(path.join(folder, 'package.json'))) return folder;
  const [, above, name] =
    /^(.*)[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+[\\/]node_modules[\\/](.+)$/.exec(folder) ?? [];
  if (above === undefined) throw new Error(`${folder} went into a bundle and is not installed`);
  return installed(path.join(above, 'node_modules', name));
}

/** The terms of TextMate's own bundles, which stand in their read-me files; the package lists no licence for those. */
const textmate = `Permission to copy, use, modify, sell and distribute this software is granted. This software is provided
"as is" without express or implied warranty, and with no claim as to its suitability for any purpose.`;
const bundles = { 'toml.json': 'textmate/toml.tmbundle', 'yaml.json': 'textmate/yaml.tmbundle' };

/**
 * The notices of the grammars that are carried, each by its own author.
 * @param {string} root the repository
 * @param {readonly string[]} carried names of their files
 * @returns {Promise<string[]>} fails where a grammar has none
 */
export async function grammarNotices(root, carried) {
  const notice = await readFile(path.join(root, 'node_modules', 'tm-grammars', 'NOTICE'), 'utf8');
  const sections = notice
    .split(/^={20,}$/m)
    .map((text) => ({
      files:
        /^Files:(.*)$/m
          .exec(text)?.[1]
          ?.split(',')
          .map((name) => name.trim()) ?? [],
      text,
    }))
    .filter(({ files }) => files.some((name) => carried.includes(name)));
  const named = sections.flatMap(({ files }) => files);
  const others = carried.filter((name) => !named.includes(name));
  const without = others.filter((name) => !Object.hasOwn(bundles, name));
  if (without.length > 0) throw new Error(`tm-grammars has no notice for ${without.join(', ')}`);
  const texts = [
    ...sections.map(({ text }) => text.trim()),
    ...others.map((name) => `Files:   ${name}\nhttps://github.com/${bundles[name]}\n\n${textmate}`),
  ];
  return texts.map((text) => `${'-'.repeat(80)}\ntm-grammars\n${text}\n`);
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

const MIT = 'The MIT License, whose terms are those of the file LICENSE.';

/** Some packages name their licence in the manifest and in the head of each file, but bring no text. */
function withoutFile(name, license) {
  if (shipped.includes(name) && license === 'MIT') {
    return `Copyright (c) Microsoft Corporation. ${MIT}`;
  }
  if (name.startsWith('@huggingface/') && license === 'MIT') {
    return `Copyright (c) Hugging Face. ${MIT}`;
  }
  throw new Error(
    `${name} (${license}) brings no licence text: add its notice to scripts/thirdPartyNotices.mjs`,
  );
}
