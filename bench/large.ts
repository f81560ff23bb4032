/**
 * Passes, memory and start of models larger than the bundled one: the shapes of training/export/large.py with random weights.
 * Acceptance of drafts cannot be measured with them.
 *
 *   node --import tsx bench/large.ts --out bench/results/large.json
 *
 * Each shape runs in a process of its own, so that memory is its own. Graphs are written to the cache folder (1.6 GB).
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { markdownTable } from 'markdown-table';
import { wholeNumber } from '../src/cli/options.ts';
import { UserError } from '../src/errors.ts';
import { machineOf } from '../src/measure/machine.ts';
import { CausalModel } from '../src/runtime/causalModel.ts';
import { someTokens } from '../src/runtime/measureCosts.ts';
import type { ModelConfig } from '../src/runtime/modelConfig.ts';
import type { ModelFolder } from '../src/runtime/modelFolder.ts';
import { testWidths } from '../src/runtime/selfTest.ts';

const root = path.join(import.meta.dirname, '..');
const maker = path.join(root, 'training', 'large.py');
const PYTHONS = [process.env.PYTHON, 'python3', '/usr/bin/python3'].filter((name) => name !== undefined);
const SHAPES = ['88m', '88m-q8', '0.5b', '1.5b'];
const PREFILL_TOKENS = 512;
/** As the decoder reads prompts. */
const PREFILL_CHUNK = 64;
const REPEATS = 3;
/** Rows of the passes that are timed; those of 1 are not padded to two. */
const WIDTHS = [1, 2, 4, 6, 8, 12, 16, 24, 32, 48, 64];
/** Tokens held before a pass. */
const CONTEXTS = [200, 900, 1600];

interface Options {
  readonly shapes: string;
  readonly threads: number;
  readonly cache: string;
  readonly out?: string;
  readonly one?: string;
}

interface Figures {
  readonly shape: string;
  readonly weightMB: number;
  readonly loadMillis: number;
  readonly residentMB: { readonly loaded: number; readonly most: number };
  readonly keysAndValuesMB: number;
  readonly sharedBuffer: boolean;
  readonly widthInvariant: boolean;
  readonly differing: Readonly<Record<number, number>>;
  readonly widths: readonly number[];
  readonly contexts: readonly number[];
  /** `millis[context][width]`, the fastest of a few passes. */
  readonly millis: readonly (readonly number[])[];
  readonly prefillTokensPerSecond: number;
}

const program = new Command('large')
  .option('--shapes <names>', 'shapes of training/export/large.py, by commas', SHAPES.join(','))
  .option('--threads <n>', 'threads of a pass', wholeNumber(1), 2)
  .option('--cache <dir>', 'where graphs are kept', path.join(root, '.cache', 'large'))
  .option('--out <file>', 'write the result as JSON')
  .option('--one <shape>', 'measure one shape in this process and print its figures as JSON')
  .action(async (options: Options) => {
    try {
      if (options.one) console.log(JSON.stringify(await measure(options.one, options)));
      else all(options);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      console.error(error.message);
      process.exitCode = 1;
    }
  });

function all(options: Options): void {
  const bandwidth = readJson<{ memoryGBps: number }>(path.join(root, 'bench', 'results', 'bandwidth.json'));
  const shapes: (Figures & { readonly boundMillis: number })[] = [];
  for (const shape of options.shapes.split(',')) {
    make(path.join(options.cache, shape), shape);
    const figures = apart(shape, options);
    shapes.push({ ...figures, boundMillis: figures.weightMB / bandwidth.memoryGBps });
    // Written shape by shape: the largest take minutes, and what is there is not to be lost.
    const result = { machine: machineOf(), threads: options.threads, bandwidth, shapes };
    if (options.out) writeFileSync(options.out, `${JSON.stringify(result, null, 1)}\n`);
  }
  console.log(table(shapes));
}

/** Measure a shape in a process of its own. */
function apart(shape: string, { threads, cache }: Options): Figures {
  const args = ['--one', shape, '--threads', `${threads}`, '--cache', cache];
  const text = execFileSync(process.execPath, ['--import', 'tsx', import.meta.filename, ...args], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(text) as Figures;
}

/** Write the graph of a shape, unless it is there. @throws UserError `not-made`. */
function make(folder: string, shape: string): void {
  if (existsSync(path.join(folder, 'config.json'))) return;
  const python = PYTHONS.find((name) => spawnSync(name, ['-c', 'import onnx, numpy']).status === 0);
  if (!python) {
    throw new UserError(
      'not-made',
      'No Python with onnx and numpy was found. Install them, or set PYTHON to one that has them.',
    );
  }
  const { status, stderr } = spawnSync(python, [maker, '--shape', shape, '--out', folder], {
    encoding: 'utf8',
  });
  if (status === 0) return;
  rmSync(folder, { recursive: true, force: true });
  throw new UserError('not-made', `The graph of ${shape} was not made: ${stderr.trim().split('\n').at(-1)}`);
}

async function measure(shape: string, { cache, threads }: Options): Promise<Figures> {
  const folder = folderOf(path.join(cache, shape), shape);
  const before = residentMB();
  const started = performance.now();
  const model = await CausalModel.load(folder, { threads, rowMultiple: 2 });
  const loadMillis = performance.now() - started;
  const loaded = residentMB() - before;
  const test = await testWidths(model);
  const millis: number[][] = [];
  for (const context of CONTEXTS) {
    await read(model, context);
    const row: number[] = [];
    for (const width of WIDTHS) {
      model.rowMultiple = width === 1 ? 1 : 2;
      const pass = () => model.score(someTokens(width), 'argmax');
      row.push(await fastest(pass, () => model.truncate(context)));
    }
    millis.push(row);
  }
  const empty = () => model.truncate(0);
  empty();
  const prefill = await fastest(() => read(model, PREFILL_TOKENS), empty, 1);
  return {
    shape,
    weightMB: statSync(`${folder.graph}_data`).size / 1e6,
    loadMillis,
    residentMB: { loaded, most: process.resourceUsage().maxRSS / 1024 - before },
    keysAndValuesMB: keysAndValuesMB(folder.config),
    sharedBuffer: model.cachePath !== 'concatenated',
    widthInvariant: test.widthInvariant,
    differing: Object.fromEntries(test.widths.map(({ width, differing }) => [width, differing])),
    widths: WIDTHS,
    contexts: CONTEXTS,
    millis,
    prefillTokensPerSecond: (1000 * PREFILL_TOKENS) / prefill,
  };
}

/** A folder without a tokenizer, which a model folder must have: there is no text to read here. */
function folderOf(full: string, name: string): ModelFolder {
  const config = readJson<ModelConfig>(path.join(full, 'config.json'));
  const graph = ['model_q4.onnx', 'model_q8.onnx']
    .map((file) => path.join(full, 'onnx', file))
    .find(existsSync);
  if (!graph) throw new UserError('not-made', `${full} has no graph. Delete it, so that it is made again.`);
  const graphPlaces = [graph];
  return {
    path: full,
    name,
    graph,
    graphPlaces,
    tokenizer: '',
    tokenizerConfig: '',
    config,
    card: undefined,
    state: undefined,
  };
}

async function read(model: CausalModel, length: number): Promise<void> {
  while (model.length < length) {
    await model.score(someTokens(Math.min(PREFILL_CHUNK, length - model.length)), 'nothing');
  }
}

async function fastest(work: () => Promise<unknown>, undo: () => void, repeats = REPEATS): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < repeats; i++) {
    const started = performance.now();
    await work();
    best = Math.min(best, performance.now() - started);
    undo();
  }
  return best;
}

function keysAndValuesMB(config: ModelConfig & { readonly num_hidden_layers?: number }): number {
  const { num_hidden_layers: layers = 0, num_key_value_heads: heads, head_dim: size } = config;
  return (2 * layers * (heads ?? 0) * (size ?? 0) * config.max_position_embeddings * 4) / 1e6;
}

function residentMB(): number {
  return process.memoryUsage.rss() / 2 ** 20;
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}

function table(shapes: readonly (Figures & { readonly boundMillis: number })[]): string {
  const widths = [1, 2, 4, 8, 16, 32, 64];
  const rows = [
    [
      'shape',
      'weights',
      'bound',
      ...widths.map((width) => `${width} ${width === 1 ? 'row, ms' : 'rows'}`),
      'prefill',
      'resident',
      'start',
      'widths',
    ],
  ];
  for (const each of shapes) {
    const middle = each.millis[each.contexts.length >> 1]!;
    const at = (width: number) => middle[each.widths.indexOf(width)]!.toFixed(1);
    rows.push([
      each.shape,
      `${each.weightMB.toFixed(0)} MB`,
      `${each.boundMillis.toFixed(1)} ms`,
      ...widths.map(at),
      `${each.prefillTokensPerSecond.toFixed(0)}/s`,
      `${each.residentMB.loaded.toFixed(0)} MB`,
      `${(each.loadMillis / 1000).toFixed(1)} s`,
      each.widthInvariant ? 'agree' : 'differ',
    ]);
  }
  return markdownTable(rows);
}

void program.parseAsync();
