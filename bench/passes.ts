/**
 * What passes of a target cost: by width and context, and for reading a prompt, with the machine's bound beside them.
 *
 *   node --import tsx bench/passes.ts int8=DIR blocks=DIR --llama FILE.gguf --out bench/results/passes.json
 *
 * Folders are models of one shape; their passes take turns, so that whatever else the machine does meets all of them. The
 * fastest of many counts. llama.cpp is measured by bench/passes/llama.py, the bounds by bench/passes/peak.c.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { markdownTable } from 'markdown-table';
import { wholeNumber } from '../src/cli/options.ts';
import { UserError } from '../src/errors.ts';
import { machineOf } from '../src/measure/machine.ts';
import { CausalModel } from '../src/runtime/causalModel.ts';
import { someTokens } from '../src/runtime/measureCosts.ts';
import { openModelFolder } from '../src/runtime/modelFolder.ts';

const WIDTHS = [1, 2, 4, 8, 16];
const CONTEXTS = [64, 512, 1024];
const PREFILL = [256, 512];
/** As the decoder reads prompts. */
const CHUNK = 64;

interface Options {
  readonly threads: number;
  readonly repeats: number;
  readonly llama?: string;
  readonly python: string;
  readonly label?: string;
  readonly out?: string;
}

interface Times {
  /** `millis[context][width]`; a pass of one row is not padded. */
  readonly millis: number[][];
  readonly prefillMillis: number[];
}

interface Subject extends Times {
  readonly name: string;
  readonly model: CausalModel;
  readonly weightMB: number;
  readonly loadMillis: number;
}

interface Bounds {
  readonly readGBps: number;
  readonly products: string;
  readonly gigaProducts: number;
}

const program = new Command('passes')
  .argument('<models...>', 'NAME=FOLDER of each')
  .option('--threads <n>', 'threads of a pass', wholeNumber(1), 2)
  .option('--repeats <n>', 'passes of one kind', wholeNumber(1), 12)
  .option('--llama <gguf>', 'the same weights for llama.cpp')
  .option('--python <program>', 'Python with llama-cpp-python', 'python3')
  .option('--label <text>', 'what is special about the machine or the runtime')
  .option('--out <file>', 'write the result as JSON')
  .action(async (models: string[], options: Options) => {
    try {
      await run(models, options);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      console.error(error.message);
      process.exitCode = 1;
    }
  });

async function run(models: readonly string[], options: Options): Promise<void> {
  const subjects: Subject[] = [];
  for (const each of models) subjects.push(await load(each, options.threads));
  const bounds = measureBounds();
  for (const context of CONTEXTS) await timeContext(subjects, context, options.repeats);
  for (const length of PREFILL) await timePrefill(subjects, length);
  const llama = options.llama === undefined ? undefined : timeLlama(options.llama, options);
  const found = subjects.map(({ model: _, ...rest }) => rest);
  const weights = Math.min(...found.map(({ weightMB }) => weightMB));
  const bound = boundsOf(weights, bounds);
  const result = {
    machine: machineOf(),
    ...(options.label && { label: options.label }),
    threads: options.threads,
    widths: WIDTHS,
    contexts: CONTEXTS,
    prefill: PREFILL,
    bounds: { ...bounds, ...bound },
    models: found,
    ...(llama && { llama }),
  };
  if (options.out) writeFileSync(options.out, `${JSON.stringify(result, null, 1)}\n`);
  console.log(table([...found, ...(llama ? [{ name: 'llama.cpp', ...llama }] : [])], bound));
  for (const { model } of subjects) await model.dispose();
}

async function load(told: string, threads: number): Promise<Subject> {
  const [name, folder] = told.split('=', 2);
  if (!name || !folder) throw new UserError('bad-option', `${told} is not NAME=FOLDER. Name each model so.`);
  const opened = await openModelFolder(folder);
  const started = performance.now();
  const model = await CausalModel.load(opened, { threads, rowMultiple: 1 });
  const loadMillis = performance.now() - started;
  const weightMB = opened.graphPlaces.reduce((sum, place) => sum + statSync(place).size, 0) / 1e6;
  return { name, model, weightMB, loadMillis, millis: [], prefillMillis: [] };
}

/** Passes of all widths behind `context` tokens, model by model and width by width in turn. */
async function timeContext(subjects: readonly Subject[], context: number, repeats: number): Promise<void> {
  for (const { model, millis } of subjects) {
    await read(model, context);
    millis.push(WIDTHS.map(() => Number.POSITIVE_INFINITY));
  }
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (const { model, millis } of subjects) {
      for (const [i, width] of WIDTHS.entries()) {
        const started = performance.now();
        await model.score(someTokens(width), 'argmax');
        const took = performance.now() - started;
        model.truncate(context);
        // The first round warms up.
        if (repeat > 0) millis.at(-1)![i] = Math.min(millis.at(-1)![i]!, took);
      }
    }
  }
}

async function timePrefill(subjects: readonly Subject[], length: number): Promise<void> {
  const best = subjects.map(() => Number.POSITIVE_INFINITY);
  for (let repeat = 0; repeat < 3; repeat++) {
    for (const [i, { model }] of subjects.entries()) {
      model.truncate(0);
      const started = performance.now();
      await read(model, length);
      best[i] = Math.min(best[i]!, performance.now() - started);
    }
  }
  for (const [i, { prefillMillis }] of subjects.entries()) prefillMillis.push(best[i]!);
}

async function read(model: CausalModel, length: number): Promise<void> {
  while (model.length < length) {
    await model.score(someTokens(Math.min(CHUNK, length - model.length)), 'nothing');
  }
}

function timeLlama(gguf: string, { threads, python }: Options): Times & { readonly library: string } {
  const script = path.join(import.meta.dirname, 'passes', 'llama.py');
  const lists = { widths: WIDTHS, contexts: CONTEXTS, prefill: PREFILL };
  const args = Object.entries(lists).flatMap(([name, values]) => [`--${name}`, ...values.map(String)]);
  const text = execFileSync(python, [script, '--gguf', gguf, '--threads', `${threads}`, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(text) as Times & { readonly library: string };
}

/** Compile and run bench/passes/peak.c. */
function measureBounds(): Bounds {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'passes-'));
  try {
    const program = path.join(folder, 'peak');
    const source = path.join(import.meta.dirname, 'passes', 'peak.c');
    execFileSync('cc', ['-O3', '-march=native', '-fopenmp', source, '-o', program]);
    return JSON.parse(execFileSync(program, { encoding: 'utf8' })) as Bounds;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What a pass takes at least: its weights are read once, and every row is multiplied with each of them. */
function boundsOf(weightMB: number, { readGBps, gigaProducts }: Bounds) {
  const reading = weightMB / readGBps;
  const row = weightMB / gigaProducts;
  const at = (rows: number) => Math.max(reading, rows * row);
  return {
    widthMillis: WIDTHS.map(at),
    prefillMillis: PREFILL.map((length) => Math.max(reading, length * row)),
  };
}

function table(
  found: readonly (Times & { readonly name: string })[],
  bound: ReturnType<typeof boundsOf>,
): string {
  const rows = [
    ['', 'context', ...WIDTHS.map((width) => `${width} rows, ms`), ...PREFILL.map((n) => `${n} tokens, ms`)],
  ];
  const one = (value: number) => value.toFixed(1);
  for (const { name, millis, prefillMillis } of found) {
    for (const [i, context] of CONTEXTS.entries()) {
      const prefill = i === 0 ? prefillMillis.map((value) => value.toFixed(0)) : PREFILL.map(() => '');
      rows.push([name, `${context}`, ...millis[i]!.map(one), ...prefill]);
    }
  }
  rows.push([
    'bound',
    '',
    ...bound.widthMillis.map(one),
    ...bound.prefillMillis.map((value) => value.toFixed(0)),
  ]);
  return markdownTable(rows);
}

void program.parseAsync();
