import { type CompletionContext, leadsToEntry } from '../../suggestion/context.ts';
import { typedInto } from '../../suggestion/typedInto.ts';
import type { JobResult } from '../../worker/protocol.ts';
import { Ahead } from './ahead.ts';
import { Alternatives } from './alternatives.ts';
import { delay, remainingDelay } from './debounce.ts';
import { decideFor, decideHere, distinct } from './decisions.ts';
import { endOf, isFinal, isUseless, isWhole } from './ends.ts';
import type { Generation } from './generation.ts';
import type { Offer, Outcome, Source } from './outcome.ts';
import { type CompletionRequest, isSamePlace } from './request.ts';
import { type RunJob, RunningJob } from './runningJob.ts';
import { SuggestionCache } from './suggestionCache.ts';

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
  /** Milliseconds for which a suggestion is shown before what would follow it is asked for. */
  readonly lookedAt?: number;
  /** A job has ended; for counting. */
  jobEnded?(generation: Generation, result: JobResult): void;
}

interface Shown {
  readonly generation: Generation;
  readonly request: CompletionRequest;
  /** Where it was decided what is shown: where it was first, if it has been typed into since. */
  readonly decidedAt: CompletionContext;
  /** Whether it was kept to one line. */
  readonly singleLine: boolean;
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
  private readonly alternatives = new Alternatives();
  private readonly ahead: Ahead;
  private running: RunningJob | undefined;
  private shown: Shown | undefined;
  private readonly busyListeners = new Set<(busy: boolean) => void>();

  constructor(private readonly host: CompleterHost) {
    this.ahead = new Ahead(host.run, this.cache, host.lookedAt);
  }

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
    // It may have been taken back while its language's grammar was read: the job that runs now is for a newer one.
    if (signal.aborted) return { type: 'cancelled', by: 'editor' };
    const since = this.host.now();
    this.ahead.stop();
    const known = this.known(request);
    if (known) return known;
    const { context } = request;
    const job = this.running;
    if (job?.generation.agrees(context) && !job.cancelled) return this.follow(job, 'joined', request, signal);
    this.stop();
    await delay(remainingDelay(context, request.debounce, this.host.now() - since, request.atOnce), signal);
    if (signal.aborted) return { type: 'cancelled', by: 'editor' };
    const trouble = await this.host.ready();
    if (trouble) return { type: 'failed', ...trouble };
    if (signal.aborted) return { type: 'cancelled', by: 'editor' };
    return this.follow(this.start(request), 'new', request, signal);
  }

  /**
   * Other texts for what is shown at this place, one more than when it was last asked; none where nothing is shown.
   * What is shown is whole by then.
   */
  async others(request: CompletionRequest, signal: AbortSignal): Promise<readonly Offer[]> {
    const { context } = request;
    const shown = this.shown;
    if (!shown || !isSamePlace(shown.request.context, context)) return [];
    this.ahead.stop();
    const { generation } = shown;
    const offers = () => {
      const texts = [generation, ...this.alternatives.of(generation, context)];
      return distinct(texts.map((one) => decideHere(one, one.remainder(context) ?? '', request).decision));
    };
    const start = (unlike: readonly string[]) => this.run(request, unlike);
    const job = this.running;
    while (job?.generation === generation && !job.result && !signal.aborted) await job.change(signal);
    if (!signal.aborted) {
      await this.alternatives.more(generation, context, start, () => offers().length, signal);
    }
    return offers().slice(1);
  }

  /** End the running job unless its text can still become what stands at the cursor. */
  reconsider(): void {
    const current = this.host.current();
    this.ahead.reconsider(current);
    if (!this.running) return;
    const { generation } = this.running;
    if (current && (generation.agrees(current) || leadsToEntry(current, generation.context))) return;
    this.stop();
  }

  /** Forget every text: another model or policy makes others. */
  reset(): void {
    this.stop();
    this.ahead.stop();
    this.cache.clear();
    this.alternatives.clear();
    this.shown = undefined;
  }

  /** The answer from texts that exist already. An empty one counts when asking again would change nothing. */
  private known(request: CompletionRequest): Outcome | undefined {
    const { context } = request;
    this.followAlternative(context);
    const last = this.shown?.generation;
    const ahead = last?.remainder(context);
    const answer = last && ahead ? this.show(last, ahead, 'typed-ahead', request) : undefined;
    if (last && answer && isFinal(answer, last, context)) return answer;
    const hit = this.cache.find(context);
    const cached = hit && this.show(hit.generation, hit.remainder, 'cache', request);
    if (cached && isFinal(cached, hit.generation, context)) return cached;
    return this.cache.knowsEmpty(context) ? { type: 'empty', reason: 'model-had-nothing' } : undefined;
  }

  /** Whoever types what another text says, and not the first, has that one on the screen. */
  private followAlternative(context: CompletionContext): void {
    if (!this.shown || this.shown.generation.remainder(context) !== undefined) return;
    const generation = this.alternatives.typedInto(context);
    if (generation) this.shown = { ...this.shown, generation, decidedAt: generation.context };
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
    const { decision, decidedAt, singleLine } =
      this.stillShown(generation, request) ?? decideHere(generation, text, request);
    if (decision.type === 'dropped') return { type: 'empty', reason: decision.reason };
    this.shown = { generation, request, decidedAt, singleLine, text: decision.text, at: this.host.now() };
    if (isWhole(generation)) this.ahead.prepare(decision.item, request);
    return { type: 'shown', source, text: decision.text, item: decision.item };
  }

  /**
   * What is left of a text that is on screen and is being typed into. It was decided where its beginning was not typed yet: read
   * from behind half a word, the same text may be another, and what is shown would jump.
   */
  private stillShown(generation: Generation, { context, singleLine, ...more }: CompletionRequest) {
    const shown = this.shown;
    if (shown?.generation !== generation) return undefined;
    const { context: before, singleLine: asked } = shown.request;
    // Asked for otherwise at the same place, it is another question.
    const same = before.version === context.version && before.prefix === context.prefix;
    if (same && asked !== singleLine) return undefined;
    const { decidedAt } = shown;
    const text = generation.presentable(generation.remainder(decidedAt) ?? '');
    if (!text) return undefined;
    const whole = decideFor(decidedAt, generation, text, { ...more, singleLine: shown.singleLine });
    const decision = whole.type === 'offered' ? typedInto(whole, decidedAt, context) : undefined;
    return decision && { decision, decidedAt, singleLine: shown.singleLine };
  }

  private start(request: CompletionRequest): RunningJob {
    this.stop();
    const job = this.run(request);
    this.running = job;
    this.cache.put(job.generation);
    return job;
  }

  private run(request: CompletionRequest, unlike?: readonly string[]): RunningJob {
    const { context, singleLine, maxTokens, original } = request;
    const others = unlike && { unlike: [...unlike] };
    const job = new RunningJob(this.host.run, context, { singleLine, maxTokens, original, ...others });
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
    if (job.result) this.host.jobEnded?.(job.generation, job.result);
    if (job.result?.type === 'done') this.extend(job);
  }

  /** What is shown was the first line of this job: offer the rest, if what is shown is still there. */
  private extend(job: RunningJob): void {
    const shown = this.shown;
    // Who asks for other texts gets this one whole with them.
    if (this.alternatives.isFor(job.generation)) return;
    if (shown?.generation !== job.generation || this.host.now() - shown.at > longestWait) return;
    const { context } = shown.request;
    const current = this.host.current();
    if (!current || current.version !== context.version || current.offset !== context.offset) return;
    const whole = this.stillShown(job.generation, shown.request)?.decision;
    if (!whole?.text.startsWith(shown.text)) return;
    if (whole.text.length > shown.text.length) this.host.offerLonger();
    else this.ahead.prepare(whole.item, shown.request);
  }

  private tellBusy(busy: boolean): void {
    for (const listener of this.busyListeners) listener(busy);
  }
}
