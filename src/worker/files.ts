import type { SuffixIndex } from '../engine/drafts/copying/suffixIndex.ts';
import type { NeighbourFiles } from '../prompts/neighbourFiles.ts';
import { headText } from '../prompts/window.ts';
import { withoutSecrets } from '../secrets/scan.ts';
import type { AcceptedParams, FileParams, ForgetParams, IndexResult } from './protocol.ts';

/** Characters that are tokenized at a stretch: a few milliseconds' worth. */
const PIECE_CHARS = 4096;
/** Share of the index that files of the workspace may fill; the rest is for open files and accepted text. */
const WORKSPACE_SHARE = 0.7;

/** Where texts go, there when a model is. */
export interface TextPlaces {
  readonly index: SuffixIndex;
  /** Open files that snippets may come from. */
  readonly neighbours: NeighbourFiles;
  readonly encode: (text: string) => readonly number[];
  /** Whether files of the workspace that are not open are wanted. */
  readonly workspace: boolean;
}

interface WorkspaceRequest {
  readonly files: readonly FileParams[];
  readonly answer: (result: IndexResult) => void;
}

/**
 * Takes texts over into the index, one after the other and in pieces, so that no job has to wait for it. Open files
 * come first; those of the workspace only while nothing else is to do.
 */
export class TextTaker {
  /** Open files that are not taken yet; the newest text of each, null for one that was closed. */
  private readonly opened = new Map<string, string | null>();
  /** Names of the files that are open: their text is newer than the workspace's. */
  private readonly open = new Set<string>();
  private readonly accepted: AcceptedParams[] = [];
  private readonly requests: WorkspaceRequest[] = [];
  private acceptedCount = 0;
  /** Names in the index of the texts that were accepted, and the files that they are in. */
  private readonly acceptedNames = new Map<string, string>();
  /** Files of which nothing may be known any more. */
  private readonly forgotten = new Set<string>();
  private places: TextPlaces | undefined;
  private taking = false;

  /** @param quiet resolves when no job runs */
  constructor(private readonly quiet: () => Promise<void>) {}

  /** Begin to take; what was told of before waits until now. */
  start(places: TextPlaces): void {
    this.places = places;
    void this.take();
  }

  file({ path, text }: FileParams): void {
    this.opened.set(path, text);
    if (text === null) this.open.delete(path);
    else this.open.add(path);
    this.wake();
  }

  /** Nothing of these files may be copied from any more: neither what they hold nor what was accepted in them. */
  forget({ paths }: ForgetParams): void {
    for (const path of paths) this.forgotten.add(path);
    for (const [i, { files, answer }] of this.requests.entries()) {
      this.requests[i] = { files: files.filter((file) => !paths.includes(file.path)), answer };
    }
    this.wake();
  }

  accept(params: AcceptedParams): void {
    this.accepted.push(params);
    this.wake();
  }

  /** Answered when all files are in the index, or it is full. */
  workspace(files: readonly FileParams[]): Promise<IndexResult> {
    return new Promise((answer) => {
      this.requests.push({ files, answer });
      this.wake();
    });
  }

  private wake(): void {
    // Not at once: the message that follows may be a job.
    setImmediate(() => void this.take());
  }

  private async take(): Promise<void> {
    if (this.taking || !this.places) return;
    this.taking = true;
    try {
      while (await this.takeNext(this.places));
    } finally {
      this.taking = false;
    }
  }

  /** Take what is most urgent; false when nothing is left. */
  private async takeNext(places: TextPlaces): Promise<boolean> {
    // While a job runs the index stays as it is: the target may copy from it.
    if (this.accepted.length > 0 || this.opened.size > 0 || this.forgotten.size > 0) await this.quiet();
    if (this.forgotten.size > 0) {
      this.takeAway(places);
      return true;
    }
    const accepted = this.accepted.shift();
    if (accepted) {
      const name = `accepted ${this.acceptedCount++} in ${accepted.path}`;
      this.acceptedNames.set(name, accepted.path);
      places.index.put(name, places.encode(withoutSecrets(accepted.text)));
      return true;
    }
    const [opened] = this.opened;
    if (opened) {
      const [name, text] = opened;
      this.opened.delete(name);
      const shown = text === null ? null : withoutSecrets(text);
      if (shown === null) places.neighbours.remove(name);
      else places.neighbours.put(name, shown);
      await this.put(places, name, shown, this.quiet);
      return true;
    }
    const request = this.requests.shift();
    if (!request) return false;
    request.answer(await this.takeWorkspace(places, request.files));
    return true;
  }

  private takeAway({ index, neighbours }: TextPlaces): void {
    for (const path of this.forgotten) {
      this.opened.delete(path);
      this.open.delete(path);
      neighbours.remove(path);
      index.remove(path);
    }
    for (const [name, path] of this.acceptedNames) {
      if (!this.forgotten.has(path)) continue;
      index.remove(name);
      this.acceptedNames.delete(name);
    }
    const left = this.accepted.filter(({ path }) => !this.forgotten.has(path));
    this.accepted.splice(0, this.accepted.length, ...left);
    this.forgotten.clear();
  }

  private async takeWorkspace(places: TextPlaces, files: readonly FileParams[]): Promise<IndexResult> {
    const { index } = places;
    let state: IndexResult['state'] = places.workspace ? 'taken' : 'off';
    for (const { path: name, text } of files) {
      if (this.open.has(name)) continue;
      const fits = index.has(name) || index.size < WORKSPACE_SHARE * index.capacity;
      if (text !== null && state === 'taken' && !fits) state = 'full';
      if (text !== null && !(places.workspace && fits)) continue;
      await this.put(places, name, text === null ? null : withoutSecrets(text), this.quiet);
    }
    return { state, texts: index.count, tokens: index.size, capacity: index.capacity };
  }

  /** Index a text, or take it away; `pause` between its pieces. */
  private async put(
    { index, encode }: TextPlaces,
    name: string,
    text: string | null,
    pause: () => Promise<unknown>,
  ): Promise<void> {
    if (text === null) {
      index.remove(name);
      return;
    }
    const tokens: number[] = [];
    for (let from = 0; from < text.length; ) {
      await pause();
      const piece = headText(text.slice(from), PIECE_CHARS);
      for (const token of encode(piece)) tokens.push(token);
      from += piece.length;
    }
    await pause();
    for (const _ of index.putInSteps(name, tokens)) await pause();
  }
}
