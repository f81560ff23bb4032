// Bundles the three programs: the extension, the worker process and the command line.
const { rmSync } = require('node:fs');
const path = require('node:path');
const { cp, mkdir } = require('node:fs/promises');
const esbuild = require('esbuild');
const grammars = require('./src/syntax/grammars.json');

const watch = process.argv.includes('--watch');
const minify = process.argv.includes('--minify');
const stub = path.join(__dirname, 'src/runtime/unused.ts');

/** @type {import('esbuild').BuildOptions} */
const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  minify,
  sourcemap: minify ? false : 'linked',
  logLevel: 'warning',
  // Native code stays outside the bundle. The web runtime and the image library that the tokenizers' package
  // names are never called here.
  external: ['vscode', 'onnxruntime-node'],
  alias: { sharp: stub, 'onnxruntime-web': stub, 'onnxruntime-web/webgpu': stub },
};

const builds = [
  { ...common, entryPoints: { extension: 'src/extension.ts' }, outdir: 'dist' },
  { ...common, entryPoints: { worker: 'src/worker/main.ts' }, outdir: 'dist' },
  {
    ...common,
    entryPoints: { cli: 'src/cli/main.ts' },
    outdir: 'dist',
    banner: { js: '#!/usr/bin/env node' },
  },
];

/** The grammars that suggestions are read by, and the engine that runs them, beside the bundles. */
async function copyGrammars() {
  const folder = path.join(__dirname, 'dist', 'grammars');
  const packages = path.join(__dirname, 'node_modules');
  await mkdir(folder, { recursive: true });
  const names = [
    ...Object.values(grammars.languages).map(({ file }) => file),
    ...Object.values(grammars.embedded),
  ];
  const files = [...new Set(names)].map((name) =>
    path.join(packages, 'tm-grammars/grammars', `${name}.json`),
  );
  files.push(path.join(packages, 'vscode-oniguruma/release/onig.wasm'));
  await Promise.all(files.map((file) => cp(file, path.join(folder, path.basename(file)))));
}

async function main() {
  await copyGrammars();
  if (!watch) {
    await Promise.all(builds.map((options) => esbuild.build(options)));
    const { writeInstallation } = await import('./scripts/installation.mjs');
    writeInstallation(__dirname, `${process.platform}-${process.arch}`);
    return;
  }
  // What changes all the time is not checked.
  rmSync(path.join(__dirname, 'dist', 'installation.json'), { force: true });
  for (const options of builds) await (await esbuild.context(options)).watch();
}

main().catch(() => process.exit(1));
