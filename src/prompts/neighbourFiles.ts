import { type NeighbourFile, windowsOf } from './neighbours.ts';

/** Characters of a file that are looked at; a longer one is a table or generated. */
const MOST_OF_A_FILE = 60_000;

/** The files that snippets may come from, newest first and bounded in size: the oldest go. */
export class NeighbourFiles implements Iterable<NeighbourFile> {
  /** Oldest first. */
  private readonly files = new Map<string, NeighbourFile & { readonly size: number }>();
  private size = 0;

  /** @param capacity characters of all files together; looking through a million takes some milliseconds. */
  constructor(private readonly capacity = 1_000_000) {}

  /** Take the newest text of a file; that makes it the newest file. */
  put(path: string, text: string): void {
    this.remove(path);
    const shown = text.slice(0, MOST_OF_A_FILE);
    this.files.set(path, { path, windows: windowsOf(shown), size: shown.length });
    this.size += shown.length;
    for (const [oldest] of this.files) {
      if (this.size <= this.capacity) break;
      this.remove(oldest);
    }
  }

  remove(path: string): void {
    this.size -= this.files.get(path)?.size ?? 0;
    this.files.delete(path);
  }

  has(path: string): boolean {
    return this.files.has(path);
  }

  [Symbol.iterator](): Iterator<NeighbourFile> {
    return [...this.files.values()].reverse()[Symbol.iterator]();
  }
}
