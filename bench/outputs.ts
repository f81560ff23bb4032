/**
 * What it costs that the runtime's Node binding copies a pass's outputs, and what is left when the pass ends before that:
 * see src/runtime/graphFront.ts.
 *
 *   node --import tsx bench/outputs.ts [--model DIR] > bench/results/outputs.json
 */
import path from 'node:path';
import { PerformanceObserver } from 'node:perf_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { machineOf } from '../src/measure/machine.ts';
import { median } from '../src/measure/statistics.ts';
import { readGraph } from '../src/runtime/graph.ts';
import { endMarker } from '../src/runtime/graphFront.ts';
import { sharedCache } from '../src/runtime/keyValueCache.ts';
import { someTokens } from '../src/runtime/measureCosts.ts';
import { openModelFolder } from '../src/runtime/modelFolder.ts';
import { loadOnnxRuntime } from '../src/runtime/onnx.ts';
import { PassInputs } from '../src/runtime/passInputs.ts';
import { copiedOutputs, type PassOutputs, writtenOutputs } from '../src/runtime/passOutputs.ts';
import { readWeights } from '../src/runtime/weights.ts';

const CONTEXT = 300;
const ROWS = [2, 4, 8];
const PASSES = 100;
const TURNS = 5;

const { values } = parseArgs({
  options: { model: { type: 'string', default: path.join(import.meta.dirname, '..', 'models', 'target') } },
});

async function main(): Promise<void> {
  const ort = await loadOnnxRuntime();
  const folder = await openModelFolder(values.model);
  const bytes = await readWeights(folder.graphPlaces, endMarker());
  if (!bytes) throw new Error(`${folder.graph} is too large.`);
  const session = await ort.InferenceSession.create(bytes, {
    executionProviders: ['cpu'],
    interOpNumThreads: 1,
    extra: { session: { model_external_initializers_file_folder_path: path.dirname(folder.graph) } },
  });
  const form = readGraph(session, folder.config, folder.graph);
  const cache = sharedCache(ort, form, folder.config.max_position_embeddings);
  const inputs = new PassInputs(ort, form);
  const ways: Readonly<Record<string, PassOutputs>> = {
    copied: copiedOutputs(session, form, cache),
    written: writtenOutputs(ort, session, form, cache),
  };

  let collecting = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) collecting += duration;
  });
  observer.observe({ entryTypes: ['gc'] });
  const extentOf = (rows: number, past: number) => ({ rows, length: past + rows, padded: false });
  const pass = (way: string, rows: number, past: number) =>
    ways[way]!.run(
      { ...inputs.at(someTokens(rows), rows, past), ...cache.feeds(past) },
      extentOf(rows, past),
      'argmax',
    );
  const times = new Map<string, number[]>();
  const whole = new Map<string, number>();
  const collected = new Map<string, number>();
  await pass('copied', CONTEXT, 0);
  for (let repeat = 0; repeat < TURNS; repeat++) {
    for (const rows of ROWS) {
      for (const way of Object.keys(ways)) {
        const key = `${way} ${rows}`;
        const own = times.get(key) ?? [];
        times.set(key, own);
        collecting = 0;
        const from = performance.now();
        for (let i = 0; i < PASSES; i++) {
          const started = performance.now();
          await pass(way, rows, CONTEXT);
          own.push(performance.now() - started);
        }
        whole.set(key, (whole.get(key) ?? 0) + performance.now() - from);
        await turn();
        collected.set(key, (collected.get(key) ?? 0) + collecting);
      }
    }
  }
  observer.disconnect();
  const results = [...times].map(([key, own]) => {
    const [way, rows] = key.split(' ');
    return {
      way,
      rows: Number(rows),
      median: Number(median(own).toFixed(3)),
      mean: Number((whole.get(key)! / own.length).toFixed(3)),
      /** Share of the time that the garbage collector took. */
      collector: Number((collected.get(key)! / whole.get(key)!).toFixed(3)),
    };
  });
  const report = {
    machine: machineOf(),
    model: folder.name,
    context: CONTEXT,
    unit: 'milliseconds',
    results,
  };
  console.log(JSON.stringify(report, null, 1));
  await session.release();
}

void main();
