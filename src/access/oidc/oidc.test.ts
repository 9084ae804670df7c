import { exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { AUDIENCE, identityProvider } from '../testing/identity-provider.js';
import { oidcOn } from '../testing/oidc-on.js';
import { pagesOn, Visitor } from '../testing/pages-on.js';
import { signInOn, TestClock } from '../testing/sign-in-on.js';

const unauthenticated = { status: 401, code: 'UNAUTHENTICATED' };
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

/** The provider speaks by the time of day, so this clock does too until it is moved. */
function clockOfToday(): TestClock {
  const clock = new TestClock();
  clock.time = Date.now();
  return clock;
}

async function addRoles(database: Database): Promise<void> {
  await database.write(async (tx) => {
    for (const name of ['lead', 'auditor', 'own']) {
      await tx.run({
        sql: 'insert into roles (workspace, name) values (?, ?)',
        bindings: ['default', name],
      });
    }
  });
}

async function rolesOf(database: Database, username: string): Promise<string[]> {
  const rows = await database.read.all<{ name: string; source: string }>({
    sql:
      'select r.name, ur.source from user_roles ur join roles r on r.id = ur.role_id ' +
      'join users u on u.id = ur.user_id where u.username = ? order by r.name',
    bindings: [username],
  });
  return rows.map(({ name, source }) => `${name} ${source}`);
}

describe('sign-in at an identity provider', () => {
  forEachDatabase((open) => {
    async function withProvider(settings = {}) {
      const database = await open();
      await addRoles(database);
      const clock = clockOfToday();
      let home = 'http://127.0.0.1';
      let provider: Awaited<ReturnType<typeof identityProvider>> | undefined;
      const on = await pagesOn(database, clock, {
        oidc: async (url) => {
          home = url;
          provider = await identityProvider(() => `${home}/oidc/callback`);
          const redirect = { oidcRedirectUrl: `${home}/oidc/callback` };
          return oidcOn(database, clock, provider.issuer, { ...redirect, ...settings });
        },
      });
      if (provider === undefined) throw new Error('There is no provider');
      return { database, clock, provider, ...on };
    }

    /** Signs in at the provider's own pages; @returns where the provider sends the browser. */
    async function atProvider(visitor: Visitor, from: string, login: string): Promise<string> {
      let url = from;
      for (let step = 0; step < 12; step += 1) {
        const page = await visitor.get(url);
        const location = page.headers.get('location');
        if (location !== null) {
          url = new URL(location, url).href;
          if (url.includes('/oidc/callback')) return url;
          continue;
        }
        const action = /action="([^"]+)"/.exec(await page.text())?.[1] ?? '';
        const fields = action.includes('confirm') ? { prompt: 'consent' } : {};
        const prompt = page.url.includes('interaction')
          ? { prompt: 'login', login, password: 'x' }
          : {};
        const isConsent = step > 3;
        const sent = await visitor.post(new URL(action, url).href, {
          ...prompt,
          ...fields,
          ...(isConsent ? { prompt: 'consent' } : {}),
        });
        url = new URL(sent.headers.get('location') ?? '', url).href;
      }
      throw new Error(`The provider leads nowhere: ${url}`);
    }

    it('leads a browser there and back, makes the account, and gives and takes its roles', async () => {
      const { url, provider, database } = await withProvider();
      provider.groups.set('carol', ['leads', 'auditors', 'others']);
      const visitor = new Visitor();
      const page = await (await visitor.get(`${url}/setup`)).text();
      expect(page).toContain('Set-up token');
      const left = await visitor.get(`${url}/oidc/login?next=/get-artifact`);
      const away = left.headers.get('location') ?? '';
      expect(away).toContain('code_challenge_method=S256');
      const back = await atProvider(visitor, away, 'carol');
      const entered = await visitor.get(back);
      expect([entered.status, entered.headers.get('location')]).toEqual([303, '/get-artifact']);
      expect(await (await visitor.get(url)).json()).toEqual({ name: 'carol', method: 'session' });
      expect(await rolesOf(database, 'carol')).toEqual(['auditor oidc', 'lead oidc']);

      // The code is used, and the journey is over.
      expect((await visitor.get(back)).status).toBe(401);

      await database.write((tx) =>
        tx.run({
          sql:
            'insert into user_roles (user_id, role_id, source) ' +
            "select u.id, r.id, 'direct' from users u, roles r where u.username = ? and r.name = ?",
          bindings: ['carol', 'own'],
        }),
      );
      provider.groups.set('carol', ['auditors', 'admins']);
      const again = await visitor.get(`${url}/oidc/login`);
      await visitor.get(await atProvider(visitor, again.headers.get('location') ?? '', 'carol'));
      expect(await rolesOf(database, 'carol')).toEqual(['auditor oidc', 'own direct']);
      const isAdmin = await database.read.first({
        sql: 'select is_admin from users where username = ?',
        bindings: ['carol'],
      });
      expect(isAdmin).toEqual({ is_admin: 1 });
    });

    it('takes no browser in that brings what another one was given', async () => {
      const { url } = await withProvider();
      const victim = new Visitor();
      const attacker = new Visitor();
      const begun = await attacker.get(`${url}/oidc/login`);
      const back = await atProvider(attacker, begun.headers.get('location') ?? '', 'mallory');
      expect((await victim.get(back)).status).toBe(401);
      await victim.get(`${url}/oidc/login`);
      expect((await victim.get(back)).status).toBe(401);
      const error = await victim.get(`${url}/oidc/callback?error=access_denied&state=x`);
      expect(error.status).toBe(401);
      expect(victim.cookies.has('runledger_session')).toBe(false);
    });

    it('signs in a service by its JWT, and nobody by one that is not good', async () => {
      const database = await open();
      await addRoles(database);
      const clock = clockOfToday();
      const provider = await identityProvider(() => 'http://127.0.0.1/oidc/callback');
      const on = signInOn(database, clock, { jwts: oidcOn(database, clock, provider.issuer) });
      const service = await provider.serviceToken();
      expect(await on.identify(bearer(service))).toMatchObject({
        name: 'runledger',
        method: 'jwt',
        isAdmin: false,
      });

      const seconds = Math.floor(clock.now() / 1_000);
      const good = { iss: provider.issuer, aud: AUDIENCE, sub: 'svc', exp: seconds + 300 };
      const other = await generateKeyPair('RS256');
      const shared = new TextEncoder().encode(await exportSPKI(provider.publicKey));
      const { exp: _, ...endless } = good;
      const bad: Record<string, string> = {
        expired: await provider.sign({ ...good, exp: seconds - 60 }),
        'not yet good': await provider.sign({ ...good, nbf: seconds + 600 }),
        'for another audience': await provider.sign({ ...good, aud: 'https://other.example' }),
        'of another issuer': await provider.sign({ ...good, iss: 'https://evil.example' }),
        'without an end': await provider.sign(endless),
        'by another key': await provider.sign(good, { alg: 'RS256', kid: 'k1' }, other.privateKey),
        'by an unknown key': await provider.sign(good, { alg: 'RS256', kid: 'k2' }),
        unsigned: new UnsecuredJWT(good).encode(),
        'signed by the public key as a secret': await new SignJWT(good)
          .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
          .sign(shared),
        cut: service.slice(0, -4),
        'no JWT': 'eyJhbGciOiJub25lIn0.e30.x',
      };
      for (const [what, token] of Object.entries(bad)) {
        await expect(on.identify(bearer(token)), what).rejects.toMatchObject(unauthenticated);
      }
      const token = await provider.sign({ ...good, groups: ['leads'] });
      expect(await on.identify(bearer(token))).toMatchObject({ name: 'svc' });
      expect(await rolesOf(database, 'svc')).toEqual(['lead oidc']);
      clock.pass(331_000);
      await expect(on.identify(bearer(token))).rejects.toMatchObject(unauthenticated);
    });

    it('takes over no account that has a password, and makes none where it must not', async () => {
      const database = await open();
      const clock = clockOfToday();
      const provider = await identityProvider(() => 'http://127.0.0.1/oidc/callback');
      const exp = Math.floor(clock.now() / 1_000) + 300;
      const good = { iss: provider.issuer, aud: AUDIENCE, exp };
      const denied = { status: 403, code: 'PERMISSION_DENIED' };
      const on = (settings = {}) =>
        signInOn(database, clock, { jwts: oidcOn(database, clock, provider.issuer, settings) });
      await on().addUser('alice', 'correct horse battery', true);
      const alice = bearer(await provider.sign({ ...good, sub: 'alice' }));
      await expect(on().identify(alice)).rejects.toMatchObject(denied);
      const linked = on({ oidcLinkAccounts: 'true', oidcAdminGroup: undefined });
      expect(await linked.identify(alice)).toMatchObject({ name: 'alice', isAdmin: true });
      const newcomer = bearer(await provider.sign({ ...good, sub: 'newcomer' }));
      const closed = on({ oidcCreateUsers: 'false' });
      await expect(closed.identify(newcomer)).rejects.toMatchObject(denied);
      for (const sub of ['a:b', ' ', 'n'.repeat(300), 'a\nb']) {
        const odd = bearer(await provider.sign({ ...good, sub }));
        await expect(on().identify(odd)).rejects.toMatchObject(denied);
      }
      const email = { sub: 'x', email: 'alice@ml.example', email_verified: false };
      const unverified = on({ oidcUsernameClaim: 'email' });
      const claimed = bearer(await provider.sign({ ...good, ...email }));
      await expect(unverified.identify(claimed)).rejects.toMatchObject(denied);
    });

    it('knows people by who they are at the provider, whatever they are called', async () => {
      const database = await open();
      const clock = clockOfToday();
      const provider = await identityProvider(() => 'http://127.0.0.1/oidc/callback');
      const exp = Math.floor(clock.now() / 1_000) + 300;
      const on = signInOn(database, clock, { jwts: oidcOn(database, clock, provider.issuer) });
      const token = async (sub: string, preferred_username: string) => {
        const claims = { iss: provider.issuer, aud: AUDIENCE, exp, sub, preferred_username };
        return bearer(await provider.sign(claims));
      };
      const carol = await on.identify(await token('1', 'carol'));
      expect(carol.name).toBe('carol');
      // Who takes over her old name at the provider gets nothing of hers.
      await expect(on.identify(await token('2', 'carol'))).rejects.toMatchObject({
        ...{ status: 403, message: expect.stringContaining('belongs to somebody else') },
      });
      const renamed = await on.identify(await token('1', 'caroline'));
      expect([renamed.name, renamed.userId]).toEqual(['carol', carol.userId]);
      // An account that was made before accounts were bound goes to who first comes with its name.
      await database.write((tx) =>
        on.users.insert(tx, { username: 'dave', passwordHash: null, isAdmin: false, now: 1 }),
      );
      expect(await on.identify(await token('3', 'dave'))).toMatchObject({ name: 'dave' });
      await expect(on.identify(await token('4', 'dave'))).rejects.toMatchObject({ status: 403 });
      // With the account goes the bond.
      await database.write((tx) => on.users.delete(tx, carol.userId ?? 0));
      expect((await on.identify(await token('2', 'carol'))).name).toBe('carol');
    });

    it('is unavailable while the provider is, and says nothing of a token meanwhile', async () => {
      const database = await open();
      const clock = clockOfToday();
      const provider = await identityProvider(() => 'http://127.0.0.1/oidc/callback');
      const on = signInOn(database, clock, { jwts: oidcOn(database, clock, provider.issuer) });
      const token = await provider.serviceToken();
      provider.stop();
      await expect(on.identify(bearer(token))).rejects.toMatchObject({
        status: 503,
        code: 'TEMPORARILY_UNAVAILABLE',
      });
    });
  });
});
