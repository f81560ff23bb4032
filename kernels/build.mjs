// Compiles llama.ts to src/runtime/llamaKernel.ts: `npm run kernels`, after every change of llama.ts.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import asc from 'assemblyscript/asc';

const folder = import.meta.dirname;
const options = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--importMemory'];
const { error, stdout, stderr, binary } = await compile();
if (error) {
  console.error(`${stderr}${error.message}`);
  process.exit(1);
}
const source = createHash('sha256')
  .update(readFileSync(path.join(folder, 'llama.ts')))
  .digest('hex');
writeFileSync(
  path.join(folder, '../src/runtime/llamaKernel.ts'),
  `// Made by \`npm run kernels\` from kernels/llama.ts.

/** SHA-256 of the source. */
export const SOURCE = '${source}';

/** The WebAssembly module, base64. */
export const MODULE =
  '${Buffer.from(binary).toString('base64')}';
`,
);
console.log(`${stdout}llama.ts: ${binary.length} bytes`);

async function compile() {
  let binary;
  const writeFile = (_name, contents) => {
    binary = contents;
  };
  const files = ['llama.ts', '-o', 'llama.wasm', '--baseDir', folder];
  const { error, stdout, stderr } = await asc.main([...files, ...options], { writeFile });
  return { error, binary, stdout: stdout.toString(), stderr: stderr.toString() };
}
