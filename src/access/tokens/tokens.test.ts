import { describe, expect, it } from 'vitest';
import type { By, Caller } from '../../platform/http/operation.js';
import type { Deed } from '../../platform/trail.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { signInOn, TestClock } from '../testing/sign-in-on.js';
import { parseScopes, scopeAllows } from './scopes.js';
import { TokenService } from './tokens.service.js';
import { TokenStore } from './tokens.store.js';

const origin = { address: '203.0.113.9', userAgent: 'test', requestId: 'r1' };
const by = (caller: Caller): By => ({ caller, origin });
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
const WISH = { name: 'ci', scopes: ['write'], lifetimeSeconds: undefined, username: undefined };

describe('what a scope allows', () => {
  it.each([
    [undefined, ['open', 'login', 'read', 'edit', 'manage', 'create', 'admin'], []],
    [['admin'], ['open', 'login', 'read', 'edit', 'manage', 'create', 'admin'], []],
    [['read'], ['open', 'login', 'read'], ['edit', 'manage', 'create', 'admin']],
    [['write'], ['open', 'login', 'read', 'edit', 'create'], ['manage', 'admin', 'audit']],
    [['manage'], ['open', 'login', 'read', 'edit', 'create', 'manage'], ['admin', 'audit']],
    [['registry'], ['open', 'login', 'read'], ['edit', 'manage', 'create', 'admin']],
    [[], ['open'], ['login', 'read', 'edit', 'manage', 'create', 'admin']],
    [['unknown'], ['open'], ['login', 'read', 'edit', 'manage', 'create', 'admin']],
  ] as const)('%j on a run', (scopes, yes, no) => {
    for (const access of yes) expect(scopeAllows(scopes, access, 'run')).toBe(true);
    for (const access of no) expect(scopeAllows(scopes, access, 'run')).toBe(false);
  });

  it('of the registry is the registry alone', () => {
    expect(scopeAllows(['registry'], 'edit', 'registered_model')).toBe(true);
    expect(scopeAllows(['registry'], 'edit', 'model_version')).toBe(true);
    expect(scopeAllows(['write'], 'edit', 'registered_model')).toBe(false);
    expect(scopeAllows(['write'], 'edit', 'model_version')).toBe(false);
    expect(scopeAllows(['write', 'registry'], 'manage', 'registered_model')).toBe(false);
    expect(scopeAllows(['manage'], 'manage', 'registered_model_id')).toBe(true);
    expect(scopeAllows(['manage'], 'create', 'server')).toBe(true);
    expect(scopeAllows(['write', 'registry'], 'edit', 'server')).toBe(false);
    expect(scopeAllows(['registry'], 'create', 'server')).toBe(true);
    expect(scopeAllows(['read'], 'create', 'server')).toBe(false);
    expect(scopeAllows(['read', 'write', 'registry'], 'audit', 'server')).toBe(false);
  });

  it('is named in full or refused', () => {
    expect(parseScopes(['write', 'read', 'read'])).toEqual(['read', 'write']);
    expect(() => parseScopes([])).toThrow('scopes must be a list of one or more of');
    expect(() => parseScopes(['read', 'root'])).toThrow('scopes must be a list of one or more of');
  });
});

describe('tokens', () => {
  forEachDatabase((open) => {
    async function tokensOn() {
      const database = await open();
      const clock = new TestClock();
      const on = signInOn(database, clock);
      const deeds: Deed[] = [];
      const service = new TokenService({
        ...{ database, users: on.users, tokens: new TokenStore(database), now: clock.now },
        trail: { record: async (_, __, deed) => void deeds.push(deed) },
      });
      const callerOf = async (name: string, isAdmin = false): Promise<Caller> => {
        const { id } = await on.addUser(name, `password of ${name}`, isAdmin);
        return { name, userId: id, isAdmin, method: 'password' };
      };
      const alice = await callerOf('alice');
      return { database, clock, on, deeds, service, callerOf, alice };
    }

    it('sign in their user until they are revoked or expire, on every server', async () => {
      const { database, clock, on, service, deeds, alice } = await tokensOn();
      const { token, info } = await service.mint(by(alice), { ...WISH, lifetimeSeconds: 60 });
      expect(token).toMatch(/^rl_[\w-]{43}$/);
      const other = signInOn(database, clock);
      for (const { identify } of [on, other]) {
        const caller = { ...alice, method: 'token', scopes: ['write'] };
        expect(await identify(bearer(token))).toEqual(caller);
        const asPassword = Buffer.from(`token:${token}`).toString('base64');
        expect(await identify({ Authorization: `Basic ${asPassword}` })).toEqual(caller);
      }
      const second = await service.mint(by(alice), WISH);
      expect(await other.identify(bearer(second.token))).toMatchObject({ name: 'alice' });
      await service.revoke(by(alice), second.info.token_id);
      clock.pass(1_000);
      const refusal = { status: 401, code: 'UNAUTHENTICATED' };
      await expect(other.identify(bearer(second.token))).rejects.toMatchObject(refusal);
      clock.pass(59_000);
      await expect(on.identify(bearer(token))).rejects.toMatchObject(refusal);
      expect(JSON.stringify(deeds)).not.toContain(token);
      expect(deeds.map(({ action, object }) => [action, object.id])).toEqual([
        ['token.mint', info.token_id],
        ['token.mint', second.info.token_id],
        ['token.revoke', second.info.token_id],
      ]);
      await on.tokenUse.settled();
      await other.tokenUse.settled();
    });

    it('note their last use once a minute', async () => {
      const { clock, on, service, alice } = await tokensOn();
      const { token } = await service.mint(by(alice), WISH);
      const lastUse = async () => {
        await on.tokenUse.settled();
        const { rows } = await service.page(alice, undefined, 10, undefined);
        return rows[0]?.last_used_timestamp;
      };
      const start = clock.now();
      await on.identify(bearer(token));
      expect(await lastUse()).toBe(start);
      clock.pass(59_000);
      await on.identify(bearer(token));
      expect(await lastUse()).toBe(start);
      clock.pass(1_000);
      await on.identify(bearer(token));
      expect(await lastUse()).toBe(start + 60_000);
    });

    it("are others' for administrators alone", async () => {
      const { service, callerOf, alice } = await tokensOn();
      const [bob, admin] = [await callerOf('bob'), await callerOf('root', true)];
      const denied = { code: 'PERMISSION_DENIED' };
      const forAlice = { ...WISH, username: 'alice' };
      await expect(service.mint(by(bob), forAlice)).rejects.toMatchObject(denied);
      await expect(service.page(bob, 'alice', 10, undefined)).rejects.toMatchObject(denied);
      const { info } = await service.mint(by(admin), forAlice);
      expect(info).toMatchObject({ username: 'alice', scopes: ['write'] });
      const missing = { code: 'RESOURCE_DOES_NOT_EXIST' };
      await expect(service.revoke(by(bob), info.token_id)).rejects.toMatchObject(missing);
      await expect(service.revoke(by(admin), 'no such token')).rejects.toMatchObject(missing);
      await service.revoke(by(alice), info.token_id);
      await expect(service.revoke(by(alice), info.token_id)).rejects.toMatchObject(missing);
    });

    it('of limited scope make and revoke none', async () => {
      const { service, alice } = await tokensOn();
      const limited: Caller = { ...alice, method: 'token', scopes: ['read', 'write', 'registry'] };
      const denied = { code: 'PERMISSION_DENIED' };
      const { info } = await service.mint(by({ ...limited, scopes: ['admin'] }), WISH);
      await expect(service.mint(by(limited), WISH)).rejects.toMatchObject(denied);
      await expect(service.revoke(by(limited), info.token_id)).rejects.toMatchObject(denied);
      const nobody: Caller = { name: 'anonymous', isAdmin: true, method: 'nobody' };
      const off = { code: 'FEATURE_DISABLED', status: 400 };
      await expect(service.mint(by(nobody), WISH)).rejects.toMatchObject(off);
    });

    it('are listed in pages, the newest first', async () => {
      const { service, alice } = await tokensOn();
      for (const name of ['one', 'two', 'three']) await service.mint(by(alice), { ...WISH, name });
      const first = await service.page(alice, undefined, 2, undefined);
      expect(first.rows.map(({ name }) => name)).toEqual(['three', 'two']);
      const last = await service.page(alice, undefined, 2, first.token);
      expect(last.rows.map(({ name }) => name)).toEqual(['one']);
      expect(last.token).toBeUndefined();
    });

    it.each([
      [{ name: '' }, 'name must have'],
      [{ name: 'a\nb' }, 'name must have'],
      [{ name: 'n'.repeat(101) }, 'name must have'],
      [{ scopes: ['everything'] }, 'scopes must be'],
      [{ lifetimeSeconds: 0 }, 'lifetime_seconds must be'],
      [{ lifetimeSeconds: 1e12 }, 'lifetime_seconds must be'],
    ])('are refused with %j', async (wish, message) => {
      const { service, alice } = await tokensOn();
      await expect(service.mint(by(alice), { ...WISH, ...wish })).rejects.toMatchObject({
        code: 'INVALID_PARAMETER_VALUE',
        message: expect.stringContaining(message),
      });
    });
  });
});
