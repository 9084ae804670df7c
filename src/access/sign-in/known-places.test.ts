import { describe, expect, it } from 'vitest';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { basic, signInOn, TestClock } from '../testing/sign-in-on.js';
import { LOCK_OUT } from './password-checks.js';

const PASSWORD = 'correct horse battery';
const unauthenticated = { status: 401, code: 'UNAUTHENTICATED' };

describe('an account', () => {
  forEachDatabase((open) => {
    it('stays open to its own from where they have signed in before, whoever guesses elsewhere', async () => {
      const database = await open();
      const clock = new TestClock();
      const elsewhere = { address: () => '198.51.100.1' };
      const home = signInOn(database, clock);
      await home.addUser('root', PASSWORD, true);
      await home.identify(basic('root', PASSWORD));
      for (let guess = 0; guess < LOCK_OUT.account; guess += 1) {
        const wrong = signInOn(database, clock, elsewhere).identify(
          basic('root', `guess ${guess}`),
        );
        await expect(wrong).rejects.toMatchObject(unauthenticated);
      }
      const locked = { message: expect.stringContaining('Too many sign-ins') };
      const root = basic('root', PASSWORD);
      await expect(signInOn(database, clock, elsewhere).identify(root)).rejects.toMatchObject(
        locked,
      );
      // A server that knows nothing of the account yet.
      expect(await signInOn(database, clock).identify(root)).toMatchObject({ name: 'root' });
      await expect(signInOn(database, clock, elsewhere).identify(root)).rejects.toMatchObject(
        locked,
      );
      // Guesses from there are counted as well.
      for (let guess = 0; guess < LOCK_OUT.account; guess += 1) {
        const wrong = signInOn(database, clock).identify(basic('root', `guess ${guess}`));
        await expect(wrong).rejects.toMatchObject({ message: expect.stringContaining('is wrong') });
      }
      await expect(signInOn(database, clock).identify(root)).rejects.toMatchObject(locked);
    });
  });
});
