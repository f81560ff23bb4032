import { open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { causeOf, codeOf, UserError } from '../errors.ts';
import { type Digests, digestsOf, type Expected, isExpected } from './hashes.ts';
import { requireSpace, writingTrouble } from './store.ts';

/** What asks a server; the editor's own has its proxies and certificates. */
export type Fetch = (
  url: string,
  init: { headers: Record<string, string>; signal: AbortSignal },
) => Promise<Response>;

export interface Transfer {
  readonly fetch: Fetch;
  readonly signal: AbortSignal;
  /** Told of bytes that have come, those of an earlier attempt included. */
  readonly onBytes?: (bytes: number) => void;
  /** Milliseconds without a byte after which a connection is given up. */
  readonly patience?: number;
  /** Milliseconds before the second attempt; each further one waits twice as long. */
  readonly pause?: number;
}

export interface RemoteFile {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly bytes: number;
  readonly expected: Expected | undefined;
}

const ATTEMPTS = 6;
const PATIENCE = 30_000;
const PAUSE = 1000;
/** Answers after which trying again may help. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

/** A failure that another attempt may not have. */
class Passing extends Error {}

/**
 * Load a file. What has come is kept in `FILE.part`, so that another attempt, also of another day, goes on behind it; the file
 * itself appears when its size and content are right.
 * @throws UserError `download-failed`, `download-refused`, `download-gated`, `download-wrong`, `captive-page`, `disk-full` or `store-unwritable`;
 * the signal's reason once it is aborted.
 */
export async function download(remote: RemoteFile, file: string, transfer: Transfer): Promise<Digests> {
  const { signal, pause = PAUSE } = transfer;
  const part = `${file}.part`;
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    try {
      await loadRest(remote, part, transfer);
      break;
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (!(error instanceof Passing)) throw error;
      if (attempt < ATTEMPTS) await delay(pause * 2 ** (attempt - 1), undefined, { signal });
      else throw failed(remote.url, error);
    }
  }
  const digests = await digestsOf(part, signal);
  if (remote.expected && !isExpected(digests, remote.expected)) {
    await rm(part, { force: true });
    throw new UserError(
      'download-wrong',
      `${remote.url} gave other content than the hub says (${remote.expected.kind}), so it was removed. Try again; if it ` +
        'happens again, something between changes what is loaded.',
    );
  }
  await rename(part, file);
  return digests;
}

function failed(url: string, error: Error): UserError {
  return new UserError(
    'download-failed',
    `${url} could not be loaded: ${error.message}. Try again later: what has come so far is kept.`,
    { cause: error },
  );
}

async function loadRest(remote: RemoteFile, part: string, transfer: Transfer): Promise<void> {
  const had = await sizeOf(part);
  // More than the file has can only be of another one.
  const from = had > remote.bytes ? 0 : had;
  if (from === remote.bytes && had > 0) return transfer.onBytes?.(from);
  await requireSpace(path.dirname(part), remote.bytes - from);
  const watch = new Watch(transfer.signal, transfer.patience ?? PATIENCE);
  try {
    const response = await ask(remote, from, transfer.fetch, watch.signal);
    const start = startOf(response, from);
    transfer.onBytes?.(start);
    await write(response, part, start, remote, watch, transfer.onBytes);
  } catch (error) {
    if (transfer.signal.aborted || error instanceof UserError || error instanceof Passing) throw error;
    throw new Passing(watch.signal.aborted ? 'nothing came for too long' : causeOf(deepest(error)));
  } finally {
    watch.stop();
  }
  if ((await sizeOf(part)) < remote.bytes) throw new Passing('the connection ended early');
}

async function ask(remote: RemoteFile, from: number, fetch: Fetch, signal: AbortSignal): Promise<Response> {
  const range: Record<string, string> = from > 0 ? { range: `bytes=${from}-` } : {};
  const response = await fetch(remote.url, { headers: { ...remote.headers, ...range }, signal });
  if (response.status === 416) return new Response(null, { status: 200 });
  await requireAnswer(response, remote.url);
  return response;
}

/**
 * See that a server gave what was asked for.
 * @throws UserError `download-refused`, `download-gated` or `captive-page`; {@link Passing} where trying again may help.
 */
async function requireAnswer(response: Response, url: string): Promise<void> {
  const { status } = response;
  if (!response.ok) await response.body?.cancel().catch(() => undefined);
  if (PASSING.has(status)) throw new Passing(`the server answers ${status}`);
  if (status === 401 || status === 403) {
    throw new UserError(
      'download-gated',
      `${url} may not be loaded (${status}). If the model is gated, accept its terms on its page and give a token of yours ` +
        '(HF_TOKEN, or the command in the editor).',
    );
  }
  if (!response.ok) {
    throw new UserError(
      'download-refused',
      `${url} cannot be loaded: the server answers ${status}. Check the name of the model, and its revision.`,
    );
  }
  if ((response.headers.get('content-type') ?? '').startsWith('text/html')) {
    await response.body?.cancel().catch(() => undefined);
    throw new UserError(
      'captive-page',
      `In place of ${url} came a web page. Perhaps the network wants a sign-in first: open a page in the browser, and try again.`,
    );
  }
}

/** Read a JSON answer. @throws as {@link download}. */
export async function fetchJson(
  url: string,
  headers: Record<string, string>,
  transfer: Transfer,
): Promise<unknown> {
  for (let attempt = 1; ; attempt++) {
    const watch = new Watch(transfer.signal, transfer.patience ?? PATIENCE);
    try {
      const response = await transfer.fetch(url, { headers, signal: watch.signal });
      await requireAnswer(response, url);
      return await response.json();
    } catch (error) {
      if (transfer.signal.aborted) throw transfer.signal.reason;
      if (error instanceof UserError) throw error;
      const why = watch.signal.aborted ? 'nothing came for too long' : causeOf(deepest(error));
      if (attempt >= ATTEMPTS) throw failed(url, new Error(why));
      await delay((transfer.pause ?? PAUSE) * 2 ** (attempt - 1), undefined, { signal: transfer.signal });
    } finally {
      watch.stop();
    }
  }
}

/** Where an answer begins: servers without ranges begin anew. */
function startOf(response: Response, asked: number): number {
  if (response.status !== 206) return 0;
  const told = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1];
  if (told === undefined || Number(told) !== asked)
    throw new Passing('the server sent another part than was asked for');
  return asked;
}

async function write(
  response: Response,
  part: string,
  start: number,
  { bytes, url }: RemoteFile,
  watch: Watch,
  onBytes: ((bytes: number) => void) | undefined,
): Promise<void> {
  const handle = await open(part, start > 0 ? 'r+' : 'w').catch((error: unknown) => {
    throw writingTrouble(error, part);
  });
  let at = start;
  try {
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      watch.touch();
      if (at + chunk.length > bytes) {
        throw new UserError(
          'download-wrong',
          `${url} is longer than the hub says. Try again, or take another revision.`,
        );
      }
      try {
        await handle.write(chunk, 0, chunk.length, at);
      } catch (error) {
        throw writingTrouble(error, part);
      }
      at += chunk.length;
      onBytes?.(chunk.length);
    }
    await handle.sync().catch(() => undefined);
  } finally {
    await handle.close();
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    const info = await stat(file);
    return info.isFile() ? info.size : 0;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 0;
    throw writingTrouble(error, file);
  }
}

/** What a failure to connect is really about stands in its causes. */
function deepest(error: unknown): unknown {
  let inner = error;
  while (inner instanceof Error && inner.cause !== undefined) inner = inner.cause;
  return inner;
}

/** Aborts when nothing has come for long, or when another signal is aborted. */
class Watch {
  private readonly own = new AbortController();
  readonly signal: AbortSignal;
  private timer: NodeJS.Timeout;

  constructor(
    signal: AbortSignal,
    private readonly patience: number,
  ) {
    this.signal = AbortSignal.any([signal, this.own.signal]);
    this.timer = setTimeout(() => this.own.abort(), patience);
  }

  touch(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.own.abort(), this.patience);
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}
