import { Agent, fetch } from 'undici';

const TIMEOUT = 10_000;
/** Keys and metadata of a provider have some kilobytes. */
const MAX_BODY = 1_024 * 1_024;

export interface ProviderFetch {
  readonly fetch: typeof globalThis.fetch;
  close(): Promise<void>;
}

/**
 * The client for the one identity provider that the settings name, for libraries that bring
 * requests along. Whoever runs the server names it, so its address may be private. Redirects are
 * not followed, and where the provider is reached by https nothing goes out in clear.
 */
export function providerFetch(issuer: URL): ProviderFetch {
  const dispatcher = new Agent({
    connect: { timeout: TIMEOUT },
    connections: 8,
    headersTimeout: TIMEOUT,
    bodyTimeout: TIMEOUT,
    maxResponseSize: MAX_BODY,
  });
  const guarded = async (input: unknown, init: object = {}) => {
    const url = new URL(String(input));
    if (url.protocol !== 'https:' && url.origin !== issuer.origin) {
      throw new TypeError(`The identity provider names ${url.origin}, which is not https`);
    }
    return fetch(url, { ...init, redirect: 'manual', dispatcher });
  };
  return {
    fetch: guarded as unknown as typeof globalThis.fetch,
    close: () => dispatcher.destroy(),
  };
}
