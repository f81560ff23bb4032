/** What an arm would bring at one position: `steps` successes in a row before it goes wrong. */
export interface ArmRun {
  readonly arm: number;
  readonly steps: number;
}

/** The best way through a path of positions when everything is known beforehand. */
export interface OraclePath {
  readonly millis: number;
  /** Least time from each position to the end: shape [positions + 1]. */
  readonly toGo: Float64Array;
  /** Rounds in order; arm −1 is the plain step. */
  readonly rounds: readonly { readonly at: number; readonly arm: number; readonly length: number }[];
}

/**
 * The fastest way from position 0 to `positions`, by dynamic programming from the end: a round of an arm at t that goes
 * `length` steps leads to t + length + 1, where length is at most what succeeds there (going further than that only costs
 * time). A plain round leads to t + 1.
 *
 * @param runs at each position, what every arm would bring.
 * @param millis time of a round of an arm (−1: none) and length, at a position.
 */
export function oraclePath(
  positions: number,
  runs: (at: number) => readonly ArmRun[],
  millis: (arm: number, length: number, at: number) => number,
): OraclePath {
  const cost = new Float64Array(positions + 1);
  const chosen = new Int32Array(positions);
  const lengths = new Int32Array(positions);
  for (let at = positions - 1; at >= 0; at--) {
    let best = millis(-1, 0, at) + cost[at + 1]!;
    chosen[at] = -1;
    for (const { arm, steps } of runs(at)) {
      for (let length = 1; length <= steps; length++) {
        const total = millis(arm, length, at) + cost[Math.min(positions, at + length + 1)]!;
        if (total >= best) continue;
        best = total;
        chosen[at] = arm;
        lengths[at] = length;
      }
    }
    cost[at] = best;
  }
  const rounds: { at: number; arm: number; length: number }[] = [];
  for (let at = 0; at < positions; ) {
    const length = lengths[at]!;
    rounds.push({ at, arm: chosen[at]!, length });
    at = Math.min(positions, at + length + 1);
  }
  return { millis: cost[0]!, toGo: cost, rounds };
}
