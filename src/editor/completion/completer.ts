import { type CompletionContext, typedBetween } from './context.ts';
import { delay, remainingDelay } from './debounce.ts';
import { filterSuggestion } from './filters/index.ts';
import type { Generation } from './generation.ts';
import type { Outcome, Source } from './outcome.ts';
import { type RunJob, RunningJob } from './runningJob.ts';
import { SuggestionCache } from './suggestionCache.ts';

export interface CompletionRequest {
  readonly context: CompletionContext;
  readonly singleLine: boolean;
  readonly maxTokens: number;
  /** Milliseconds to wait for another keystroke; 0 when the user asked by hand. */
  readonly debounce: number;
  /** The text that is being replaced at the cursor: a guess for what comes, which never changes the suggestion. */
  readonly original?: string | undefined;
}

/** What the completer needs from around it. */
export interface CompleterHost {
  readonly run: RunJob;
  /** Resolves when the worker takes jobs; otherwise says why it does not. */
  ready(): Promise<{ reason: string; message: string } | undefined>;
  /** The text at the cursor as it is now; undefined when no editor is active. */
  current(): CompletionContext | undefined;
  /** Ask the editor to ask again: there is a longer text for what is shown. */
  offerLonger(): void;
  now(): number;
}

interface Shown {
  readonly generation: Generation;
  readonly request: CompletionRequest;
  readonly text: string;
  readonly at: number;
}

/** A longer text that comes later than this is not offered: the user may have turned the short one down. */
const longestWait = 4_000;

/**
 * The life of a request: what was typed into the last answer, else the cache, else a job that is running for
 * the same text, else a new job. One job runs at a time.
 */
export class Completer {
  private readonly cache = new SuggestionCache();
  private running: RunningJob | undefined;
  private shown: Shown | undefined;
  private readonly busyListeners = new Set<(busy: boolean) => void>();

  constructor(private readonly host: CompleterHost) {}

  /** Whether the worker is at work for a suggestion. */
  onDidChangeBusy(listener: (busy: boolean) => void): { dispose(): void } {
    this.busyListeners.add(listener);
    return { dispose: () => this.busyListeners.delete(listener) };
  }

  /** The job behind what was shown last; undefined when nothing was. */
  get lastShown(): Generation | undefined {
    return this.shown?.generation;
  }

  /** Answer a request. Aborting the signal ends the wait, not the job: see `reconsider`. */
  async complete(request: CompletionRequest, signal: AbortSignal): Promise<Outcome> {
    const since = this.host.now();
    const known = this.known(request);
    if (known) return known;
    const { context } = request;
    const job = this.running;
    if (job?.generation.agrees(context) && !job.cancelled) return this.follow(job, 'joined', request, signal);
    this.stop();
    await delay(remainingDelay(context, request.debounce, this.host.now() - since), signal);
    if (signal.aborted) return { type: 'cancelled', by: 'editor' };
    const trouble = await this.host.ready();
    if (trouble) return { type: 'failed', ...trouble };
    if (signal.aborted) return { type: 'cancelled', by: 'editor' };
    return this.follow(this.start(request), 'new', request, signal);
  }

  /** End the running job unless its text can still become what stands at the cursor. */
  reconsider(): void {
    if (!this.running) return;
    const current = this.host.current();
    if (!current || !this.running.generation.agrees(current)) this.stop();
  }

  /** Forget every text: another model or policy makes others. */
  reset(): void {
    this.stop();
    this.cache.clear();
    this.shown = undefined;
  }

  /** The answer from texts that exist already. An empty one counts when asking again would change nothing. */
  private known(request: CompletionRequest): Outcome | undefined {
    const { context } = request;
    const last = this.shown?.generation;
    const ahead = last?.remainder(context);
    const answer = last && ahead ? this.show(last, ahead, 'typed-ahead', request) : undefined;
    if (last && answer && isFinal(answer, last, context)) return answer;
    const hit = this.cache.find(context);
    const cached = hit && this.show(hit.generation, hit.remainder, 'cache', request);
    if (cached && isFinal(cached, hit.generation, context)) return cached;
    return this.cache.knowsEmpty(context) ? { type: 'empty', reason: 'model-had-nothing' } : undefined;
  }

  /** Wait for the first text of a job that can be shown. */
  private async follow(
    first: RunningJob,
    from: Source,
    request: CompletionRequest,
    signal: AbortSignal,
  ): Promise<Outcome> {
    let job = first;
    let source = from;
    for (;;) {
      if (signal.aborted) return { type: 'cancelled', by: 'editor' };
      const remainder = job.generation.remainder(request.context);
      const answer = remainder ? this.show(job.generation, remainder, source, request) : undefined;
      // An empty answer is final only when nothing more can come.
      if (answer && (answer.type === 'shown' || job.result)) return answer;
      if (isUseless(job, request)) {
        job = this.start(request);
        source = 'new';
      } else if (job.result) {
        return endOf(job);
      }
      await job.change(signal);
    }
  }

  private show(
    generation: Generation,
    remainder: string,
    source: Source,
    request: CompletionRequest,
  ): Outcome | undefined {
    const text = generation.presentable(remainder);
    if (!text) return undefined;
    const kept = filterSuggestion(text, {
      completion: request.context,
      singleLine: request.singleLine,
      finish: generation.finish,
    });
    if (typeof kept !== 'string') return { type: 'empty', reason: kept.drop };
    this.shown = { generation, request, text: kept, at: this.host.now() };
    return { type: 'shown', source, text: kept };
  }

  private start(request: CompletionRequest): RunningJob {
    this.stop();
    const { context, singleLine, maxTokens, original } = request;
    const job = new RunningJob(this.host.run, context, { singleLine, maxTokens, original });
    this.running = job;
    this.cache.put(job.generation);
    this.tellBusy(true);
    void job.finished.then(() => this.ended(job));
    return job;
  }

  private stop(): void {
    this.running?.cancel();
    this.running = undefined;
  }

  private ended(job: RunningJob): void {
    if (this.running === job) this.running = undefined;
    if (!this.running) this.tellBusy(false);
    if (job.result?.type === 'done') this.extend(job);
  }

  /** What is shown was the first line of this job: offer the rest, if what is shown is still there. */
  private extend(job: RunningJob): void {
    const shown = this.shown;
    if (shown?.generation !== job.generation || this.host.now() - shown.at > longestWait) return;
    const { context, singleLine } = shown.request;
    const current = this.host.current();
    if (!current || current.version !== context.version || current.offset !== context.offset) return;
    const { finish } = job.generation;
    const remainder = job.generation.remainder(current);
    const longer = remainder && filterSuggestion(remainder, { completion: current, singleLine, finish });
    if (typeof longer !== 'string' || !longer.startsWith(shown.text)) return;
    if (longer.length > shown.text.length) this.host.offerLonger();
  }

  private tellBusy(busy: boolean): void {
    for (const listener of this.busyListeners) listener(busy);
  }
}

/** Whether the answer stands: an empty one only where the model would write the same again. */
function isFinal(answer: Outcome, { finish, context }: Generation, now: CompletionContext): boolean {
  if (answer.type === 'shown' || finish === 'stop') return true;
  const complete = finish !== 'running' && finish !== 'cut';
  return complete && typedBetween(context, now) === '';
}

/** Whether a job that was joined has turned out to be for another text, or wrote no more than was typed. */
function isUseless(job: RunningJob, { context }: CompletionRequest): boolean {
  if (job.generation.context === context) return false;
  if (!job.result) return !job.generation.agrees(context);
  return job.result.type === 'done' && !job.generation.remainder(context);
}

/** The name of a job's end that left nothing to show. */
function endOf(job: RunningJob): Outcome {
  const result = job.result;
  if (result?.type === 'failed') return { type: 'failed', reason: result.reason, message: result.message };
  if (result?.type === 'cancelled') {
    return { type: 'cancelled', by: result.by === 'client' ? 'editor' : result.by };
  }
  return { type: 'empty', reason: result?.finish === 'length' ? 'cut-short' : 'model-had-nothing' };
}
