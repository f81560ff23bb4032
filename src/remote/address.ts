import { UserError } from '../errors.ts';
import { isOwnMachine } from '../network/proxiedFetch.ts';

/** Where completions are asked for. */
export interface Address {
  readonly url: string;
  /** Host and port, for people. */
  readonly host: string;
  /** Scheme, host and port: what a key belongs to. */
  readonly origin: string;
  /** Whether what is sent can be read on its way. */
  readonly open: boolean;
}

/**
 * The address of a server's completions: what the user names may be the server, its `/v1`, or the whole address.
 * @throws UserError `remote-url` that says what is wrong with it; of the text itself it shows nothing, since it may hold a password.
 */
export function addressOf(text: string): Address {
  const url = parsed(text.trim());
  if (!url || !/^https?:$/.test(url.protocol) || url.hostname === '') {
    throw wrong('is no address of a server. Write it as https://server.example:8000/v1.');
  }
  if (url.username !== '' || url.password !== '') {
    throw wrong(
      'holds a name or a password. Take them out, and give the key with «Slipstream: Set Server Key».',
    );
  }
  const path = url.pathname.replace(/\/+$/, '');
  if (path.endsWith('/chat/completions')) {
    throw wrong(
      'names chat completions, which write answers and no code. Name the server itself, or its /v1/completions.',
    );
  }
  url.hash = '';
  url.pathname = path.endsWith('/completions') ? path : `${path.replace(/\/v1$/, '')}/v1/completions`;
  const open = url.protocol === 'http:' && !isOwnMachine(url.hostname);
  return { url: url.href, host: url.host, origin: url.origin, open };
}

/** Refuse to send a key where others can read it. @throws UserError `remote-unencrypted`. */
export function requireSafeKey({ host, open }: Address, key: string): void {
  if (key === '' || !open) return;
  throw new UserError(
    'remote-unencrypted',
    `The key for ${host} is not sent, because http can be read on the way. Use an address with https, or take the key away.`,
  );
}

function parsed(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function wrong(what: string): UserError {
  return new UserError('remote-url', `The address of the server (slipstream.remote.url, --remote) ${what}`);
}
