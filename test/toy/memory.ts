import { SuffixIndex } from '../../src/engine/drafts/copying/suffixIndex.ts';
import { EVIDENCE_FEATURES, Evidence } from '../../src/engine/memory/evidence.ts';
import { MemorySampler, type MemoryWeights } from '../../src/engine/memory/memorySampler.ts';
import type { Sampler } from '../../src/engine/sampling.ts';
import type { Scores, Vocabulary } from '../../src/engine/target.ts';
import { Network } from '../../src/selection/network.ts';
import { randomTokens } from './cases.ts';
import type { ToyModel } from './markov.ts';
import type { Random } from './random.ts';

/** Weights that mean nothing but are anything but even: bonuses from none to many nats. */
export function randomWeights(random: Random): MemoryWeights {
  const network = Network.random([EVIDENCE_FEATURES, 5, 1], () => random.next());
  for (const layer of network.layers) for (let i = 0; i < layer.length; i++) layer[i]! *= 3;
  return { network: network.toWeights() };
}

/** Weights that give a candidate `named` if it is named and `more` for each quarter of the logarithm of its match. */
export function plainWeights(named: number, more: number): MemoryWeights {
  const layer = new Array<number>(EVIDENCE_FEATURES + 1).fill(0);
  for (const at of [0, 6]) {
    layer[at] = named;
    layer[at + 1] = more;
  }
  layer[EVIDENCE_FEATURES] = -30;
  return { network: { sizes: [EVIDENCE_FEATURES, 1], layers: [layer] } };
}

export function randomIndex(random: Random, vocabulary: Vocabulary): SuffixIndex | undefined {
  if (random.chance(0.3)) return undefined;
  const index = new SuffixIndex(1 << 16);
  for (let i = random.int(0, 4); i > 0; i--) index.put(`file ${i}`, randomTokens(random, vocabulary, 60));
  return index;
}

/** The logits of one row, as a pass that was asked for both gives them. */
export function rowOf(logits: Float32Array): Scores {
  let top = 0;
  for (let i = 1; i < logits.length; i++) if (logits[i]! > logits[top]!) top = i;
  return { rows: 1, argmax: () => top, logits: () => logits };
}

/** The next token after a text by a toy model with a memory, computed anew from nothing. */
export function remembered(
  model: ToyModel,
  weights: MemoryWeights,
  index: SuffixIndex | undefined,
  inner: (text: readonly number[]) => Sampler,
): (text: readonly number[]) => number {
  return (text) => {
    const sampler = new MemorySampler(inner(text), weights, new Evidence(text, index, 'file 1'));
    return sampler.choose(rowOf(Float32Array.from(model.weights(text), Math.log)), 0);
  };
}
