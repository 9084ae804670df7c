import type { JWTPayload } from 'jose';
import { describe, expect, it } from 'vitest';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { noWatch, type SignInWatch } from '../sign-in/sign-in-watch.js';
import { AUDIENCE, identityProvider } from '../testing/identity-provider.js';
import { oidcOn } from '../testing/oidc-on.js';
import { requestWith, signInOn, TestClock } from '../testing/sign-in-on.js';

const unauthenticated = { status: 401, code: 'UNAUTHENTICATED' };
const denied = { status: 403, code: 'PERMISSION_DENIED' };

describe('a JWT of the provider', () => {
  forEachDatabase((open) => {
    async function withService() {
      const database = await open();
      const clock = new TestClock();
      clock.time = Date.now();
      const provider = await identityProvider(() => 'http://127.0.0.1/oidc/callback');
      const told: string[] = [];
      const watch: SignInWatch = {
        ...noWatch,
        failed: async (_, method, who, why) => {
          told.push(`${method} ${who}: ${why}`);
        },
      };
      const jwts = oidcOn(database, clock, provider.issuer, {}, watch);
      const on = signInOn(database, clock, { jwts, watch });
      const exp = Math.floor(clock.now() / 1_000) + 300;
      const good = { iss: provider.issuer, aud: AUDIENCE, sub: 'svc', exp };
      const bring = async (claims: JWTPayload, header: { typ?: string } = {}) => {
        const signed = { alg: 'RS256', kid: 'k1', ...header };
        const token = await provider.sign({ ...good, ...claims }, signed);
        return on.identify({ Authorization: `Bearer ${token}` });
      };
      return { bring, clock, jwts, told };
    }

    it('is held to the scopes of ours that it names, and to nothing where it names none', async () => {
      const { bring, clock } = await withService();
      expect(await bring({})).not.toHaveProperty('scopes');
      expect(await bring({ scope: 'openid api admin' })).not.toHaveProperty('scopes');
      expect(await bring({ scope: 'api runledger:read' })).toMatchObject({ scopes: ['read'] });
      const several = { scp: ['runledger:registry', 'runledger:write'] };
      expect(await bring(several)).toMatchObject({ scopes: ['write', 'registry'] });
      // Those of another release give nothing.
      expect(await bring({ scope: 'runledger:everything' })).toMatchObject({ scopes: [] });
      clock.pass(2_000);
      expect(await bring({ scope: 'api runledger:read' })).toMatchObject({ scopes: ['read'] });
    });

    it('is an access token that anybody may bear, and nothing else that is signed', async () => {
      const { bring } = await withService();
      for (const typ of ['JWT', 'at+jwt', 'application/at+JWT']) {
        expect(await bring({}, { typ }), typ).toMatchObject({ name: 'svc' });
      }
      for (const typ of ['logout+jwt', 'dpop+jwt', 'secevent+jwt', 'token-introspection+jwt']) {
        await expect(bring({}, { typ }), typ).rejects.toMatchObject(unauthenticated);
      }
      const signOut = { 'http://schemas.openid.net/event/backchannel-logout': {} };
      await expect(bring({ events: signOut })).rejects.toMatchObject(unauthenticated);
      await expect(bring({ cnf: { jkt: 'x' } })).rejects.toMatchObject(unauthenticated);
    });

    it('that this server refuses is told of, as is a browser that comes from nowhere', async () => {
      const { bring, told, jwts } = await withService();
      await bring({ sub: '1', preferred_username: 'carol' });
      const other = bring({ sub: '2', preferred_username: 'carol' });
      await expect(other).rejects.toMatchObject(denied);
      const callback = requestWith({ Cookie: 'runledger_oidc=x' });
      callback.url = '/oidc/callback?code=x&state=y';
      const origin = { address: '203.0.113.9', userAgent: '', requestId: '' };
      await expect(jwts.finish(callback, false, origin)).rejects.toMatchObject(unauthenticated);
      expect(told).toEqual([
        "jwt 2: The account 'carol' belongs to somebody else at the provider",
        expect.stringMatching(/^jwt : The sign-in at the provider is not valid/),
      ]);
    });

    it('names nobody who could be taken for somebody else', async () => {
      const { bring } = await withService();
      for (const preferred_username of [' admin', 'admin ', 'ad\u2028min', 'ad\u202emin']) {
        const named = bring({ sub: preferred_username, preferred_username });
        await expect(named, preferred_username).rejects.toMatchObject(denied);
      }
    });
  });
});
