// Bundles the three programs: the extension, the worker process and the command line.
const path = require('node:path');
const esbuild = require('esbuild');

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
  // The chart library is for whoever measures; the product does not carry it.
  external: ['vscode', 'onnxruntime-node', 'vega', 'vega-lite'],
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

async function main() {
  if (!watch) {
    await Promise.all(builds.map((options) => esbuild.build(options)));
    return;
  }
  for (const options of builds) await (await esbuild.context(options)).watch();
}

main().catch(() => process.exit(1));
