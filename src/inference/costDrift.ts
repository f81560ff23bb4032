import { type PassTimes, passMillis } from '../engine/policy/costs.ts';
import { isPartial, measureTarget } from '../runtime/measureCosts.ts';
import type { Pipeline } from './pipeline.ts';

/** Passes of which the lower quartile is taken: table times are the fastest of several, single passes are not. */
const BATCH = 48;
/** Batches in a row that must lie outside of the band. */
const PATIENCE = 3;
/** Measured over expected time that is no reason to measure again. */
const BAND = { least: 0.7, most: 1.4 };
/** Upper bounds of the classes of widths that are watched each for itself. */
const CLASSES = [2, 8, 16, Number.POSITIVE_INFINITY];

interface WidthClass {
  ratios: number[];
  outside: number;
  ratio: number | undefined;
}

/** Watches whether passes still take what the cost table says. */
export class CostDrift {
  private readonly classes: WidthClass[] = CLASSES.map(() => ({ ratios: [], outside: 0, ratio: undefined }));

  constructor(private readonly table: PassTimes) {}

  /** Take note of a pass of `width` tokens after `context` tokens. */
  record(width: number, context: number, millis: number): void {
    const each = this.classes[CLASSES.findIndex((most) => width <= most)]!;
    each.ratios.push(millis / passMillis(this.table, width, context));
    if (each.ratios.length < BATCH) return;
    const ratio = each.ratios.sort((a, b) => a - b)[BATCH / 4]!;
    each.ratio = ratio;
    each.ratios = [];
    each.outside = ratio < BAND.least || ratio > BAND.most ? each.outside + 1 : 0;
  }

  /** Whether the table has been wrong for long. */
  get drifted(): boolean {
    return this.classes.some(({ outside }) => outside >= PATIENCE);
  }

  /** Whether the table lacks the longer contexts. */
  get partial(): boolean {
    return isPartial(this.table);
  }

  /** Measured over expected time by class of widths, where enough was seen. */
  get ratios(): readonly (number | undefined)[] {
    return this.classes.map(({ ratio }) => ratio);
  }
}

/**
 * The pipeline with passes of its target measured anew.
 * @param millis time that measuring may take.
 * @throws the signal's reason once it is aborted, a pass later.
 */
export async function measuredAgain(
  pipeline: Pipeline,
  millis: number,
  signal: AbortSignal,
): Promise<Pipeline> {
  const { target, costs } = pipeline;
  const { onPass } = target;
  // Passes that are measured are not to be watched.
  target.onPass = undefined;
  try {
    return { ...pipeline, costs: { ...costs, target: await measureTarget(target, millis, signal) } };
  } finally {
    target.onPass = onPass;
  }
}
