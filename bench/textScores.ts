/** The first lines of a text, as many as `like` has, without blanks at the end. */
export function sameLines(text: string, like: string): string {
  const lines = like.trimEnd().split('\n').length;
  return text.split('\n').slice(0, lines).join('\n').trimEnd();
}

/** Whether the rest of the cursor's line was written as a person wrote it; blanks at its end do not count. */
export function lineIsRight(text: string, expected: string): boolean {
  return firstLine(text) === firstLine(expected);
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]!.trimEnd();
}

/** How alike two texts are, from 0 to 1: one less the edits (Levenshtein, 1966) over the length of the longer one. */
export function editSimilarity(a: string, b: string): number {
  const longer = Math.max(a.length, b.length);
  if (longer === 0) return 1;
  let row = Int32Array.from({ length: b.length + 1 }, (_, i) => i);
  let next = new Int32Array(b.length + 1);
  for (let i = 1; i <= a.length; i++) {
    next[0] = i;
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next[j] = Math.min(replaced, row[j]! + 1, next[j - 1]! + 1);
    }
    [row, next] = [next, row];
  }
  return 1 - row[b.length]! / longer;
}

/** Bits that a model needs for a token: minus the logarithm to the base 2 of the chance that its logits give it. */
export function bitsOf(logits: ArrayLike<number>, token: number): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < logits.length; i++) most = Math.max(most, logits[i]!);
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += Math.exp(logits[i]! - most);
  return (Math.log(sum) + most - logits[token]!) / Math.LN2;
}

/** Whether the cursor stands inside a word: letters, digits, `_` or `$` on both of its sides. */
export function insideWord(prefix: string, expected: string): boolean {
  return /[\p{L}\p{N}_$]$/u.test(prefix) && /^[\p{L}\p{N}_$]/u.test(expected);
}
