import type { CausalModel } from './causalModel.ts';
import { someTokens } from './measureCosts.ts';

export interface SelfTest {
  /** Whether passes of all widths of two or more rows gave the same logits bit for bit. */
  readonly widthInvariant: boolean;
  /** Widths that were compared with one wide pass, and how many logits differed at each. */
  readonly widths: readonly { readonly width: number; readonly differing: number }[];
}

const WIDTHS = [2, 3, 4, 7, 8, 16, 65];
/** More than the 64 rows that kernels take at once, so that a remainder is tried too. */
const TOKENS = 66;

/**
 * Speculative decoding is only lossless to the last token if a row's logits do not depend on how many rows
 * are scored with it. Kernels differ from machine to machine, so this is tried on each.
 */
export async function testWidths(model: CausalModel): Promise<SelfTest> {
  const tokens = someTokens(Math.min(TOKENS, model.contextLength - 2));
  model.truncate(0);
  const reference = await passRows(model, tokens, tokens.length);
  const widths = [];
  for (const width of WIDTHS) {
    const rows = await passRows(model, tokens, width);
    let differing = 0;
    for (let i = 0; i < reference.length; i++) if (rows[i] !== reference[i]) differing++;
    widths.push({ width, differing });
  }
  model.truncate(0);
  return { widthInvariant: widths.every(({ differing }) => differing === 0), widths };
}

/** Logits of all tokens, scored `width` at a time. */
async function passRows(model: CausalModel, tokens: readonly number[], width: number): Promise<Float32Array> {
  model.truncate(0);
  const rows: Float32Array[] = [];
  for (let from = 0; from < tokens.length; from += width) {
    const block = tokens.slice(from, from + width);
    const scores = await model.score(block, 'logits');
    for (let row = 0; row < block.length; row++) rows.push(scores.logits(row).slice());
  }
  const all = new Float32Array(rows.length * rows[0]!.length);
  rows.forEach((row, i) => {
    all.set(row, i * row.length);
  });
  return all;
}
