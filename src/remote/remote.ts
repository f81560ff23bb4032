// This folder: a server that completes: what may be sent to it, how it is asked, how its answer is read, and when it is left alone.

import { setTimeout as delay } from 'node:timers/promises';
import { GrowingText } from '../engine/growingText.ts';
import type { ProxiedFetch } from '../network/proxiedFetch.ts';
import { type AnswerPiece, piecesOf } from './answer.ts';
import { lateFailure, networkFailure, type ServerFailure } from './failures.ts';
import { type CursorText, leavingText } from './leaving.ts';
import { Patience } from './patience.ts';
import { bodyOf, headersOf, type Server, type Wanted } from './server.ts';

export interface RemoteJob extends CursorText, Wanted {}

/** What a job at a server came to. */
export type RemoteEnd =
  | {
      readonly type: 'done';
      readonly text: string;
      readonly finish: 'stop' | 'line' | 'length';
      /** Pieces in which the text came, about one for each token. */
      readonly pieces: number;
      /** From the first attempt to the first text, and to the end. */
      readonly millis: { readonly first: number; readonly total: number };
    }
  /** `begun`: whether text had come; else in how many milliseconds none had. */
  | { readonly type: 'cancelled'; readonly begun: boolean; readonly waited: number }
  /** `begun`: whether text of it was handed over. */
  | { readonly type: 'failed'; readonly failure: ServerFailure; readonly begun: boolean }
  /** Nothing was sent, because nothing of this file may be. */
  | { readonly type: 'kept' };

export interface RemoteControl {
  readonly fetch: ProxiedFetch;
  /** Aborted, the connection is closed, so that the server stops. */
  readonly signal: AbortSignal;
  /** Told of text that has become final. */
  readonly onText: (text: string) => void;
  /** Between 0 and 1, for waits that two clients do not share. */
  readonly random?: () => number;
}

const ATTEMPTS = 3;
/** Milliseconds before the second attempt, at most; twice as many before each further one. */
const PAUSE = 200;
/** The longest wait that a server may ask for while somebody waits for it; after that it is left alone, in milliseconds. */
const LONGEST_PAUSE = 1_000;
/** Characters of a token at most: who writes more than was asked for is not read on. */
const TOKEN_CHARS = 64;
/** Milliseconds in which a stream that has said all may end by itself, so that its connection can be used again. */
const DRAIN = 1_000;

/**
 * Complete at a server. It is asked again only as long as it has written nothing, so no text comes twice; its key and what it writes
 * beside its text are in no result. Never rejects.
 */
export async function completeThere(
  server: Server,
  job: RemoteJob,
  control: RemoteControl,
): Promise<RemoteEnd> {
  const leaving = leavingText(job, server.context);
  if (!leaving) return { type: 'kept' };
  const { signal, random = Math.random } = control;
  const answer = new Answer(server, job, control.onText);
  const body = bodyOf(server, server.dialect.fieldsOf(leaving), job);
  const patience = new Patience(signal, server.limits);
  try {
    for (let attempt = 1; ; attempt++) {
      const failure = await attemptOnce(server, body, answer, patience, control);
      if (signal.aborted) return answer.givenUp();
      if (!failure) return answer.end();
      const pause = attempt < ATTEMPTS ? pauseBefore(attempt, failure, random()) : undefined;
      if (answer.begun || pause === undefined) return { type: 'failed', failure, begun: answer.begun };
      await delay(pause, undefined, { signal: patience.signal }).catch(() => undefined);
      if (signal.aborted) return answer.givenUp();
      if (patience.isOver) return { type: 'failed', failure, begun: false };
    }
  } finally {
    patience.end();
  }
}

/** Milliseconds before the next attempt; undefined where none helps. */
function pauseBefore(attempt: number, failure: ServerFailure, random: number): number | undefined {
  if (failure.prospect !== 'again' || (failure.retryAfter ?? 0) > LONGEST_PAUSE) return undefined;
  const backOff = PAUSE * 2 ** (attempt - 1) * (0.5 + random / 2);
  return Math.max(backOff, failure.retryAfter ?? 0);
}

/** Ask once, and read the answer to its end. @returns why it has none */
async function attemptOnce(
  server: Server,
  body: string,
  answer: Answer,
  patience: Patience,
  { fetch }: RemoteControl,
): Promise<ServerFailure | undefined> {
  const { host, url } = server.address;
  const enough = new AbortController();
  const signal = AbortSignal.any([patience.signal, enough.signal]);
  let heard = false;
  try {
    const asked = { method: 'POST', headers: headersOf(server), body, signal, redirect: 'manual' } as const;
    const response = await fetch(url, asked);
    heard = true;
    const pieces = piecesOf(host, response);
    for (;;) {
      const { value, done } = await pieces.next();
      if (done) return undefined;
      if (value.text !== '') patience.heard();
      answer.take(value);
      if (!answer.isComplete) continue;
      // The server has said all that it wants to, or more than is wanted.
      if (value.finish) void drain(pieces, enough);
      else enough.abort();
      return undefined;
    }
  } catch (error) {
    enough.abort();
    return patience.isOver ? lateFailure(host, answer.begun) : networkFailure(host, error, heard);
  }
}

/** Let a stream end by itself, not for long. */
async function drain(pieces: AsyncGenerator<AnswerPiece>, enough: AbortController): Promise<void> {
  const timer = setTimeout(() => enough.abort(), DRAIN);
  timer.unref();
  try {
    for await (const _ of pieces);
  } catch {
    // What had to come has come.
  } finally {
    clearTimeout(timer);
  }
}

/** The text of an answer as it grows. */
class Answer {
  private readonly grown: GrowingText;
  private readonly started = performance.now();
  private finish: 'stop' | 'line' | 'length' | undefined;
  private pieces = 0;
  private chars = 0;
  private first: number | undefined;

  constructor(
    { dialect }: Server,
    private readonly wanted: Wanted,
    private readonly onText: (text: string) => void,
  ) {
    this.grown = new GrowingText({ singleLine: wanted.singleLine, stopStrings: dialect.stops });
  }

  get begun(): boolean {
    return this.first !== undefined;
  }

  get isComplete(): boolean {
    return this.finish !== undefined;
  }

  take({ text, finish }: AnswerPiece): void {
    if (text !== '') {
      this.first ??= performance.now() - this.started;
      this.pieces++;
      this.chars += text.length;
      const end = this.grown.append(text);
      const tooLong = this.chars > TOKEN_CHARS * this.wanted.maxTokens ? 'length' : undefined;
      this.finish = end ?? tooLong;
    }
    // A line that the server was to stop behind does not end the text.
    this.finish ??= finish === 'stop' && this.wanted.singleLine ? 'line' : finish;
    const piece = this.grown.take(this.isComplete);
    if (piece !== '') this.onText(piece);
  }

  givenUp(): RemoteEnd {
    return {
      type: 'cancelled',
      begun: this.begun,
      waited: this.begun ? 0 : performance.now() - this.started,
    };
  }

  end(): RemoteEnd {
    const total = performance.now() - this.started;
    const millis = { first: this.first ?? total, total };
    return {
      type: 'done',
      text: this.grown.text,
      finish: this.finish ?? 'stop',
      pieces: this.pieces,
      millis,
    };
  }
}
