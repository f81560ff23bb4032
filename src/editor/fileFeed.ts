import type { FileParams } from '../worker/protocol.ts';

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
  readonly excludes: (path: string) => boolean;
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

  constructor(private readonly options: FeedOptions) {}

  /** The file was opened, switched to or saved. Its text is sent when that has calmed down. */
  touch(source: FeedSource): void {
    clearTimeout(this.timers.get(source.key));
    const timer = setTimeout(() => {
      this.timers.delete(source.key);
      this.send(source);
    }, this.options.wait ?? 400);
    this.timers.set(source.key, timer);
  }

  /** The file was closed. */
  close(key: string): void {
    clearTimeout(this.timers.get(key));
    this.timers.delete(key);
    const path = this.known.get(key);
    if (path === undefined) return;
    this.known.delete(key);
    this.options.send({ path, text: null });
  }

  /** The exclusion has changed: take away what must not be known any more. */
  recheck(): void {
    for (const [key, path] of [...this.known]) if (this.options.excludes(path)) this.close(key);
  }

  dispose(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  private send(source: FeedSource): void {
    const maxLength = this.options.maxLength ?? 200_000;
    const text = source.length > maxLength || this.options.excludes(source.path) ? undefined : source.read();
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
