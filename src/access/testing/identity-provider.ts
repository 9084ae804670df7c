import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import Provider from 'oidc-provider';
import { onTestFinished } from 'vitest';

export const AUDIENCE = 'https://runledger.example/api';
export const CLIENT_ID = 'runledger';
export const CLIENT_SECRET = 'a secret of this test, long enough for anything';

/** A real OpenID provider, whose key the test has too. */
export async function identityProvider(callback: () => string) {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => stop(server));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const groups = new Map<string, string[]>();
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT_ID,
        client_secret: CLIENT_SECRET,
        token_endpoint_auth_method: 'client_secret_post',
        grant_types: ['authorization_code', 'client_credentials'],
        redirect_uris: [callback()],
      },
    ],
    jwks: { keys: [jwk] },
    cookies: { keys: ['a key of this test'] },
    ttl: {
      Interaction: 60,
      Session: 60,
      Grant: 60,
      AccessToken: 60,
      IdToken: 60,
      ClientCredentials: 60,
    },
    conformIdTokenClaims: false,
    claims: { openid: ['sub'], profile: ['preferred_username', 'groups'] },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, preferred_username: id, groups: groups.get(id) ?? [] }),
    }),
    features: {
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({
          scope: 'api',
          audience: AUDIENCE,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  });
  server.on('request', provider.callback());
  return {
    ...{ issuer, groups, publicKey },
    /** A token as the provider itself would make it, but for what is changed. */
    sign: (claims: JWTPayload, header = { alg: 'RS256', kid: 'k1' }, key = privateKey) =>
      new SignJWT(claims).setProtectedHeader(header).sign(key),
    /** @returns the token that a service gets for itself */
    serviceToken: async () => {
      const answer = await fetch(`${issuer}/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: CLIENT_ID,
          client_secret: CLIENT_SECRET,
          resource: AUDIENCE,
          scope: 'api',
        }),
      });
      const { access_token } = (await answer.json()) as { access_token: string };
      return access_token;
    },
    stop: () => stop(server),
  };
}

function stop(server: Server): void {
  server.closeAllConnections();
  server.close();
}
