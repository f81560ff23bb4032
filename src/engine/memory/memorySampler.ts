// This folder: the workspace memory: a sampler that makes tokens likelier that stood there before.

import { Network, type NetworkWeights } from '../../selection/network.ts';
import { greedy, type Sampler } from '../sampling.ts';
import type { Need, Scores } from '../target.ts';
import { type Evidence, MOST_CANDIDATES } from './evidence.ts';

/** What evidence is worth: a network from the numbers about a candidate to its bonus before {@link bonusOf}. */
export interface MemoryWeights {
  /** Sizes: FEATURES of evidence.ts, hidden layers, 1. */
  readonly network: NetworkWeights;
}

/** More than any evidence is worth, so that a bonus stays a number. */
const MOST_BONUS = 20;

/**
 * The bonus on a logit that an output of the network stands for: softplus, so that it is never negative and the largest
 * logit of all is still either the model's own choice or a candidate's.
 */
export function bonusOf(output: number): number {
  return Math.min(MOST_BONUS, output > 30 ? output : Math.log1p(Math.exp(output)));
}

/**
 * Makes the target remember: what stood before, in the file and in other texts, raises the logits of a few candidates before
 * `inner` chooses. That is a log-linear mixture of the model with an unbounded n-gram (the idea of nested caches, Hellendoorn
 * and Devanbu, 2017, and of infini-gram, Liu et al., 2024), and it is part of the target: it depends on the text and the
 * index alone, never on a draft. Serves one request.
 */
export class MemorySampler implements Sampler {
  private readonly network: Network;
  private readonly plain = new Float32Array(MOST_CANDIDATES);
  private readonly view = new RaisedScores();

  constructor(
    private readonly inner: Sampler,
    weights: MemoryWeights,
    private readonly evidence: Evidence,
  ) {
    this.network = new Network(weights.network);
  }

  need(): Need {
    return 'logits';
  }

  choose(scores: Scores, row: number, among?: readonly number[]): number {
    const { evidence, plain, view } = this;
    const { count, tokens } = evidence;
    if (count === 0) return this.inner.choose(scores, row, among);
    const logits = scores.logits(row);
    const top = scores.argmax(row);
    // Nothing but the likeliest token would be raised: nothing to weigh. So it is in most places of a text that repeats.
    if (count === 1 && tokens[0] === top && this.inner === greedy && !among) return top;
    view.show(scores.rows, row, logits, top);
    for (let i = 0; i < count; i++) plain[i] = logits[tokens[i]!]!;
    // Evidence is weighed against the model's best choice of those that are allowed.
    const highest = among ? highestOf(logits, among) : logits[top]!;
    for (let i = 0; i < count; i++) {
      evidence.features(i, Math.max(0, highest - plain[i]!), this.network.input);
      view.raise(tokens[i]!, bonusOf(this.network.run()[0]!));
    }
    // The row is changed in place and put back: copying it would cost more than all the rest.
    const token = this.inner.choose(view, row, among);
    for (let i = 0; i < count; i++) logits[tokens[i]!] = plain[i]!;
    return token;
  }

  commit(token: number): void {
    this.evidence.commit(token);
    this.inner.commit(token);
  }
}

function highestOf(logits: Float32Array, among: readonly number[]): number {
  let highest = Number.NEGATIVE_INFINITY;
  for (const token of among) if (logits[token]! > highest) highest = logits[token]!;
  return highest;
}

/** One row of a pass with some logits raised. */
class RaisedScores implements Scores {
  rows = 0;
  private row = -1;
  private values: Float32Array = new Float32Array();
  private best = 0;

  show(rows: number, row: number, logits: Float32Array, top: number): void {
    this.rows = rows;
    this.row = row;
    this.values = logits;
    this.best = top;
  }

  /** Add a bonus (≥ 0) to a token's logit. */
  raise(token: number, bonus: number): void {
    const { values } = this;
    values[token]! += bonus;
    const more = values[token]! - values[this.best]!;
    if (more > 0 || (more === 0 && token < this.best)) this.best = token;
  }

  argmax(row: number): number {
    this.check(row);
    return this.best;
  }

  logits(row: number): Float32Array {
    this.check(row);
    return this.values;
  }

  private check(row: number): void {
    if (row !== this.row) throw new Error(`row ${row} was read while row ${this.row} is chosen from`);
  }
}
