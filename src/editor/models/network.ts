/** How the editor reaches servers, as its settings `http.*` say. */
export interface NetworkSettings {
  readonly proxy?: string | undefined;
  readonly noProxy?: readonly string[] | undefined;
  readonly strictSSL?: boolean | undefined;
  readonly systemCertificates?: boolean | undefined;
}

/**
 * The environment in which a program reaches servers as the editor does. What the user has set there (`HTTPS_PROXY`,
 * `NODE_EXTRA_CA_CERTS`, `HF_ENDPOINT`, `HF_TOKEN`) counts where the settings say nothing; a token that was given in the editor
 * counts before that of the environment.
 */
export function networkEnvironment(
  settings: NetworkSettings,
  token: string | undefined,
  env: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  const { proxy, noProxy, strictSSL, systemCertificates } = settings;
  return {
    ...env,
    ...(proxy ? { HTTPS_PROXY: proxy, HTTP_PROXY: proxy } : {}),
    ...(noProxy && noProxy.length > 0 ? { NO_PROXY: noProxy.join(',') } : {}),
    ...(strictSSL === false ? { NODE_TLS_REJECT_UNAUTHORIZED: '0' } : {}),
    ...(systemCertificates === false ? {} : { NODE_USE_SYSTEM_CA: '1' }),
    ...(token ? { HF_TOKEN: token } : {}),
  };
}
