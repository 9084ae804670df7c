import { scryptSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { hashPassword } from '../passwords.js';
import { basic, requestWith, signInOn, TestClock } from '../testing/sign-in-on.js';
import { LOCK_OUT } from './password-checks.js';
import { secretHash } from './secrets.js';

const PASSWORD = 'correct horse battery';
const unauthenticated = { code: 'UNAUTHENTICATED', status: 401 };

describe('who asks', () => {
  forEachDatabase((open) => {
    it('is told by name and password, at once when known', async () => {
      const on = signInOn(await open(), new TestClock());
      const { id } = await on.addUser('zoé', PASSWORD, true);
      const caller = await on.identify(basic('zoé', PASSWORD));
      expect(caller).toEqual({ name: 'zoé', userId: id, isAdmin: true, method: 'password' });
      expect(on.authenticator.identify(requestWith(basic('zoé', PASSWORD)))).toBe(caller);
    });

    it('is refused in the same words whether the name or the password is wrong', async () => {
      const on = signInOn(await open(), new TestClock());
      await on.addUser('alice', PASSWORD);
      const message = 'The user name or the password is wrong';
      for (const credentials of [basic('alice', 'wrong password'), basic('nobody', PASSWORD)]) {
        await expect(on.identify(credentials)).rejects.toMatchObject({
          ...unauthenticated,
          message,
          headers: { 'WWW-Authenticate': 'Basic realm="mlflow"' },
        });
      }
      await expect(on.identify({})).rejects.toMatchObject(unauthenticated);
    });

    it('has no password where the account signs in elsewhere', async () => {
      const database = await open();
      const clock = new TestClock();
      const on = signInOn(database, clock);
      await database.write((tx) =>
        on.users.insert(tx, { username: 'sso', passwordHash: null, isAdmin: false, now: 1 }),
      );
      await expect(on.identify(basic('sso', ''))).rejects.toMatchObject(unauthenticated);
    });

    it('loses everything within two seconds on every server when the account changes', async () => {
      const database = await open();
      const clock = new TestClock();
      const [one, two] = [signInOn(database, clock), signInOn(database, clock)];
      const { id } = await one.addUser('alice', PASSWORD, true);
      const credentials = basic('alice', PASSWORD);
      await one.identify(credentials);
      await two.identify(credentials);

      await database.write((tx) => one.users.setAdmin(tx, id, false, clock.now()));
      clock.pass(1_000);
      for (const { identify } of [one, two]) {
        expect(await identify(credentials)).toMatchObject({ isAdmin: false });
      }
      const other = await hashPassword('another password');
      await database.write((tx) => one.users.setPassword(tx, id, other, clock.now()));
      clock.pass(1_000);
      for (const { identify } of [one, two]) {
        await expect(identify(credentials)).rejects.toMatchObject(unauthenticated);
        expect(await identify(basic('alice', 'another password'))).toMatchObject({ userId: id });
      }
      await database.write((tx) => one.users.delete(tx, id));
      clock.pass(1_000);
      for (const { identify } of [one, two]) {
        await expect(identify(basic('alice', 'another password'))).rejects.toMatchObject(
          unauthenticated,
        );
      }
    });

    it('is not who has got the key of a deleted account', async () => {
      const database = await open();
      const clock = new TestClock();
      const make = (id: number, username: string) =>
        database.write((tx) =>
          tx.run({
            sql:
              'insert into users (id, username, is_admin, creation_timestamp, ' +
              'last_updated_timestamp) values (?, ?, ?, 1, 1)',
            bindings: [id, username, username === 'chief' ? 1 : 0],
          }),
        );
      await make(901, 'service');
      const on = signInOn(database, clock, {
        jwts: {
          signIn: async () => {
            const user = await on.users.find(database.read, 'service');
            return user && { user, endsAt: clock.now() + 3_600_000 };
          },
        },
      });
      const jwt = { Authorization: 'Bearer a.b.c' };
      expect(await on.identify(jwt)).toMatchObject({ name: 'service' });
      await database.write((tx) => on.users.delete(tx, 901));
      await make(901, 'chief');
      clock.pass(1_000);
      await expect(on.identify(jwt)).rejects.toMatchObject(unauthenticated);
    });

    it('keeps a hash of werkzeug good, and makes it one of ours at the next sign-in', async () => {
      const database = await open();
      const on = signInOn(database, new TestClock());
      const werkzeug = scryptSync(PASSWORD, 'salt', 64, { N: 1024, r: 8, p: 1 }).toString('hex');
      const { id } = await database.write((tx) =>
        on.users.insert(tx, {
          username: 'moved',
          passwordHash: `scrypt:1024:8:1$salt$${werkzeug}`,
          isAdmin: false,
          now: 1,
        }),
      );
      await expect(on.identify(basic('moved', 'wrong'))).rejects.toMatchObject(unauthenticated);
      expect(await on.identify(basic('moved', PASSWORD))).toMatchObject({ userId: id });
      const stored = await on.users.get(database.read, id);
      expect(stored?.passwordHash).toMatch(/^\$argon2id\$/);
      const elsewhere = signInOn(database, new TestClock());
      expect(await elsewhere.identify(basic('moved', PASSWORD))).toMatchObject({ userId: id });
    });

    it('locks an account that is guessed at, but not those who are signed in', async () => {
      const database = await open();
      const clock = new TestClock();
      let address = 0;
      const guesser = signInOn(database, clock, { address: () => `198.51.100.${++address % 250}` });
      const on = signInOn(database, clock);
      await on.addUser('alice', PASSWORD);
      await on.identify(basic('alice', PASSWORD));
      for (let guess = 0; guess < LOCK_OUT.account; guess += 1) {
        await expect(guesser.identify(basic('alice', `guess ${guess}`))).rejects.toMatchObject({
          message: 'The user name or the password is wrong',
        });
      }
      await expect(guesser.identify(basic('alice', PASSWORD))).rejects.toMatchObject({
        ...unauthenticated,
        message: 'Too many sign-ins have failed; try again in 300 seconds',
        headers: { 'Retry-After': '300' },
      });
      clock.pass(1_500);
      expect(await on.identify(basic('alice', PASSWORD))).toMatchObject({ name: 'alice' });
      clock.pass(LOCK_OUT.lock);
      expect(await guesser.identify(basic('alice', PASSWORD))).toMatchObject({ name: 'alice' });
    });

    it('counts the same wrong password once: a job with an old one locks nobody out', async () => {
      const clock = new TestClock();
      const on = signInOn(await open(), clock);
      await on.addUser('alice', PASSWORD);
      for (let attempt = 0; attempt < 2 * LOCK_OUT.account; attempt += 1) {
        await expect(on.identify(basic('alice', 'old password'))).rejects.toMatchObject({
          message: 'The user name or the password is wrong',
        });
        clock.pass(1_000);
      }
      expect(await on.identify(basic('alice', PASSWORD))).toMatchObject({ name: 'alice' });
    });

    it('shares one check among all that come at once with the same password', async () => {
      const database = await open();
      const on = signInOn(database, new TestClock());
      const { id } = await on.addUser('alice', PASSWORD);
      const attempts = (password: string) =>
        Promise.allSettled(Array.from({ length: 40 }, () => on.identify(basic('alice', password))));
      for (const outcome of await attempts('wrong password')) {
        expect(outcome).toMatchObject({ status: 'rejected', reason: unauthenticated });
      }
      const counted = await database.read.first({
        sql: 'select failures from sign_in_failures where subject = ?',
        bindings: ['account:alice'],
      });
      expect(counted).toEqual({ failures: 1 });
      for (const outcome of await attempts(PASSWORD)) {
        expect(outcome).toMatchObject({ status: 'fulfilled', value: { userId: id } });
      }
    });

    it('lets hardly more guesses through when all of them come at once', async () => {
      const on = signInOn(await open(), new TestClock());
      await on.addUser('alice', PASSWORD);
      const outcomes = await Promise.allSettled(
        Array.from({ length: 40 }, (_, guess) => on.identify(basic('alice', `guess ${guess}`))),
      );
      const judged = outcomes.filter(
        (outcome) => outcome.status === 'rejected' && /is wrong/.test(outcome.reason.message),
      );
      expect(judged.length).toBeGreaterThanOrEqual(LOCK_OUT.account);
      expect(judged.length).toBeLessThanOrEqual(LOCK_OUT.account + 1);
    });

    it('locks an address that tries one account after another', async () => {
      const database = await open();
      const clock = new TestClock();
      const on = signInOn(database, clock);
      await on.addUser('alice', PASSWORD);
      const now = clock.now();
      const failure = { subject: 'address:203.0.113.9', now, window: 1_000, lock: 5_000 };
      const limit = 3;
      for (let count = 0; count < limit; count += 1) {
        await database.write((tx) => on.store.addFailure(tx, { ...failure, limit }));
      }
      await expect(on.identify(basic('alice', PASSWORD))).rejects.toMatchObject({
        message: 'Too many sign-ins have failed; try again in 5 seconds',
      });
      const elsewhere = signInOn(database, clock, { address: () => '203.0.113.10' });
      expect(await elsewhere.identify(basic('alice', PASSWORD))).toMatchObject({ name: 'alice' });
    });

    it('is told by the cookie of a session, until it ends', async () => {
      const database = await open();
      const clock = new TestClock();
      const on = signInOn(database, clock);
      const { id } = await on.addUser('alice', PASSWORD);
      const session = await on.addSession(id);
      const cookie = { Cookie: `other=1; runledger_session=${session}` };
      expect(await on.identify(cookie)).toMatchObject({ userId: id, method: 'session' });
      await database.write((tx) => on.store.endSession(tx, secretHash(session)));
      clock.pass(1_000);
      await expect(on.identify(cookie)).rejects.toMatchObject(unauthenticated);
      const short = { Cookie: `runledger_session=${await on.addSession(id, clock.now() + 500)}` };
      expect(await on.identify(short)).toMatchObject({ userId: id });
      clock.pass(500);
      await expect(on.identify(short)).rejects.toMatchObject(unauthenticated);
    });

    it('takes behind https no cookie but the one that other hosts can not set', async () => {
      const on = signInOn(await open(), new TestClock(), { isSecure: true });
      const { id } = await on.addUser('alice', PASSWORD);
      const session = await on.addSession(id);
      const plain = { Cookie: `runledger_session=${session}` };
      await expect(on.identify(plain)).rejects.toMatchObject(unauthenticated);
      const own = { Cookie: `__Host-runledger_session=${session}` };
      expect(await on.identify(own)).toMatchObject({ userId: id });
      const twice = { Cookie: `${own.Cookie}; ${own.Cookie}` };
      await expect(on.identify(twice)).rejects.toMatchObject(unauthenticated);
    });

    it('lets no foreign page change or see anything with the cookie of a session', async () => {
      const on = signInOn(await open(), new TestClock());
      const { id } = await on.addUser('alice', PASSWORD);
      const own = {
        Cookie: `runledger_session=${await on.addSession(id)}`,
        Host: 'ml.example',
      };
      const denied = { code: 'PERMISSION_DENIED', status: 403 };
      const foreign: Record<string, string>[] = [
        {},
        { Origin: 'https://evil.example' },
        { Origin: 'null' },
        { Origin: 'https://ml.example.evil.example' },
        { Origin: 'https://ml.example', 'Sec-Fetch-Site': 'cross-site' },
        { 'Sec-Fetch-Site': 'same-site' },
        { 'Sec-Fetch-Site': 'none' },
      ];
      for (const headers of foreign) {
        for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
          await expect(on.identify({ ...own, ...headers }, method)).rejects.toMatchObject(denied);
        }
        const read = on.identify({ ...own, ...headers }, 'GET');
        // Where there is an Origin, a script of that page wants to see the answer.
        if ('Origin' in headers) await expect(read).rejects.toMatchObject(denied);
        else expect(await read).toMatchObject({ userId: id });
      }
      for (const headers of [
        { 'Sec-Fetch-Site': 'same-origin' },
        { Origin: 'https://ml.example' },
        { Origin: 'https://allowed.example', 'Sec-Fetch-Site': 'cross-site' },
      ]) {
        expect(await on.identify({ ...own, ...headers }, 'POST')).toMatchObject({ userId: id });
      }
    });
  });
});
