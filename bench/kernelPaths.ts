/**
 * Whether passes of all widths give the same logits, bit for bit, on every kernel path of the runtime that can be forced, one by one.
 *
 *   node --import tsx bench/kernelPaths.ts [models/base models/target] > bench/results/kernel-paths.json
 *
 * Compared with passes of two rows, over 66 tokens. `oneRow`: logits that differ in passes of one row that are not padded, which is why they
 * are. The instruction set cannot be forced by an option: for AVX2 see passes-avx2.json, made with a patched library.
 */
import path from 'node:path';
import { machineOf } from '../src/measure/machine.ts';
import { CausalModel } from '../src/runtime/causalModel.ts';
import { someTokens } from '../src/runtime/measureCosts.ts';
import { openModelFolder } from '../src/runtime/modelFolder.ts';
import { testWidths } from '../src/runtime/selfTest.ts';

const WIDTHS = [3, 4, 5, 6, 7, 8, 12, 16, 31, 64, 65];
const TOKENS = 66;

interface KernelPath {
  readonly name: string;
  readonly threads: number;
  /** Environment that the runtime's kernels read when they are made. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly settings?: Readonly<Record<string, string>>;
}

const PATHS: readonly KernelPath[] = [
  { name: 'as shipped', threads: 0 },
  { name: 'one thread', threads: 1 },
  { name: 'three threads', threads: 3 },
  {
    name: 'attention without blocks (ORT_GQA_DISABLE_FLASH_ATTENTION)',
    threads: 0,
    environment: { ORT_GQA_DISABLE_FLASH_ATTENTION: '1' },
  },
  {
    name: 'weights not packed (session.disable_prepacking)',
    threads: 0,
    settings: { disable_prepacking: '1' },
  },
];

async function main(): Promise<void> {
  const named = process.argv.slice(2);
  const models = named.length > 0 ? named : ['models/base', 'models/target'];
  const found = [];
  for (const model of models) for (const each of PATHS) found.push(await look(model, each));
  console.log(JSON.stringify({ machine: machineOf(), tokens: TOKENS, widths: WIDTHS, found }, null, 1));
}

async function look(folder: string, { name, threads, environment = {}, settings }: KernelPath) {
  Object.assign(process.env, environment);
  const opened = await openModelFolder(path.resolve(import.meta.dirname, '..', folder));
  const model = await CausalModel.load(opened, { threads, rowMultiple: 2, ...(settings && { settings }) });
  try {
    const expected = await logitsAt(model, 2);
    const differing: Record<number, number> = {};
    for (const width of WIDTHS) differing[width] = differences(await logitsAt(model, width), expected);
    const { widthInvariant } = await testWidths(model);
    model.rowMultiple = 1;
    const oneRow = differences(await logitsAt(model, 1), expected);
    return { model: path.basename(folder), path: name, differing, selfTest: widthInvariant, oneRow };
  } finally {
    await model.dispose();
    for (const key of Object.keys(environment)) delete process.env[key];
  }
}

/** Logits of all tokens, scored `width` at a time. */
async function logitsAt(model: CausalModel, width: number): Promise<Float32Array[]> {
  const tokens = someTokens(TOKENS);
  model.truncate(0);
  const rows: Float32Array[] = [];
  while (model.length < TOKENS) {
    const block = tokens.slice(model.length, model.length + width);
    const scores = await model.score(block, 'logits');
    for (let row = 0; row < block.length; row++) rows.push(scores.logits(row).slice());
  }
  return rows;
}

function differences(some: readonly Float32Array[], others: readonly Float32Array[]): number {
  let count = 0;
  for (const [i, row] of some.entries()) {
    const other = others[i]!;
    for (let j = 0; j < row.length; j++) if (row[j] !== other[j]) count++;
  }
  return count;
}

void main();
