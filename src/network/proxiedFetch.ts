// This folder: how servers are asked: through which proxies, with which certificates.

import type { Dispatcher, fetch as undiciFetch } from 'undici';

/** What a server is asked. */
interface Asked {
  readonly method?: 'POST';
  readonly headers: Record<string, string>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** `manual`: an answer that leads elsewhere is given as it is, and nobody is asked there. */
  readonly redirect?: 'manual';
}

export type ProxiedFetch = (url: string, asked: Asked) => Promise<Response>;

/**
 * Asks servers as programs of the command line do: through the proxies of `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, with the
 * certificates of `NODE_EXTRA_CA_CERTS`. A token is not sent on where a server sends one elsewhere. Aborting the signal closes
 * the connection.
 * @param ownMachine whether this machine itself is asked through the proxies too; `direct` where what it is sent may not leave it
 */
export function proxiedFetch(ownMachine: 'proxied' | 'direct' = 'proxied'): ProxiedFetch {
  let loading: Promise<{ proxies: Dispatcher; direct: Dispatcher; fetch: typeof undiciFetch }> | undefined;
  return async (url, asked) => {
    // Named only here, so that who asks nobody does not load it.
    loading ??= import('undici').then((undici) => ({
      proxies: quietly(() => new undici.EnvHttpProxyAgent()),
      direct: new undici.Agent(),
      fetch: undici.fetch,
    }));
    const { proxies, direct, fetch } = await loading;
    const dispatcher = ownMachine === 'direct' && isOwnMachine(new URL(url).hostname) ? direct : proxies;
    const response = await fetch(url, { ...asked, dispatcher });
    return response as unknown as Response;
  };
}

/** Whether a host's name means this machine itself, so that nothing that is sent there leaves it. */
export function isOwnMachine(hostname: string): boolean {
  return /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/i.test(hostname);
}

/** The library warns that this class may change, which is for who writes with it and not for who reads its output. */
function quietly<T>(make: () => T): T {
  const warn = process.emitWarning;
  process.emitWarning = () => undefined;
  try {
    return make();
  } finally {
    process.emitWarning = warn;
  }
}
