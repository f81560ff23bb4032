import type { SamplingOptions } from '../engine/sampling.ts';
import { type Address, addressOf, requireSafeKey } from './address.ts';
import { type Dialect, dialectOf, type PromptFields } from './dialects.ts';
import type { Limits } from './patience.ts';

/** How a server is named by settings and options. */
export interface ServerOptions {
  readonly url: string;
  /** What the server calls the model; empty where it has one alone. */
  readonly model: string;
  /** Empty for a server that wants none. */
  readonly key: string;
  /** How it is told of the text after the cursor: one of `DIALECTS`. */
  readonly fim: string;
  /** Most characters around the cursor that are sent. */
  readonly context: number;
  /** Milliseconds that it may take for its first text. */
  readonly timeout: number;
}

/** A server that completes. */
export interface Server {
  readonly address: Address;
  readonly model: string;
  readonly key: string;
  readonly dialect: Dialect;
  readonly context: number;
  readonly limits: Limits;
}

/** Milliseconds between two pieces of text after which a server is given up. */
const NEXT_PIECE = 10_000;

/** @throws UserError `remote-url`, `remote-unencrypted`. */
export function serverOf({ url, model, key, fim, context, timeout }: ServerOptions): Server {
  const address = addressOf(url);
  requireSafeKey(address, key);
  const limits = { first: timeout, next: NEXT_PIECE };
  return { address, model, key, dialect: dialectOf(fim, model), context, limits };
}

/** How long a text is wanted, and how its tokens are chosen: greedily without sampling. */
export interface Wanted {
  readonly singleLine: boolean;
  readonly maxTokens: number;
  readonly sampling?: SamplingOptions | undefined;
}

/** Headers of a request. */
export function headersOf({ key }: Server): Record<string, string> {
  return {
    'content-type': 'application/json',
    accept: 'text/event-stream',
    ...(key === '' ? {} : { authorization: `Bearer ${key}` }),
  };
}

/** The body of a request, of fields that all servers of this interface know. */
export function bodyOf({ model }: Server, fields: PromptFields, wanted: Wanted): string {
  const { singleLine, maxTokens, sampling } = wanted;
  return JSON.stringify({
    ...(model === '' ? {} : { model }),
    ...fields,
    max_tokens: maxTokens,
    ...(sampling
      ? { temperature: sampling.temperature, top_p: sampling.topP, seed: sampling.seed }
      : { temperature: 0 }),
    ...(singleLine ? { stop: ['\n'] } : {}),
    stream: true,
  });
}
