import { SuffixAutomaton } from './suffixAutomaton.ts';

/** Rebuild once this share of the automaton belongs to texts that have been replaced or removed. */
const STALE_SHARE = 0.5;

/**
 * The text beyond the prompt that completions may copy from: open files and accepted completions. A
 * replaced file leaves its old version behind until enough is stale to rebuild.
 */
export class SuffixIndex {
  private documents = new Map<string, readonly number[]>();
  private stale = 0;
  private current = new SuffixAutomaton();

  /** @param limitBytes bound on the automaton's memory; the oldest texts are dropped beyond it. */
  constructor(private readonly limitBytes = 64 * 1024 * 1024) {}

  get automaton(): SuffixAutomaton {
    return this.current;
  }

  /** Add a text, or replace the one of the same name. */
  put(name: string, tokens: readonly number[]): void {
    const old = this.documents.get(name);
    // Taken out first, so that it counts as the newest.
    this.documents.delete(name);
    this.documents.set(name, tokens);
    if (old && sameTokens(old, tokens)) return;
    this.stale += old?.length ?? 0;
    append(this.current, tokens);
    this.tidy();
  }

  /** Remove a text. It may still be copied from until the next rebuild. */
  remove(name: string): void {
    const old = this.documents.get(name);
    if (!old) return;
    this.documents.delete(name);
    this.stale += old.length;
    this.tidy();
  }

  private tidy(): void {
    const full = this.current.bytes > this.limitBytes;
    if (!full && (this.stale < 4096 || this.stale < STALE_SHARE * this.current.size)) return;
    if (full) this.dropOldest();
    this.current = new SuffixAutomaton();
    for (const tokens of this.documents.values()) append(this.current, tokens);
    this.stale = 0;
  }

  /** Keep the newest texts that fill half the limit, so that the next texts do not rebuild at once. */
  private dropOldest(): void {
    const bytesPerToken = this.current.bytes / Math.max(1, this.current.size);
    let room = this.limitBytes / 2 / bytesPerToken;
    const kept = [...this.documents].reverse().filter(([, tokens]) => {
      const fits = tokens.length < room;
      if (fits) room -= tokens.length;
      return fits;
    });
    this.documents = new Map(kept.reverse());
  }
}

function append(automaton: SuffixAutomaton, tokens: readonly number[]): void {
  automaton.separate();
  for (const token of tokens) automaton.push(token);
}

function sameTokens(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((token, i) => token === b[i]);
}
