// This folder: learns what the workspace memory weighs evidence by.

import { EVIDENCE_FEATURES, MOST_CANDIDATES } from '../../engine/memory/evidence.ts';
import { bonusOf, type MemoryWeights } from '../../engine/memory/memorySampler.ts';
import { Adam } from '../../selection/adam.ts';
import { Network } from '../../selection/network.ts';
import { shuffle } from '../../selection/shuffle.ts';
import type { Example, Examples } from './examples.ts';

export interface FitOptions {
  readonly epochs: number;
  readonly hidden: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Told of the loss of every epoch over that without a memory, in nats a token. */
  readonly onEpoch?: (epoch: number, loss: number) => void;
}

const BATCH = 64;
const RATE = 0.004;
const DECAY = 1e-4;

/**
 * Learn what evidence is worth: the bonuses that make what was written likeliest when they are added to the logits (maximum
 * likelihood of the log-linear mixture). Since only candidates have a bonus, the sum over the vocabulary need not be made
 * again: mass + Σ exp(logit) · (exp(bonus) − 1).
 */
export function fitMemory(examples: Examples, options: FitOptions): MemoryWeights {
  const { random, hidden, epochs } = options;
  const network = Network.random([EVIDENCE_FEATURES, hidden, 1], random);
  const adam = new Adam(network, { rate: RATE, decay: DECAY });
  const list = examples.list.filter(({ count }) => count > 0);
  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffle(list, random);
    let loss = 0;
    for (const [i, example] of list.entries()) {
      loss += learn(network, adam, examples, example);
      if ((i + 1) % BATCH === 0 || i + 1 === list.length) adam.step(1 - (epoch + i / list.length) / epochs);
    }
    options.onEpoch?.(epoch, loss / examples.list.length);
  }
  return { network: network.toWeights() };
}

const outputs = new Float64Array(MOST_CANDIDATES);
const raised = new Float64Array(MOST_CANDIDATES);
const gradient = new Float64Array(1);

/** @returns the change of the loss by the bonuses, in nats: below zero where they help. */
function learn(network: Network, adam: Adam, examples: Examples, example: Example): number {
  let mass = example.mass;
  for (let i = 0; i < example.count; i++) {
    examples.read(example, i, network.input);
    outputs[i] = network.run()[0]!;
    const weight = Math.exp(-examples.gap(example, i));
    raised[i] = weight * Math.exp(bonusOf(outputs[i]!));
    mass += raised[i]! - weight;
  }
  for (let i = 0; i < example.count; i++) {
    const slope = 1 / (1 + Math.exp(-outputs[i]!));
    gradient[0] = slope * (raised[i]! / mass - (i === example.written ? 1 : 0));
    examples.read(example, i, network.input);
    network.run();
    adam.add(gradient);
  }
  const bonus = example.written < 0 ? 0 : bonusOf(outputs[example.written]!);
  return Math.log(mass / example.mass) - bonus;
}
