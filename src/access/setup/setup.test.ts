import { describe, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import { ANYBODY } from '../../platform/http/guard.js';
import { type Deed, noTrail } from '../../platform/trail.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { LOCK_OUT } from '../sign-in/password-checks.js';
import { SignInStore } from '../sign-in/sign-in.store.js';
import { basic, signInOn, TestClock } from '../testing/sign-in-on.js';
import { SetupService } from './setup.service.js';
import { SetupStore } from './setup.store.js';
import { SetupGuesses } from './setup-guesses.js';

const PASSWORD = 'correct horse battery';
const by = { caller: ANYBODY, origin: { address: '', userAgent: '', requestId: '' } };
const CHOSEN = { username: 'admin', password: undefined, setupToken: undefined };
const denied = { code: 'PERMISSION_DENIED', status: 403 };

describe('the first administrator', () => {
  forEachDatabase((open) => {
    function setupOn(database: Database, clock = new TestClock()) {
      const { users, identify } = signInOn(database, clock);
      const deeds: Deed[] = [];
      const trail = {
        record: async (_: unknown, __: unknown, deed: Deed) => void deeds.push(deed),
      };
      const parts = { database, users, store: new SetupStore(), trail, now: clock.now };
      return { service: new SetupService(parts), identify, users, clock };
    }

    it('is made once by whoever has the token that the start printed', async () => {
      const database = await open();
      const { service, identify, users } = setupOn(database);
      const token = (await service.prepare(CHOSEN)) ?? '';
      const replica = (await setupOn(database).service.prepare(CHOSEN)) ?? '';
      expect(new Set([token, replica]).size).toBe(2);
      await expect(service.setUp(by, 'guess', 'root', PASSWORD)).rejects.toMatchObject(denied);
      const outcomes = await Promise.allSettled([
        service.setUp(by, token, 'root', PASSWORD),
        service.setUp(by, replica, 'other', PASSWORD),
      ]);
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(await users.count(database.read)).toBe(1);
      const [only] = await users.list(database.read);
      expect(await identify(basic(only?.username ?? '', PASSWORD))).toMatchObject({
        isAdmin: true,
      });
      await expect(service.setUp(by, token, 'late', PASSWORD)).rejects.toMatchObject(denied);
      expect(await service.prepare(CHOSEN)).toBeUndefined();
      expect(await service.isOpen()).toBe(false);
    });

    it('is not to be guessed: that is written down, and locks an address out', async () => {
      const database = await open();
      const { users, clock } = setupOn(database);
      const written: string[] = [];
      const denials = {
        recordDenial: async (_: unknown, { action }: Deed) => void written.push(action),
      };
      const service = new SetupService({
        ...{ database, users, store: new SetupStore(), trail: noTrail, now: clock.now },
        guesses: new SetupGuesses({
          ...{ database, store: new SignInStore(database), denials, now: clock.now },
        }),
      });
      const token = (await service.prepare(CHOSEN)) ?? '';
      const from = (address: string) => ({ ...by, origin: { ...by.origin, address } });
      for (let guess = 0; guess < LOCK_OUT.address; guess += 1) {
        const guessed = service.setUp(from('10.1.1.1'), `guess ${guess}`, 'root', PASSWORD);
        await expect(guessed).rejects.toMatchObject(denied);
      }
      expect(written.filter((action) => action === 'setup_token.fail')).toHaveLength(
        LOCK_OUT.address,
      );
      expect(written.at(-1)).toBe('sign_in.lock_out');
      await expect(service.setUp(from('10.1.1.1'), token, 'root', PASSWORD)).rejects.toMatchObject({
        status: 401,
      });
      const made = await service.setUp(from('10.2.2.2'), token, 'root', PASSWORD);
      expect(made).toMatchObject({ isAdmin: true });
    });

    it('is made too when others came in by an identity provider before', async () => {
      const database = await open();
      const { service, users } = setupOn(database);
      const made = { username: 'carol', passwordHash: null, isAdmin: false, now: 1 };
      await database.write((tx) => users.insert(tx, made));
      const token = (await service.prepare(CHOSEN)) ?? '';
      await expect(service.setUp(by, token, 'carol', PASSWORD)).rejects.toMatchObject({
        code: 'RESOURCE_ALREADY_EXISTS',
      });
      expect(await service.setUp(by, token, 'root', PASSWORD)).toMatchObject({ isAdmin: true });
    });

    it('is not made with a token that is older than a day', async () => {
      const { service, clock } = setupOn(await open());
      const token = (await service.prepare(CHOSEN)) ?? '';
      clock.pass(24 * 3_600_000 + 1);
      await expect(service.setUp(by, token, 'root', PASSWORD)).rejects.toMatchObject(denied);
    });

    it('can come by a token of the environment, which is not printed', async () => {
      const { service } = setupOn(await open());
      const setupToken = 'a token of the environment';
      expect(await service.prepare({ ...CHOSEN, setupToken })).toBeUndefined();
      expect(await service.setUp(by, setupToken, 'root', PASSWORD)).toMatchObject({
        isAdmin: true,
      });
      const short = setupOn(await open()).service.prepare({ ...CHOSEN, setupToken: 'short' });
      await expect(short).rejects.toThrow('RUNLEDGER_SETUP_TOKEN must have 20 characters');
    });

    it('can be named by the settings, and keeps the password that was changed since', async () => {
      const database = await open();
      const { service, identify, users } = setupOn(database);
      const settings = { ...CHOSEN, password: PASSWORD };
      await Promise.all([service.prepare(settings), setupOn(database).service.prepare(settings)]);
      expect(await identify(basic('admin', PASSWORD))).toMatchObject({ isAdmin: true });
      expect(await users.count(database.read)).toBe(1);
      await service.prepare({ ...settings, password: 'another password' });
      await expect(identify(basic('admin', 'another password'))).rejects.toMatchObject({
        status: 401,
      });
    });

    it.each(['', 'too short', 'password1234', 'p'.repeat(2_000), `with a NUL \0 in it`])(
      'can not have the password %j',
      async (password) => {
        const { service } = setupOn(await open());
        await expect(service.prepare({ ...CHOSEN, password })).rejects.toThrow(
          "admin_username and admin_password can't make the first account",
        );
        const token = (await service.prepare(CHOSEN)) ?? '';
        await expect(service.setUp(by, token, 'root', password)).rejects.toMatchObject({
          code: 'INVALID_PARAMETER_VALUE',
        });
        expect(await service.isOpen()).toBe(true);
      },
    );
  });
});
