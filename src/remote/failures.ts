import { codeOf } from '../errors.ts';

/** Why a server gave no answer, or no whole one. */
export type ServerReason =
  | 'remote-unreachable'
  | 'remote-certificate'
  | 'remote-key'
  | 'remote-missing'
  | 'remote-refused'
  | 'remote-busy'
  | 'remote-error'
  | 'remote-elsewhere'
  | 'remote-page'
  | 'remote-malformed'
  | 'remote-cut'
  | 'remote-slow'
  | 'remote-stalled';

/**
 * A failure of the server or of the way to it. Its sentence is made here: what a server writes may repeat the key or the text, and
 * is shown nowhere.
 */
export class ServerFailure extends Error {
  override readonly name = 'ServerFailure';

  constructor(
    readonly reason: ServerReason,
    message: string,
    /** `again`: it may be gone in a moment; `lasting`: not before somebody does something. */
    readonly prospect: 'again' | 'later' | 'lasting',
    /** Milliseconds that the server wants to be left alone. */
    readonly retryAfter?: number,
  ) {
    super(message);
  }
}

/** The longest wait that a server can ask for, in milliseconds. */
const LONGEST_WAIT = 600_000;

/** The failure for an answer that is none, by its status; undefined where it is one. */
export function statusFailure(host: string, { status, headers }: Response): ServerFailure | undefined {
  if (status === 200) return undefined;
  const wait = retryAfterOf(headers.get('retry-after'));
  const said = `${host} answers with ${status}`;
  if (status === 401 || status === 403 || status === 407) {
    const sentence = `${said}: it wants a key, or another one. Give it with «Slipstream: Set Server Key».`;
    return new ServerFailure('remote-key', sentence, 'lasting');
  }
  if (status === 404 || status === 405) {
    const sentence = `${said}: it has no completions there, or no such model. Check slipstream.remote.url and slipstream.remote.model.`;
    return new ServerFailure('remote-missing', sentence, 'lasting');
  }
  if (status >= 300 && status < 400) {
    const sentence = `${said} and sends elsewhere, which is not followed. Sign in to the network, or name the right address.`;
    return new ServerFailure('remote-elsewhere', sentence, 'lasting');
  }
  if (status === 429 || status === 503) {
    return new ServerFailure('remote-busy', `${said}: it has too much to do.`, 'again', wait);
  }
  if (status >= 500 || status === 408 || status === 425) {
    return new ServerFailure('remote-error', `${said}: it has a fault.`, 'again', wait);
  }
  if (status < 300) return wrongPage(host);
  const sentence = `${said}: it does not take the request. Check slipstream.remote.model, slipstream.remote.fim and slipstream.remote.context.`;
  return new ServerFailure('remote-refused', sentence, 'later');
}

/** The failure for an answer that is something else than a stream of completions. */
export function wrongPage(host: string): ServerFailure {
  const sentence = `${host} answers with something else than a stream of completions. Check slipstream.remote.url, and whether the network wants a sign-in first.`;
  return new ServerFailure('remote-page', sentence, 'lasting');
}

/** Codes of certificates that are not trusted. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|ERR_TLS|ERR_SSL|EPROTO/;

/** The failure for anything that was thrown while a server was asked. @param heard whether it had begun to answer */
export function networkFailure(host: string, error: unknown, heard: boolean): ServerFailure {
  if (error instanceof ServerFailure) return error;
  const code = codeOf(error) ?? codeOf(error instanceof Error ? error.cause : undefined) ?? '';
  if (CERTIFICATE.test(code)) {
    const sentence = `The certificate of ${host} is not trusted (${code}). Name the file of your own authority in NODE_EXTRA_CA_CERTS.`;
    return new ServerFailure('remote-certificate', sentence, 'lasting');
  }
  if (heard) return cutOff(host);
  const sentence = `${host} cannot be reached${code === '' ? '' : ` (${code})`}. Check slipstream.remote.url and the network.`;
  return new ServerFailure('remote-unreachable', sentence, 'again');
}

/** The failure for a stream that ended before its end. */
export function cutOff(host: string): ServerFailure {
  return new ServerFailure('remote-cut', `The connection to ${host} was cut while it answered.`, 'again');
}

/** Milliseconds of a `Retry-After`: seconds, or a date (RFC 9110, 10.2.3). */
function retryAfterOf(text: string | null): number | undefined {
  if (text === null) return undefined;
  const millis = /^\s*\d+\s*$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isNaN(millis) ? undefined : Math.min(LONGEST_WAIT, Math.max(0, millis));
}

/** The failure for a server that takes too long. @param begun whether it had written some text */
export function lateFailure(host: string, begun: boolean): ServerFailure {
  return begun
    ? new ServerFailure('remote-stalled', `${host} stopped in the middle of its answer.`, 'later')
    : new ServerFailure(
        'remote-slow',
        `${host} did not answer in time (slipstream.remote.timeout).`,
        'later',
      );
}
