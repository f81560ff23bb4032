import type { CompletionContext } from '../../suggestion/context.ts';
import type { Generation } from './generation.ts';
import type { RunningJob } from './runningJob.ts';

/** Most texts that are made beside the first. */
const MOST = 3;
/** Jobs for one request: a text may turn out to be offered as one that is there. */
const ATTEMPTS = 2;

/**
 * Other texts for the place of a suggestion that is shown. One more is made when it is asked for, never before, and the
 * first is not touched: it stays in front, and they are in no cache.
 */
export class Alternatives {
  private first: Generation | undefined;
  private made: Generation[] = [];

  /** Whether more texts were asked for beside this one. */
  isFor(first: Generation): boolean {
    return this.first === first;
  }

  /** Those that were made beside a text and still fit. */
  of(first: Generation, context: CompletionContext): readonly Generation[] {
    return this.first === first ? this.made.filter((one) => one.remainder(context)) : [];
  }

  /** The one that is being typed into. */
  typedInto(context: CompletionContext): Generation | undefined {
    return this.made.find((one) => one.context.prefix !== context.prefix && one.remainder(context));
  }

  clear(): void {
    this.first = undefined;
    this.made = [];
  }

  /**
   * Make one more text, if there may be more, that is offered otherwise than those before it.
   * @param start runs a job for a text that begins otherwise than some
   * @param count how many texts the user would be offered now
   */
  async more(
    first: Generation,
    context: CompletionContext,
    start: (unlike: readonly string[]) => RunningJob,
    count: () => number,
    signal: AbortSignal,
  ): Promise<void> {
    if (this.first !== first) this.clear();
    this.first = first;
    const before = count();
    for (let attempt = 0; attempt < ATTEMPTS && this.made.length < MOST; attempt++) {
      const texts = [first, ...this.made].flatMap((one) => one.remainder(context) ?? []);
      const job = start(texts);
      const cancel = () => job.cancel();
      signal.addEventListener('abort', cancel);
      const result = await job.finished;
      signal.removeEventListener('abort', cancel);
      // Something else is shown by now, or the worker could not.
      if (this.first !== first || result.type !== 'done') return;
      this.made.push(job.generation);
      if (count() > before) return;
    }
  }
}
