import type { JobResult } from '../../worker/protocol.ts';
import { type Counts, countJob, countsOf } from './counts.ts';

/** Where counts are kept; the part of VS Code's memento that is needed. */
export interface UsageStore {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

/** A suggestion that was made, for «how this suggestion was made». Lives as long as the window; never written anywhere. */
export interface Made {
  readonly language: string;
  readonly pieces: readonly { readonly text: string; readonly draft: string }[];
  readonly result: Extract<JobResult, { type: 'done' }>;
}

const KEY = 'usage';
/** Suggestions and times that are remembered. */
const MADE = 8;
const TIMES = 500;
/** Counts are written this long after a change, so that many make one write. */
const WRITE_AFTER = 5_000;

/** What became of suggestions today, on this machine, in this workspace. */
export class Usage {
  private current: Counts;
  /** Milliseconds from request to answer of what was shown. */
  readonly times: number[] = [];
  readonly made: Made[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: UsageStore,
    private readonly today: () => string = dayOf,
  ) {
    this.current = countsOf(store.get(KEY), today());
  }

  get counts(): Counts {
    if (this.current.day !== this.today()) this.current = countsOf(undefined, this.today());
    return this.current;
  }

  /** Something was shown. */
  shown(source: string, millis: number): void {
    const { shown } = this.counts;
    shown[source] = (shown[source] ?? 0) + 1;
    this.times.push(millis);
    if (this.times.length > TIMES) this.times.shift();
    this.write();
  }

  job(language: string, pieces: Made['pieces'], result: JobResult, tokenMillis: number | undefined): void {
    countJob(this.counts, language, result, tokenMillis);
    if (result.type === 'done' && result.server === undefined && result.text.trim() !== '') {
      this.made.unshift({ language, pieces: [...pieces], result });
      this.made.length = Math.min(this.made.length, MADE);
    }
    this.write();
  }

  accepted(characters: number): void {
    this.counts.accepted++;
    this.counts.characters += characters;
    this.write();
  }

  /** A shown suggestion was taken in part, or turned down. */
  ended(how: 'partly' | 'rejected'): void {
    this.counts[how]++;
    this.write();
  }

  /** Whether accepted text was still there some seconds later. */
  kept(seconds: number, still: boolean): void {
    const { kept } = this.counts;
    const old = kept[seconds] ?? { still: 0, looked: 0 };
    kept[seconds] = { still: old.still + (still ? 1 : 0), looked: old.looked + 1 };
    this.write();
  }

  dispose(): void {
    clearTimeout(this.timer);
    if (this.timer) void this.store.update(KEY, this.current);
    this.timer = undefined;
  }

  private write(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.store.update(KEY, this.current);
    }, WRITE_AFTER);
    this.timer.unref();
  }
}

function dayOf(): string {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-');
}
