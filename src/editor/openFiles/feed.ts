import type { FileParams } from '../../worker/protocol.ts';

/** An open file that completions may copy from. */
export interface FeedSource {
  /** Identity of the document. */
  readonly key: string;
  readonly path: string;
  readonly length: number;
  /** Read only when the text is sent; undefined when the document was closed meanwhile. */
  read(): string | undefined;
}

export interface FeedOptions {
  readonly send: (params: FileParams) => void;
  readonly excludes: (path: string, key: string) => boolean;
  /** Whether a file is no source for others, though it may be read; asked before it is sent. */
  readonly ignores?: (key: string) => boolean | Promise<boolean>;
  /** Nothing of a file may be known any more, nor what was accepted in it. */
  readonly forget?: (path: string) => void;
  readonly wait?: number;
  readonly maxLength?: number;
  readonly maxFiles?: number;
}

/**
 * Tells the worker which files are open. Bounded: no large file, not more than `maxFiles` at a time, and never
 * an excluded one.
 */
export class FileFeed {
  /** Path of each file that the worker knows, oldest first. */
  private readonly known = new Map<string, string>();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  /** Counts what becomes of a file: an answer that comes late is ignored. */
  private readonly turns = new Map<string, number>();

  constructor(private readonly options: FeedOptions) {}

  /** The file was opened, switched to or saved. Its text is sent when that has calmed down. */
  touch(source: FeedSource): void {
    clearTimeout(this.timers.get(source.key));
    const timer = setTimeout(() => {
      this.timers.delete(source.key);
      void this.offer(source);
    }, this.options.wait ?? 400);
    this.timers.set(source.key, timer);
  }

  /** The file was closed. */
  close(key: string): void {
    this.turn(key);
    clearTimeout(this.timers.get(key));
    this.timers.delete(key);
    const path = this.known.get(key);
    if (path === undefined) return;
    this.known.delete(key);
    this.options.send({ path, text: null });
  }

  /** The exclusion has changed: take away what must not be known any more. */
  recheck(): void {
    for (const [key, path] of [...this.known]) {
      if (this.options.excludes(path, key)) this.drop(key, path);
      else void this.recheckIgnored(key, path);
    }
  }

  dispose(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  private turn(key: string): number {
    const turn = (this.turns.get(key) ?? 0) + 1;
    this.turns.set(key, turn);
    return turn;
  }

  private async recheckIgnored(key: string, path: string): Promise<void> {
    if ((await this.options.ignores?.(key)) && this.known.has(key)) this.drop(key, path);
  }

  private async offer(source: FeedSource): Promise<void> {
    const turn = this.turn(source.key);
    const verdict = this.options.ignores?.(source.key) ?? false;
    const ignored = typeof verdict === 'boolean' ? verdict : await verdict;
    if (this.turns.get(source.key) !== turn) return;
    if (ignored) this.drop(source.key, source.path);
    else this.send(source);
  }

  /** Take a file away with all that came of it. */
  private drop(key: string, path: string): void {
    this.close(key);
    this.options.forget?.(path);
  }

  private send(source: FeedSource): void {
    const maxLength = this.options.maxLength ?? 200_000;
    const text =
      source.length > maxLength || this.options.excludes(source.path, source.key) ? undefined : source.read();
    if (text === undefined || text.includes('\0')) {
      this.close(source.key);
      return;
    }
    const before = this.known.get(source.key);
    if (before !== undefined && before !== source.path) this.close(source.key);
    this.known.delete(source.key);
    this.known.set(source.key, source.path);
    this.options.send({ path: source.path, text: text.replace(/\r\n?/g, '\n') });
    const [oldest] = this.known.keys();
    if (oldest !== undefined && this.known.size > (this.options.maxFiles ?? 24)) this.close(oldest);
  }
}
