import type { DecodeResult } from '../engine/decoder.ts';
import type { Policy } from '../engine/policy/policy.ts';
import type { CompletionText } from '../prompts/completion.ts';
import { NeighbourFiles } from '../prompts/neighbourFiles.ts';
import { chooseNeighbours, loyalChoice, type Place, type Snippet } from '../prompts/neighbours.ts';
import { rememberedPrompt, type ShownPrompt } from '../prompts/remembered.ts';
import {
  type CompletionJob,
  completePrompt,
  type JobControl,
  promptBudget,
  readPromptAhead,
  shownJob,
} from './jobs.ts';
import type { Pipeline } from './pipeline.ts';

/** Files whose last prompt is remembered: as many as the target holds texts (`TEXTS_HELD` in causalModel.ts). */
const FILES_REMEMBERED = 3;

/** The text around the cursor of a completion that may be asked for next. */
export interface WarmJob extends CompletionText {
  readonly language: string;
  /** As the completion will have it: the prompt's size depends on it. */
  readonly maxTokens: number;
}

/**
 * Completions one after the other, as an editor asks for them. Each prompt begins as the last one of its file did where that is
 * sensible (see `prompts/remembered.ts`), so what a job is asked depends on the jobs before it; a job alone, as the
 * command line and the benchmarks have it, goes through `complete` in `jobs.ts`.
 */
export class CompletionSession {
  /**
   * @param files those that snippets may come from
   * @param shown what the last prompt of each path showed, the last used at the end
   */
  constructor(
    private readonly pipeline: Pipeline,
    readonly files = new NeighbourFiles(),
    private readonly shown = new Map<string, ShownPrompt>(),
  ) {}

  /** The same with other drafts: prompts go on as they were, since no draft may change a text. */
  with(pipeline: Pipeline): CompletionSession {
    return new CompletionSession(pipeline, this.files, this.shown);
  }

  /** Complete at a cursor. */
  complete(asked: CompletionJob, control: JobControl): Promise<DecodeResult> {
    const job = shownJob(asked);
    const awaited = { awaited: true, ...control };
    return completePrompt(this.pipeline, this.prompt(job, job.maxTokens, false), job, awaited);
  }

  /**
   * Read what the next prompt will begin with, until the signal is aborted: the target first, then the drafts that the policy uses.
   * Ends at once where nothing may be kept.
   */
  async warm(asked: WarmJob, policy: Policy, signal: AbortSignal): Promise<void> {
    if (!this.pipeline.selfTest.widthInvariant || signal.aborted) return;
    const job = shownJob(asked);
    const prompt = this.prompt(job, job.maxTokens, true);
    await readPromptAhead(this.pipeline, prompt, job, { policy, signal });
  }

  private prompt(text: CompletionText, maxTokens: number, idle: boolean): readonly number[] {
    const { tokenizer, layout } = this.pipeline;
    const { tokens, shown } = rememberedPrompt(
      tokenizer,
      layout,
      text,
      promptBudget(this.pipeline, maxTokens),
      this.shown.get(text.path),
      { idle, neighbours: (kept, fresh) => this.neighbours(text, kept, fresh) },
    );
    this.shown.delete(text.path);
    this.shown.set(text.path, shown);
    if (this.shown.size > FILES_REMEMBERED) this.shown.delete(this.shown.keys().next().value!);
    return tokens;
  }

  private neighbours(place: Place, kept: readonly Snippet[], fresh: boolean): readonly Snippet[] {
    // A file that was taken away may not be shown any more.
    const left = kept.filter(({ path }) => path !== place.path && this.files.has(path));
    return fresh ? loyalChoice(place, left, chooseNeighbours(place, this.files)) : left;
  }
}
