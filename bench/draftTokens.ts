// Times a guessed token of a small draft: in the kernel that runs bare weights and, where the folder of a graph of the same
// model is given, through ONNX Runtime a call a token, beside a target pass of two rows. All take turns.
// usage: node --import tsx bench/draftTokens.ts DRAFT_FOLDER [GRAPH_FOLDER]
import path from 'node:path';
import type { DraftModel } from '../src/engine/drafts/neural/neural.ts';
import { PassGuesser } from '../src/engine/drafts/neural/passGuesser.ts';
import { StepGuesser } from '../src/engine/drafts/neural/stepGuesser.ts';
import { machineOf } from '../src/measure/machine.ts';
import { median } from '../src/measure/statistics.ts';
import { CausalModel } from '../src/runtime/causalModel.ts';
import { someTokens } from '../src/runtime/measureCosts.ts';
import { openModelFolder } from '../src/runtime/modelFolder.ts';
import { SmallLlama } from '../src/runtime/smallLlama.ts';

/** Tokens of a guess. */
const GUESS = 4;
const ROUNDS = 60;
/** Guesses of one model in a row. */
const ROW = 10;
const CONTEXTS = [64, 256, 448];

async function main(): Promise<void> {
  const [folder, graphFolder] = process.argv.slice(2);
  if (!folder) throw new Error('usage: draftTokens.ts DRAFT_FOLDER [GRAPH_FOLDER]');
  const target = await CausalModel.load(
    await openModelFolder(path.join(import.meta.dirname, '../models/target')),
    { threads: 0, rowMultiple: 2 },
  );
  const small = await SmallLlama.load(await openModelFolder(folder));
  const arms: Record<string, DraftModel> = { kernel: new StepGuesser(small, 0) };
  if (graphFolder) {
    const graph = await CausalModel.load(await openModelFolder(graphFolder), { threads: 1, rowMultiple: 1 });
    arms.graph = new PassGuesser(graph);
  }
  const { signal } = new AbortController();
  const millis: Record<string, Record<string, number>> = {};
  for (const context of CONTEXTS) {
    const text = someTokens(context);
    const times: Record<string, number[]> = { pass: [], ...mapped(arms, () => []) };
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, model] of Object.entries(arms)) {
        for (let i = 0; i < ROW; i++) {
          const started = performance.now();
          const { tokens } = await model.guess(text, GUESS, signal);
          if (i > 0) times[name]!.push((performance.now() - started) / tokens.length);
        }
      }
      target.resume(text);
      if (target.length < context) await target.score(text.slice(target.length), 'nothing');
      for (let i = 0; i < ROW; i++) {
        const started = performance.now();
        await target.score([20, 21], 'argmax');
        if (i > 0) times.pass!.push(performance.now() - started);
        target.truncate(context);
      }
    }
    millis[`after ${context} tokens`] = mapped(times, (each) => Number(median(each).toFixed(4)));
  }
  console.log(JSON.stringify({ guess: GUESS, millis, machine: machineOf() }, null, 1));
  await target.dispose();
}

function mapped<A, B>(record: Record<string, A>, f: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, f(value)]));
}

main();
