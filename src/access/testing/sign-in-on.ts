import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Database } from '../../platform/db/database.js';
import { createLog } from '../../platform/log.js';
import { AccessChanges } from '../access-changes.js';
import { hashPassword } from '../passwords.js';
import { Authenticator, type JwtSignIn } from '../sign-in/authenticator.js';
import { PasswordChecks } from '../sign-in/password-checks.js';
import { newSecret, secretHash } from '../sign-in/secrets.js';
import { SignInStore } from '../sign-in/sign-in.store.js';
import { noWatch, type SignInWatch } from '../sign-in/sign-in-watch.js';
import { TokenUse } from '../sign-in/token-use.js';
import { UserStore } from '../users/users.store.js';

/** A clock that stands still until it is moved. */
export class TestClock {
  time = 1_700_000_000_000;
  readonly now = () => this.time;

  pass(ms: number): void {
    this.time += ms;
  }
}

export interface SignInSettings {
  readonly address?: () => string;
  readonly isSecure?: boolean;
  readonly jwts?: JwtSignIn;
  readonly watch?: SignInWatch;
}

/** One server's way to tell who asks. */
export function signInOn(
  database: Database,
  { now }: TestClock,
  { address = () => '203.0.113.9', isSecure = false, jwts, watch = noWatch }: SignInSettings = {},
) {
  const users = new UserStore(database);
  const store = new SignInStore(database);
  const passwords = new PasswordChecks(database, store, now, watch);
  const changes = new AccessChanges();
  const tokenUse = new TokenUse(store, createLog('silent'));
  const authenticator = new Authenticator({
    ...{ database, users, store, passwords, tokenUse, jwts, now, watch, changes },
    peerOf: () => ({ address: address(), isSecure }),
    isAllowedOrigin: (origin) => origin === 'https://allowed.example',
  });
  return {
    ...{ users, store, passwords, tokenUse, authenticator, changes },
    identify: async (headers: Record<string, string>, method = 'GET') =>
      authenticator.identify(requestWith(headers, method)),
    addUser: async (username: string, password: string, isAdmin = false) => {
      const passwordHash = await hashPassword(password);
      return database.write((tx) =>
        users.insert(tx, { username, passwordHash, isAdmin, now: now() }),
      );
    },
    /** @returns the secret of a new session */
    addSession: async (userId: number, expiresAt = now() + 3_600_000) => {
      const secret = newSecret();
      const hash = secretHash(secret);
      await database.write((tx) =>
        store.addSession(tx, { hash, userId, method: 'password', now: now(), expiresAt }),
      );
      return secret;
    },
  };
}

/** A request that was read already, as far as headers go. */
export function requestWith(headers: Record<string, string>, method = 'GET'): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  request.method = method;
  for (const [name, value] of Object.entries(headers)) {
    request.headers[name.toLowerCase()] = value;
    request.rawHeaders.push(name, value);
  }
  return request;
}

/** What MLflow's clients send for a name and a password. */
export const basic = (username: string, password: string) => ({
  Authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
});
