import type { EnvHttpProxyAgent, fetch as undiciFetch } from 'undici';
import type { Fetch } from './download.ts';

/**
 * Asks servers as programs of the command line do: through the proxies of `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, with the
 * certificates of `NODE_EXTRA_CA_CERTS`. A token is not sent on where a server sends one elsewhere.
 */
export function proxiedFetch(): Fetch {
  let loading: Promise<{ dispatcher: EnvHttpProxyAgent; fetch: typeof undiciFetch }> | undefined;
  return async (url, { headers, signal }) => {
    // Named only here, so that commands that ask nobody do not load it.
    loading ??= import('undici').then((undici) => ({
      dispatcher: quietly(() => new undici.EnvHttpProxyAgent()),
      fetch: undici.fetch,
    }));
    const { dispatcher, fetch } = await loading;
    const response = await fetch(url, { headers, signal, dispatcher });
    return response as unknown as Response;
  };
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
