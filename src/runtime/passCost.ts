import type { CausalModel } from './causalModel.ts';

/** Tokens of context that the timing stands on; a short one, since it is done at every start. */
const CONTEXT = 64;
const PASSES = 7;

/** Median time of a narrow pass of a model, in milliseconds. Leaves the model empty. */
export async function measurePass(model: CausalModel): Promise<number> {
  const length = Math.min(CONTEXT, model.contextLength - 4);
  const tokens = Array.from({ length }, (_, i) => 20 + ((i * 37) % 200));
  model.truncate(0);
  await model.score(tokens, 'nothing');
  const times: number[] = [];
  for (let pass = 0; pass < PASSES; pass++) {
    const started = performance.now();
    await model.score([20], 'argmax');
    times.push(performance.now() - started);
    model.truncate(length);
  }
  model.truncate(0);
  return times.sort((a, b) => a - b)[PASSES >> 1]!;
}
