/** A list whose items can be exchanged. */
interface Exchangeable<T> {
  readonly length: number;
  [index: number]: T;
}

/**
 * Put in random order, in place (Fisher and Yates).
 * @param random uniform in [0, 1).
 */
export function shuffle<T>(list: Exchangeable<T>, random: () => number): void {
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [list[i], list[j]] = [list[j]!, list[i]!];
  }
}
