/** A mean with the bounds of its 95 % interval. */
export interface Interval {
  readonly geomean: number;
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 2000;

/** Middle value; the mean of the two middle ones for an even count. NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/**
 * Geometric mean of positive ratios with a 95 % percentile bootstrap interval (Efron, 1979), resampled over
 * prompts. The generator is seeded, so that the same ratios give the same interval.
 */
export function geometricMean(ratios: readonly number[]): Interval {
  const logs = ratios.map(Math.log);
  const mean = (sample: readonly number[]) => sample.reduce((sum, value) => sum + value, 0) / sample.length;
  const random = seededRandom(1);
  const means = Array.from({ length: RESAMPLES }, () =>
    mean(Array.from(logs, () => logs[Math.floor(random() * logs.length)]!)),
  ).sort((a, b) => a - b);
  return {
    geomean: Math.exp(mean(logs)),
    low: Math.exp(means[Math.floor(0.025 * RESAMPLES)]!),
    high: Math.exp(means[Math.ceil(0.975 * RESAMPLES) - 1]!),
  };
}

/**
 * A figure of a sample with a 95 % percentile bootstrap interval (Efron, 1979); the same items give the same interval.
 * @param figure of the items drawn, by their places; it may be of pairs, for instance a ratio of two sums
 */
export function bootstrap(
  count: number,
  figure: (places: ArrayLike<number>) => number,
): { value: number; low: number; high: number } {
  const random = seededRandom(1);
  const places = new Int32Array(count);
  const drawn = Array.from({ length: RESAMPLES }, () => {
    for (let i = 0; i < count; i++) places[i] = Math.floor(random() * count);
    return figure(places);
  }).sort((a, b) => a - b);
  return {
    value: figure(Int32Array.from({ length: count }, (_, i) => i)),
    low: drawn[Math.floor(0.025 * RESAMPLES)]!,
    high: drawn[Math.ceil(0.975 * RESAMPLES) - 1]!,
  };
}

/**
 * Geometric mean of positive ratios that were measured with several seeds, with a 95 % percentile bootstrap interval in
 * which both seeds and prompts are resampled.
 * @param ratios shape [seeds][prompts].
 */
export function geometricMeanOverSeeds(ratios: readonly ArrayLike<number>[]): Interval {
  const [first] = ratios;
  if (ratios.length === 1) return geometricMean(Array.from(first!));
  const logs = ratios.map((own) => Float64Array.from(own, Math.log));
  const [seeds, prompts] = [logs.length, first!.length];
  const random = seededRandom(1);
  const draw = (count: number) => Math.floor(random() * count);
  const means = Array.from({ length: RESAMPLES }, () => {
    const drawn = Array.from({ length: seeds }, () => logs[draw(seeds)]!);
    let sum = 0;
    for (let i = 0; i < prompts; i++) {
      const at = draw(prompts);
      for (const own of drawn) sum += own[at]!;
    }
    return sum / (seeds * prompts);
  }).sort((a, b) => a - b);
  const total = logs.reduce((sum, own) => sum + own.reduce((a, b) => a + b, 0), 0);
  return {
    geomean: Math.exp(total / (seeds * prompts)),
    low: Math.exp(means[Math.floor(0.025 * RESAMPLES)]!),
    high: Math.exp(means[Math.ceil(0.975 * RESAMPLES) - 1]!),
  };
}

/** Uniform numbers in [0, 1) from a seed (mulberry32, Tommy Ettinger, public domain). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
