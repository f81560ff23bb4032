/**
 * What threads, spinning and pinning are worth for passes of the bundled target, and how long threads go on using a core
 * when a pass has ended.
 *
 *   node --import tsx bench/threads.ts > bench/results/threads.json
 */
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { machineOf } from '../src/measure/machine.ts';
import { CausalModel } from '../src/runtime/causalModel.ts';
import { someTokens } from '../src/runtime/measureCosts.ts';
import { openModelFolder } from '../src/runtime/modelFolder.ts';

const root = path.join(import.meta.dirname, '..');
const CONTEXT = 300;
const ROWS = [2, 4, 8];
const PASSES = 60;
const TURNS = 6;
/** Between two passes of a decoder lies this much work of its own, in milliseconds. */
const BETWEEN = 0.05;
/** Long enough for waiting threads to fall asleep. */
const SETTLE = 60;
/** Time after a pass in which use of the cores is counted. */
const TAIL = 200;

interface Arm {
  readonly name: string;
  readonly threads: number;
  readonly settings: Readonly<Record<string, string>>;
}

const cores = os.availableParallelism();
const arms: readonly Arm[] = [
  { name: '1 thread', threads: 1, settings: {} },
  { name: '2 threads', threads: 2, settings: {} },
  { name: '3 threads', threads: 3, settings: {} },
  { name: '2, no spinning', threads: 2, settings: { 'intra_op.allow_spinning': '0' } },
  { name: '2, spinning ends with the pass', threads: 2, settings: { force_spinning_stop: '1' } },
  { name: '2, spinning for 100 µs', threads: 2, settings: { 'intra_op.spin_duration_us': '100' } },
  {
    name: '2, spinning for 1 ms',
    threads: 2,
    settings: { 'intra_op.spin_duration_us': '1000' },
  },
  // The first thread is the caller's own and is not pinned.
  { name: '2, second pinned', threads: 2, settings: { intra_op_thread_affinities: '2' } },
];

interface Loaded {
  readonly arm: Arm;
  readonly model: CausalModel;
  /** Times of passes by rows. */
  readonly times: readonly number[][];
  readonly tails: number[];
}

async function main(): Promise<void> {
  const folder = await openModelFolder(path.join(root, 'models', 'target'));
  const loaded: Loaded[] = [];
  for (const arm of arms) {
    if (arm.settings.intra_op_thread_affinities && cores < 2) continue;
    const model = await CausalModel.load(folder, { ...arm, rowMultiple: 2 });
    loaded.push({ arm, model, times: ROWS.map(() => []), tails: [] });
  }
  for (let turn = 0; turn < TURNS; turn++) {
    // Those that wait have settled, and who comes first changes from turn to turn.
    for (let i = 0; i < loaded.length; i++) await measure(loaded[(i + turn) % loaded.length]!);
  }
  const results = loaded.map(({ arm, times, tails }) => ({
    ...arm,
    rows: Object.fromEntries(ROWS.map((rows, i) => [rows, summary(times[i]!)])),
    /** Processor time that is used after a pass, in milliseconds. */
    tail: Number(quantile(tails, 0.5).toFixed(2)),
  }));
  console.log(
    JSON.stringify({ machine: machineOf(), context: CONTEXT, unit: 'milliseconds', results }, null, 1),
  );
  for (const { model } of loaded) await model.dispose();
}

async function measure({ model, times, tails }: Loaded): Promise<void> {
  await delay(SETTLE);
  model.truncate(0);
  await model.score(someTokens(CONTEXT), 'nothing');
  for (const [i, rows] of ROWS.entries()) {
    for (let pass = 0; pass < PASSES; pass++) {
      const started = performance.now();
      await model.score(someTokens(rows), 'argmax');
      times[i]!.push(performance.now() - started);
      model.truncate(CONTEXT);
      for (const from = performance.now(); performance.now() - from < BETWEEN; );
    }
  }
  const before = process.cpuUsage();
  await delay(TAIL);
  const { user, system } = process.cpuUsage(before);
  tails.push((user + system) / 1000);
}

function summary(times: number[]) {
  const at = (share: number) => Number(quantile(times, share).toFixed(3));
  return { p10: at(0.1), p50: at(0.5) };
}

function quantile(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor(share * (values.length - 1))]!;
}

void main();
