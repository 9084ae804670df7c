import { expect, it, onTestFinished } from 'vitest';
import { type OidcConfig, oidcConfig } from '../../platform/config/access-config.js';
import { providerFetch } from '../../platform/outgoing/provider-fetch.js';
import { CLIENT_ID, CLIENT_SECRET, identityProvider } from '../testing/identity-provider.js';
import { OidcProvider } from './oidc-provider.js';

const CALLBACK = 'http://127.0.0.1/oidc/callback';

/** A provider whose token endpoint answers as it is told, in place of the real answer. */
async function withAnswer(answer: () => Response | Promise<Response>) {
  const { issuer } = await identityProvider(() => CALLBACK);
  const config = oidcConfig({
    oidcIssuer: issuer,
    oidcClientId: CLIENT_ID,
    oidcClientSecret: CLIENT_SECRET,
    oidcRedirectUrl: CALLBACK,
  }) as OidcConfig;
  const outgoing = providerFetch(config.issuer);
  onTestFinished(() => outgoing.close());
  const fetch = async (input: Parameters<typeof globalThis.fetch>[0], init?: RequestInit) =>
    String(input).endsWith('/token') ? answer() : outgoing.fetch(input, init);
  const provider = new OidcProvider(config, fetch as typeof globalThis.fetch, Date.now);
  const { journey } = await provider.begin();
  const search = new URLSearchParams({ code: 'x', state: journey.state, iss: issuer });
  return provider.finish(String(search), journey);
}

it.each([
  ['a proxy that reaches nobody', () => new Response('<h1>Bad gateway</h1>', { status: 502 })],
  ['a provider that fails', () => Response.json({ error: 'server_error' }, { status: 500 })],
  ['a connection that breaks', () => Promise.reject(new TypeError('fetch failed'))],
])('a sign-in is unavailable with %s', async (_, answer) => {
  await expect(withAnswer(answer)).rejects.toMatchObject({ status: 503 });
});

it.each([
  ['a code that is used', () => Response.json({ error: 'invalid_grant' }, { status: 400 })],
  ['an answer that is none', () => new Response('hello', { status: 200 })],
  ['an answer without an identity', () => Response.json({ access_token: 'x', token_type: 'b' })],
])('a sign-in is not believed with %s', async (_, answer) => {
  expect(await withAnswer(answer)).toBeUndefined();
});
