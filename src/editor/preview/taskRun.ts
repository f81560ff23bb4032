import { messageOf } from '../../errors.ts';
import { readable } from '../../suggestion/characters.ts';
import type { TaskParams } from '../../worker/protocol.ts';
import type { CompletionWorker } from '../../worker/worker.ts';

export type TaskKind = TaskParams['kind'];

export type TaskState =
  | { readonly kind: 'running' }
  | { readonly kind: 'done'; readonly cutShort: boolean }
  | { readonly kind: 'dropped' }
  | { readonly kind: 'failed'; readonly message: string };

/** A summary or a translation in the making. */
export class TaskRun {
  text = '';
  state: TaskState = { kind: 'running' };
  readonly finished: Promise<TaskState>;
  private readonly controller = new AbortController();

  /** @param changed called whenever there is more text or the run has ended */
  constructor(
    worker: Pick<CompletionWorker, 'run'>,
    job: TaskParams,
    private readonly changed: () => void,
  ) {
    this.finished = this.run(worker, job);
  }

  /** End it; what is there is not wanted. */
  drop(): void {
    this.state = { kind: 'dropped' };
    this.controller.abort();
  }

  private async run(worker: Pick<CompletionWorker, 'run'>, job: TaskParams): Promise<TaskState> {
    const state = await this.outcome(worker, job);
    if (this.state.kind === 'running') this.state = state;
    this.changed();
    return this.state;
  }

  private async outcome(worker: Pick<CompletionWorker, 'run'>, job: TaskParams): Promise<TaskState> {
    try {
      const result = await worker.run(job, this.controller.signal, ({ pieces }) => {
        if (this.state.kind !== 'running') return;
        this.text += readable(pieces.map((piece) => piece.text).join(''));
        this.changed();
      });
      if (result.type === 'failed') return { kind: 'failed', message: result.message };
      this.text = readable(result.text);
      if (result.type === 'done') return { kind: 'done', cutShort: result.finish === 'length' };
      return { kind: 'failed', message: 'Another task took its place.' };
    } catch (error) {
      return { kind: 'failed', message: messageOf(error) };
    }
  }
}

/** What the preview shows. */
export function previewText({ text, state }: Pick<TaskRun, 'text' | 'state'>): string {
  switch (state.kind) {
    case 'running':
      return `${text}…`;
    case 'failed':
      return [text.trimEnd(), `[Slipstream could not go on: ${state.message}]`].filter(Boolean).join('\n\n');
    case 'done':
      if (text.trim() === '') return '[The model had nothing to say.]';
      return state.cutShort ? `${text.trimEnd()}\n\n[Cut at the token limit.]` : text;
    default:
      return text;
  }
}

/** What stands in the way of an action on the text; undefined when nothing does. */
export function notUsableBecause({ text, state }: Pick<TaskRun, 'text' | 'state'>): string | undefined {
  if (state.kind === 'running') return 'The text is still being written.';
  return text.trim() === '' ? 'There is no text.' : undefined;
}
