/** How the editor reaches servers, as its settings `http.*` say. */
export interface NetworkSettings {
  readonly proxy?: string | undefined;
  /** `off`: extensions use no proxy. */
  readonly proxySupport?: string | undefined;
  readonly noProxy?: readonly string[] | undefined;
  readonly strictSSL?: boolean | undefined;
  readonly systemCertificates?: boolean | undefined;
}

/**
 * Variables with which a program reaches servers as the editor does. Where the settings say nothing none is set, so that what the
 * user has in the environment (`HTTPS_PROXY`, `NODE_EXTRA_CA_CERTS`) counts. Names stand in both cases, since the lower one wins.
 */
export function networkVariables(settings: NetworkSettings): Record<string, string> {
  const { proxy, proxySupport, noProxy, strictSSL, systemCertificates } = settings;
  // Empty is no proxy, whatever the environment has.
  const through = proxySupport === 'off' ? '' : proxy || undefined;
  return {
    ...(through === undefined ? {} : { ...named('HTTPS_PROXY', through), ...named('HTTP_PROXY', through) }),
    ...(noProxy && noProxy.length > 0 ? named('NO_PROXY', noProxy.join(',')) : {}),
    ...(strictSSL === false ? { NODE_TLS_REJECT_UNAUTHORIZED: '0' } : {}),
    ...(systemCertificates === false ? {} : { NODE_USE_SYSTEM_CA: '1' }),
  };
}

function named(name: string, value: string): Record<string, string> {
  return { [name]: value, [name.toLowerCase()]: value };
}

/**
 * The environment in which a program reaches the hub as the editor does; a token that was given in the editor counts before that of
 * the environment.
 */
export function networkEnvironment(
  settings: NetworkSettings,
  token: string | undefined,
  env: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  return { ...env, ...networkVariables(settings), ...(token ? { HF_TOKEN: token } : {}) };
}
