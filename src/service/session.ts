import { type DecodeResult, prefill } from '../engine/decoder.ts';
import type { CompletionText } from '../prompts/completion.ts';
import { NeighbourFiles } from '../prompts/neighbourFiles.ts';
import { chooseNeighbours, loyalChoice, type Place, type Snippet } from '../prompts/neighbours.ts';
import { type PromptMemory, rememberedPrompt } from '../prompts/remembered.ts';
import type { Assistant } from './assistant.ts';
import { type CompletionJob, completePrompt, type JobControl, promptBudget } from './jobs.ts';

/** Prompt tokens between two looks at the signal while nobody waits: a request must not wait for them. */
const WARM_CHUNK = 32;

/** The text around the cursor of a completion that may be asked for next. */
export interface WarmJob extends CompletionText {
  /** As the completion will have it: the prompt's size depends on it. */
  readonly maxTokens: number;
}

/**
 * Completions one after the other, as an editor asks for them. Each prompt begins as the last one did where that is
 * sensible (see `prompts/remembered.ts`), so what a job is asked depends on the jobs before it; a job alone, as the
 * command line and the benchmarks have it, goes through `complete` in `jobs.ts`.
 */
export class CompletionSession {
  private memory: PromptMemory | undefined;

  /** @param files those that snippets may come from */
  constructor(
    private readonly assistant: Assistant,
    readonly files = new NeighbourFiles(),
  ) {}

  /** Complete at a cursor. */
  complete(job: CompletionJob, control: JobControl): Promise<DecodeResult> {
    return completePrompt(this.assistant, this.prompt(job, job.maxTokens, false), job, control);
  }

  /** Read what the next prompt will begin with, until the signal is aborted. Ends at once where nothing may be kept. */
  async warm(job: WarmJob, signal: AbortSignal): Promise<void> {
    if (!this.assistant.selfTest.widthInvariant || signal.aborted) return;
    await prefill(this.assistant.target, this.prompt(job, job.maxTokens, true), signal, WARM_CHUNK);
  }

  private prompt(text: CompletionText, maxTokens: number, idle: boolean): readonly number[] {
    const { tokenizer, layout } = this.assistant;
    const { tokens, memory } = rememberedPrompt(
      tokenizer,
      layout,
      text,
      promptBudget(this.assistant, maxTokens),
      this.memory,
      { idle, neighbours: (kept, fresh) => this.neighbours(text, kept, fresh) },
    );
    this.memory = memory;
    return tokens;
  }

  private neighbours(place: Place, kept: readonly Snippet[], fresh: boolean): readonly Snippet[] {
    // A file that was taken away may not be shown any more.
    const left = kept.filter(({ path }) => path !== place.path && this.files.has(path));
    return fresh ? loyalChoice(place, left, chooseNeighbours(place, this.files)) : left;
  }
}
