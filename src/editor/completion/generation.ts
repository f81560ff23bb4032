import { type CompletionContext, typedBetween } from '../../suggestion/context.ts';
import { completeLines, type Finish } from '../../suggestion/finish.ts';

/**
 * The text of one job, as far as it exists. The job, the cache and the last answer share the object: each sees
 * the text grow.
 */
export class Generation {
  text = '';
  finish: Finish = 'running';
  /** The text in the pieces in which it became final, each with the draft that guessed it; `''` for the target. */
  readonly pieces: { readonly text: string; readonly draft: string }[] = [];
  /** Tokens that each draft had guessed, as soon as the job has ended. */
  drafts: Readonly<Record<string, number>> = {};

  constructor(readonly context: CompletionContext) {}

  /** What is left of the text after what was typed since; undefined when the two disagree. */
  remainder(now: CompletionContext): string | undefined {
    const typed = typedBetween(this.context, now);
    if (typed === undefined || !this.text.startsWith(typed)) return undefined;
    return this.text.slice(typed.length);
  }

  /** Whether the text can still turn out to be what is typed. */
  agrees(now: CompletionContext): boolean {
    const typed = typedBetween(this.context, now);
    if (typed === undefined) return false;
    if (this.text.startsWith(typed)) return true;
    return this.finish === 'running' && typed.startsWith(this.text);
  }

  /** The part of a remainder that can be shown: complete lines while the text grows, then everything. */
  presentable(remainder: string): string | undefined {
    if (this.finish === 'running' || this.finish === 'cut') return completeLines(remainder);
    return remainder;
  }
}
