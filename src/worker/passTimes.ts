import type { CostCache } from '../inference/costCache.ts';
import { CostDrift, measuredAgain } from '../inference/costDrift.ts';
import type { Pipeline } from '../inference/pipeline.ts';

/** Nobody has asked for this long before passes are measured again, and at most this often, in milliseconds. */
const MEASURE_WHEN_IDLE = 20_000;
const MEASURE_AGAIN_AFTER = 600_000;
/** Time that measuring again may take. A request that comes just then ends it, within a pass. */
const MEASURING_MILLIS = 6_000;
const DRIFTED = 'Passes took other times than expected, so they were measured again.';

export interface PassTimesHost {
  /** The pipeline that is loaded; undefined where none is. */
  readonly pipeline: () => Promise<Pipeline> | undefined;
  /** Use the times that were measured, unless other models are there by now; says whether they are used. */
  readonly replace: (before: Pipeline, measured: Pipeline) => Promise<boolean>;
  /** Where the times of this machine are kept; undefined where they are not. */
  readonly kept: () => CostCache | undefined;
  /** Run something while nobody waits for it. */
  readonly whenIdle: (work: (signal: AbortSignal) => Promise<void>) => void;
  readonly log: (line: string) => void;
}

/** Watches whether passes take what the table of costs says, and has them measured again while nobody asks. */
export class PassTimes {
  private timer: NodeJS.Timeout | undefined;
  private drift: CostDrift | undefined;
  private measured = performance.now();

  constructor(private readonly host: PassTimesHost) {}

  /** Watch the passes of a pipeline from now on. */
  watch(pipeline: Pipeline): void {
    const drift = new CostDrift(pipeline.costs.target);
    this.drift = drift;
    pipeline.target.onPass = (rows, past, millis) => drift.record(rows, past, millis);
  }

  /** A job has ended: where passes took other times than the table says, or it lacks some, they are measured if none follows. */
  jobEnded(): void {
    this.stop();
    const { drift } = this;
    const drifted = drift?.drifted && performance.now() - this.measured >= MEASURE_AGAIN_AFTER;
    if (!drifted && !drift?.partial) return;
    this.timer = setTimeout(
      () => this.host.whenIdle((signal) => this.measureAgain(signal)),
      MEASURE_WHEN_IDLE,
    );
  }

  /** Measure nothing until the next job has ended. */
  stop(): void {
    clearTimeout(this.timer);
  }

  private async measureAgain(signal: AbortSignal): Promise<void> {
    const before = await this.host.pipeline();
    if (!before || signal.aborted) return;
    const why = this.drift?.partial ? 'Passes behind long texts were measured.' : DRIFTED;
    const measured = await measuredAgain(before, MEASURING_MILLIS, signal).catch((error: unknown) => {
      if (signal.aborted) return undefined;
      throw error;
    });
    if (!measured || !(await this.host.replace(before, measured))) return;
    this.measured = performance.now();
    this.watch(measured);
    const { provider, threads } = measured.loaded;
    // Kept are times of the processor.
    if (provider === 'cpu')
      await this.host.kept()?.renew(measured.folder.graph, threads, measured.costs.target);
    this.host.log(why);
  }
}
