// Compiles llama.ts and state.ts to src/runtime/llamaKernel.ts and stateKernel.ts: `npm run kernels`, after every change of a file here.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import asc from 'assemblyscript/asc';

const folder = import.meta.dirname;
const options = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--importMemory'];

for (const name of ['llama', 'state']) {
  const { error, stdout, stderr, binary } = await compile(`${name}.ts`);
  if (error) {
    console.error(`${stderr}${error.message}`);
    process.exit(1);
  }
  const source = createHash('sha256');
  for (const file of ['linear.ts', `${name}.ts`]) source.update(readFileSync(path.join(folder, file)));
  writeFileSync(
    path.join(folder, `../src/runtime/${name}Kernel.ts`),
    `// Made by \`npm run kernels\` from kernels/${name}.ts and kernels/linear.ts.

/** SHA-256 of the sources. */
export const SOURCE = '${source.digest('hex')}';

/** The WebAssembly module, base64. */
export const MODULE =
  '${Buffer.from(binary).toString('base64')}';
`,
  );
  console.log(`${stdout}${name}.ts: ${binary.length} bytes`);
}

async function compile(file) {
  let binary;
  const writeFile = (_name, contents) => {
    binary = contents;
  };
  const files = [file, '-o', 'module.wasm', '--baseDir', folder];
  const { error, stdout, stderr } = await asc.main([...files, ...options], { writeFile });
  return { error, binary, stdout: stdout.toString(), stderr: stderr.toString() };
}
