import type { FileParams, IndexParams, IndexResult } from '../../worker/protocol.ts';

/** Files and characters of one message: some tens of milliseconds of the worker's time. */
const CHUNK = { files: 16, chars: 60_000 };

export interface WorkspaceFeedOptions {
  /** Resolves when the files are in the index; with undefined when there is no worker. */
  readonly send: (params: IndexParams) => Promise<IndexResult | undefined>;
  /** The text of a file; undefined when it is not to be read any more. */
  readonly read: (path: string) => Promise<string | undefined>;
  /** Resolves when nothing more important is to do. */
  readonly quiet: () => Promise<void>;
  readonly log: (line: string) => void;
}

/**
 * Feeds files of the workspace to the worker, some at a time, each time after the ones before are in the index and
 * nothing else is to do. Ends when the index is full; from then on only files that it holds are kept up to date.
 */
export class WorkspaceFeed {
  /** What is to be sent, first first. */
  private queue = new Set<string>();
  /** What the worker was told of. */
  private readonly known = new Set<string>();
  private full = false;
  private off = false;
  private running = false;
  private disposed = false;
  /** Counts workers: what an older one answers is ignored. */
  private worker = 0;

  constructor(private readonly options: WorkspaceFeedOptions) {}

  /**
   * These are the files of the workspace, the most wanted first; whatever else was sent is taken away. What was sent
   * is not sent again: {@link changed} tells of its changes.
   */
  fill(paths: readonly string[]): void {
    this.full = false;
    const wanted = new Set(paths);
    const gone = [...this.known].filter((path) => !wanted.has(path));
    this.queue = new Set([...gone, ...paths.filter((path) => !this.known.has(path))]);
    this.wake();
  }

  /** A file was changed or created. */
  changed(path: string): void {
    if (this.full && !this.known.has(path)) return;
    // What is being worked on comes before the rest.
    this.queue = new Set([path, ...this.queue]);
    this.wake();
  }

  /** Files were deleted, or must not be known any more. */
  removed(holds: (path: string) => boolean): void {
    const gone = [...this.known, ...this.queue].filter(holds);
    if (gone.length === 0) return;
    this.queue = new Set([...gone, ...this.queue]);
    this.wake();
  }

  /** There is a new worker, which knows nothing. */
  forget(): void {
    this.worker++;
    this.known.clear();
    this.queue.clear();
    this.full = false;
    this.off = false;
  }

  dispose(): void {
    this.disposed = true;
    this.queue.clear();
  }

  private wake(): void {
    void this.run().catch((error: unknown) => this.options.log(`The workspace index stopped: ${error}`));
  }

  private async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    try {
      let sent = 0;
      while (this.queue.size > 0 && !this.disposed && !this.off) {
        await this.options.quiet();
        const files = await this.chunk();
        if (files.length === 0) continue;
        const { worker } = this;
        const result = await this.options.send({ files });
        if (worker !== this.worker) continue;
        if (!result) {
          // The start of the next worker fills anew.
          this.forget();
          return;
        }
        sent += files.length;
        this.note(files, result);
        if (this.queue.size === 0) {
          this.options.log(`Workspace index: ${sent} files sent, ${result.texts} texts held.`);
        }
      }
    } finally {
      this.running = false;
    }
  }

  /** The next files with their texts; those that are not wanted any more are to be taken away. */
  private async chunk(): Promise<FileParams[]> {
    const files: FileParams[] = [];
    let chars = 0;
    while (files.length < CHUNK.files && chars < CHUNK.chars) {
      const [path] = this.queue;
      if (path === undefined) break;
      this.queue.delete(path);
      const text = await this.options.read(path);
      if (text === undefined && !this.known.has(path)) continue;
      files.push({ path, text: text?.replace(/\r\n?/g, '\n') ?? null });
      chars += text?.length ?? 0;
    }
    return files;
  }

  private note(files: readonly FileParams[], { state, tokens, capacity }: IndexResult): void {
    for (const { path, text } of files) {
      if (text === null) this.known.delete(path);
      else this.known.add(path);
    }
    if (state === 'off') this.off = true;
    if (state !== 'full' || this.full) return;
    this.full = true;
    this.queue = new Set([...this.queue].filter((path) => this.known.has(path)));
    const share = Math.round((100 * tokens) / capacity);
    this.options.log(`The workspace index is full (${tokens} tokens, ${share} %); older files are left out.`);
  }
}
