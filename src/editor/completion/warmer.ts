import type { CompletionContext } from '../../suggestion/context.ts';

export interface WarmerHost {
  /** The text at the cursor where a suggestion may be asked for next; undefined where none may. */
  readonly place: () => CompletionContext | undefined;
  readonly warm: (context: CompletionContext) => void;
  /** Milliseconds that the cursor must rest. */
  readonly rest?: number;
}

/** Lets the worker read the text around the cursor in advance, once at each place where the cursor comes to rest. */
export class Warmer {
  private timer: NodeJS.Timeout | undefined;
  private last: string | undefined;

  constructor(private readonly host: WarmerHost) {}

  /** The cursor has moved, or another editor is shown. */
  touch(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.warm(), this.host.rest ?? 250);
  }

  /** What the worker has read is gone. */
  reset(): void {
    this.last = undefined;
    this.touch();
  }

  dispose(): void {
    clearTimeout(this.timer);
  }

  private warm(): void {
    const context = this.host.place();
    if (!context) return;
    const place = `${context.version} ${context.offset} ${context.uri}`;
    if (place === this.last) return;
    this.last = place;
    this.host.warm(context);
  }
}
