/**
 * ROUGE-L of two texts of tokens (Lin, 2004): the F-measure of the longest common subsequence, with precision and recall
 * weighed alike. 1 when both are the same, 0 when they share no token or one of them alone is empty.
 */
export function rougeL(candidate: readonly number[], reference: readonly number[]): number {
  if (candidate.length === 0 && reference.length === 0) return 1;
  const common = longestCommonSubsequence(candidate, reference);
  return (2 * common) / (candidate.length + reference.length);
}

/** Length of the longest common subsequence, in time |a| · |b| and memory |b|. */
export function longestCommonSubsequence(a: readonly number[], b: readonly number[]): number {
  const row = new Uint32Array(b.length + 1);
  for (const token of a) {
    // Value of the row above, one to the left.
    let diagonal = 0;
    for (let j = 1; j <= b.length; j++) {
      const above = row[j]!;
      row[j] = token === b[j - 1] ? diagonal + 1 : Math.max(above, row[j - 1]!);
      diagonal = above;
    }
  }
  return row[b.length]!;
}
