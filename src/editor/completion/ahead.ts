import type { CompletionContext } from '../../suggestion/context.ts';
import type { SuggestionItem } from '../../suggestion/item.ts';
import { type CompletionRequest, isSamePlace } from './request.ts';
import { type RunJob, RunningJob } from './runningJob.ts';
import type { SuggestionCache } from './suggestionCache.ts';

/** A suggestion is looked at for this long before it is worth asking what would follow it, in milliseconds. */
const LOOKED_AT = 500;

/** The text around the cursor as it will be when a suggestion is accepted. */
export function afterAccepting(
  { insertText, after }: SuggestionItem,
  context: CompletionContext,
): CompletionContext {
  const { linePrefix } = context;
  const prefix = context.prefix.slice(0, context.prefix.length - linePrefix.length) + insertText;
  const suffix = context.suffix.slice(after);
  return {
    ...context,
    version: context.version + 1,
    offset: context.offset - linePrefix.length + insertText.length,
    prefix,
    suffix,
    linePrefix: prefix.slice(prefix.lastIndexOf('\n') + 1),
    lineSuffix: suffix.split('\n', 1)[0] as string,
  };
}

/**
 * Asks what would follow a suggestion that is shown, as if it had been accepted, so that accepting it shows the next at once. The
 * request is the one that the editor would make then, so the text is the same; it runs only while nothing else does, and any key ends it.
 */
export class Ahead {
  private timer: NodeJS.Timeout | undefined;
  private job: RunningJob | undefined;
  private place: CompletionContext | undefined;

  constructor(
    private readonly run: RunJob,
    private readonly cache: SuggestionCache,
    private readonly lookedAt = LOOKED_AT,
  ) {}

  /** A whole suggestion is shown. */
  prepare(item: SuggestionItem, request: CompletionRequest): void {
    this.stop();
    const { context, goesOn } = request;
    if (!goesOn || context.hasEntry) return;
    const next = afterAccepting(item, context);
    if (this.cache.find(next) || this.cache.knowsEmpty(next)) return;
    this.place = context;
    this.timer = setTimeout(() => this.begin(next, goesOn(next), request.maxTokens), this.lookedAt);
  }

  /** End it unless the cursor is where the suggestion is. */
  reconsider(current: CompletionContext | undefined): void {
    if (this.place && (!current || !isSamePlace(current, this.place))) this.stop();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.job?.cancel();
    this.job = undefined;
    this.place = undefined;
  }

  private begin(context: CompletionContext, singleLine: boolean, maxTokens: number): void {
    const job = new RunningJob(this.run, context, { singleLine, maxTokens, idle: true });
    this.job = job;
    void job.finished.then((result) => {
      // What was cut off is no answer, and what was forgotten meanwhile must not come back.
      if (result.type === 'done' && !job.cancelled) this.cache.put(job.generation);
    });
  }
}
