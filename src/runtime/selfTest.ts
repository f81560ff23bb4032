import type { Target } from '../engine/target.ts';
import { someTokens } from './measureCosts.ts';

export interface SelfTest {
  /** Whether passes of all widths of two or more rows gave the same logits bit for bit. */
  readonly widthInvariant: boolean;
  /** Widths that were compared with one wide pass, over how many tokens, and how many logits differed at each. */
  readonly widths: readonly { readonly width: number; readonly tokens: number; readonly differing: number }[];
}

const WIDTHS = [2, 3, 4, 7, 8, 16, 65];
/** More than the 64 rows that kernels take at once, so that a remainder is tried too. */
const TOKENS = 66;
/** Passes of a width that are tried however long they take: one on nothing and one behind other tokens. */
const FEWEST_PASSES = 2;
/**
 * A large model that is slow gets no more than this, in milliseconds, beside the fewest passes; small ones need less. It is a part of
 * every start, and a kernel that sums in another order shows in hundreds of thousands of logits at once.
 */
const BUDGET = 300;

/**
 * Speculative decoding is only lossless to the last token if a row's logits do not depend on how many rows
 * are scored with it. Kernels differ from machine to machine, so this is tried on each.
 * @param budget milliseconds; each width gets its share.
 */
export async function testWidths(model: Target, budget = BUDGET): Promise<SelfTest> {
  const tokens = someTokens(Math.min(TOKENS, model.contextLength - 2));
  model.truncate(0);
  const reference: Float32Array[] = [];
  await passRows(model, tokens, tokens.length, 0, (logits) => reference.push(logits.slice()));
  const widths = [];
  for (const width of WIDTHS) {
    let differing = 0;
    const compared = await passRows(model, tokens, width, budget / WIDTHS.length, (logits, row) => {
      differing += countDiffering(logits, reference[row]!);
    });
    widths.push({ width, tokens: compared, differing });
  }
  model.truncate(0);
  return { widthInvariant: widths.every(({ differing }) => differing === 0), widths };
}

/**
 * Score the tokens `width` at a time, as far as the time goes, and show each row's logits, which are not kept: a row of a large
 * vocabulary is 200 kB. @returns how many rows were shown.
 */
async function passRows(
  model: Target,
  tokens: readonly number[],
  width: number,
  budget: number,
  show: (logits: Float32Array, row: number) => void,
): Promise<number> {
  const started = performance.now();
  model.truncate(0);
  let rows = 0;
  for (let from = 0; from < tokens.length; from += width) {
    if (from >= FEWEST_PASSES * width && performance.now() - started > budget) break;
    const block = tokens.slice(from, from + width);
    const scores = await model.score(block, 'logits');
    for (let row = 0; row < block.length; row++) show(scores.logits(row), rows++);
  }
  return rows;
}

function countDiffering(a: Float32Array, b: Float32Array): number {
  let differing = 0;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) differing++;
  return differing;
}
