import { type CompletionContext, suffixKey } from '../../suggestion/context.ts';
import type { Generation } from './generation.ts';

export interface Hit {
  readonly generation: Generation;
  /** What is left of its text. */
  readonly remainder: string;
}

/** How much text before the cursor decides that two places are the same. */
const tail = 512;
/** How far a look-up goes back: that much may have been typed since the text was made. */
const walkBack = 128;

/**
 * The latest generations by the text around their cursor. A look-up walks back from the cursor: a text made a
 * few characters ago still serves when what was typed since is how it begins.
 */
export class SuggestionCache {
  private readonly entries = new Map<string, Generation>();

  constructor(private readonly capacity = 250) {}

  get size(): number {
    return this.entries.size;
  }

  /** Store a generation, or mark it as the newest. */
  put(generation: Generation): void {
    const key = keyOf(generation.context.prefix, suffixKey(generation.context));
    this.entries.delete(key);
    this.entries.set(key, generation);
    if (this.entries.size <= this.capacity) return;
    const [oldest] = this.entries.keys();
    if (oldest !== undefined) this.entries.delete(oldest);
  }

  /** The generation with the longest text left at this place. */
  find(context: CompletionContext): Hit | undefined {
    const after = suffixKey(context);
    let best: (Hit & { key: string }) | undefined;
    for (let back = 0; back < walkBack && back <= context.prefix.length; back++) {
      const at = context.prefix.length - back;
      const key = keyOf(context.prefix.slice(0, at), after);
      const generation = this.entries.get(key);
      if (!generation?.text.startsWith(context.prefix.slice(at))) continue;
      const remainder = generation.text.slice(back);
      if (remainder.length > (best?.remainder.length ?? 0)) best = { generation, remainder, key };
    }
    if (!best) return undefined;
    this.entries.delete(best.key);
    this.entries.set(best.key, best.generation);
    return best;
  }

  /** Whether this very place was completed to the end and came to nothing. */
  knowsEmpty(context: CompletionContext): boolean {
    const generation = this.entries.get(keyOf(context.prefix, suffixKey(context)));
    return generation?.finish === 'stop' && generation.text.trim() === '';
  }

  clear(): void {
    this.entries.clear();
  }
}

function keyOf(prefix: string, after: string): string {
  return `${prefix.slice(-tail)}\0${after}`;
}
