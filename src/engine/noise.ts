/**
 * Standard Gumbel noise of (seed, position, token): a pure function, so that it does not matter who asks, how
 * often, or in which order.
 */
export function gumbelNoise(seed: number, position: number, token: number): number {
  return -Math.log(-Math.log(uniform(seed, position, token)));
}

/** A number in (0, 1) from three integers, 53 bits deep. */
export function uniform(seed: number, position: number, token: number): number {
  const high = hash(hash(hash(0x9e3779b9, seed), position), token);
  const low = hash(hash(hash(0x85ebca6b, token), seed), position);
  return ((high >>> 5) * 2 ** 26 + (low >>> 6) + 0.5) / 2 ** 53;
}

/** Mix a word into a state: the body and the finaliser of MurmurHash3 (Austin Appleby, public domain). */
function hash(state: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  let h = state ^ k;
  h = Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
