// Makes slipstream-<target>-<version>.vsix from what `npm run build` made: a staged folder that holds what the
// extension needs at run time on one platform, and nothing else.
// usage: node scripts/package.mjs [--target linux-x64] [--out FILE]
import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createVSIX } from '@vscode/vsce';
import { build } from 'esbuild';
import { nativeFiles, writeInstallation } from './installation.mjs';
import { thirdPartyNotices } from './thirdPartyNotices.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const programs = ['extension', 'worker', 'cli'];

/** What goes into the package as it is, with every document that the README leads to. */
const staticFiles = [
  ...['models', 'media', 'docs', 'bench/README.md', 'bench/policy/README.md', 'CONTRIBUTING.md'],
  ...['PRIVACY.md', 'SECURITY.md'],
  ...['README.md', 'CHANGELOG.md', 'LICENSE', '.vscodeignore', 'l10n'],
  ...['', '.de', '.fr', '.ja'].map((language) => `package.nls${language}.json`),
];

/** Every entry of the package has this time, in seconds since 1970: the same sources make the same bytes. */
process.env.SOURCE_DATE_EPOCH ??= '1577836800';

/** Fields of package.json that say how to develop the extension, not how to run it. */
const developmentFields = ['private', 'scripts', 'devDependencies', 'overrides', 'allowScripts'];

async function main() {
  const { values } = parseArgs({ options: { target: { type: 'string' }, out: { type: 'string' } } });
  const target = values.target ?? `${process.platform}-${process.arch}`;
  if (!Object.hasOwn(nativeFiles, target)) {
    throw new Error(
      `ONNX Runtime has no build for ${target}; there is one for ${Object.keys(nativeFiles).join(', ')}`,
    );
  }
  const manifest = await readJson(path.join(root, 'package.json'));
  const out = path.resolve(
    values.out ?? path.join(root, `${manifest.name}-${target}-${manifest.version}.vsix`),
  );

  // A package whose weights are not those of its manifests would refuse to load them.
  execFileSync(process.execPath, [path.join(root, 'scripts', 'manifests.mjs'), '--check'], {
    stdio: 'inherit',
  });
  const stage = await mkdtemp(path.join(tmpdir(), 'slipstream-package-'));
  try {
    await stagePrograms(stage);
    await stageGrammars(stage);
    await stageRuntime(stage, target);
    writeInstallation(stage, target);
    for (const name of staticFiles) {
      await cp(path.join(root, name), path.join(stage, name), { recursive: true });
    }
    await writeFile(path.join(stage, 'THIRD_PARTY_NOTICES.txt'), await thirdPartyNotices(root, programs));
    await writeFile(path.join(stage, 'package.json'), `${JSON.stringify(staged(manifest), null, 2)}\n`);
    await mkdir(path.dirname(out), { recursive: true });
    // What the README leads to is in the package.
    await createVSIX({
      cwd: stage,
      packagePath: out,
      target,
      rewriteRelativeLinks: false,
      allowMissingRepository: manifest.repository === undefined,
    });
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
  console.log(`${path.relative(process.cwd(), out)}: ${((await stat(out)).size / 1e6).toFixed(1)} MB`);
}

/** The bundles without their source maps, minified here so that `dist` stays as it is for who works with it. */
async function stagePrograms(stage) {
  for (const program of programs) {
    await stat(path.join(root, 'dist', `${program}.js`)).catch(() => {
      throw new Error(`dist/${program}.js is missing; run \`npm run build\` first`);
    });
  }
  await build({
    entryPoints: programs.map((program) => path.join(root, 'dist', `${program}.js`)),
    outdir: path.join(stage, 'dist'),
    minify: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    // The licences of what was bundled are in the notices file.
    legalComments: 'none',
    logLevel: 'warning',
  });
}

/** Grammars and their engine, as the build laid them out. */
async function stageGrammars(stage) {
  await cp(path.join(root, 'dist', 'grammars'), path.join(stage, 'dist', 'grammars'), { recursive: true });
}

async function stageRuntime(stage, target) {
  const [platform, arch] = target.split('-');
  const source = path.join(root, 'node_modules', 'onnxruntime-node');
  const destination = path.join(stage, 'node_modules', 'onnxruntime-node');
  const [napi] = (await readdir(path.join(source, 'bin'))).filter((name) => name.startsWith('napi-'));
  for (const file of nativeFiles[target]) {
    const place = path.join('bin', napi, platform, arch, file);
    await cp(path.join(source, place), path.join(destination, place));
  }
  await copyScripts(path.join(source, 'dist'), path.join(destination, 'dist'));
  // Its other two dependencies serve the install script alone.
  await writeManifest(source, destination, ['onnxruntime-common']);

  const common = path.join(root, 'node_modules', 'onnxruntime-common');
  const commonDestination = path.join(stage, 'node_modules', 'onnxruntime-common');
  await copyScripts(path.join(common, 'dist', 'cjs'), path.join(commonDestination, 'dist', 'cjs'));
  await cp(
    path.join(common, 'dist', 'cjs', 'package.json'),
    path.join(commonDestination, 'dist', 'cjs', 'package.json'),
  );
  await writeManifest(common, commonDestination, []);
}

async function copyScripts(from, to) {
  await cp(from, to, {
    recursive: true,
    filter: async (file) => (await stat(file)).isDirectory() || file.endsWith('.js'),
  });
}

/** The manifest of a dependency with only what finding and loading it needs. */
async function writeManifest(source, destination, dependencyNames) {
  const { name, version, license, author, repository, type, main, exports, dependencies } = await readJson(
    path.join(source, 'package.json'),
  );
  const kept = Object.fromEntries(
    dependencyNames.map((dependency) => [dependency, dependencies[dependency]]),
  );
  const reduced = { name, version, license, author, repository, type, main, exports, dependencies: kept };
  await writeFile(path.join(destination, 'package.json'), `${JSON.stringify(reduced, null, 2)}\n`);
}

function staged(manifest) {
  const kept = Object.entries(manifest).filter(([name]) => !developmentFields.includes(name));
  // Everything else is in the bundles.
  const dependencies = { 'onnxruntime-node': manifest.dependencies['onnxruntime-node'] };
  return { ...Object.fromEntries(kept), dependencies };
}

async function readJson(file) {
  return JSON.parse(await readFile(file, 'utf8'));
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
