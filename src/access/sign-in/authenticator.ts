import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../platform/clock.js';
import type { Database } from '../../platform/db/database.js';
import { originOf } from '../../platform/http/incoming-call.js';
import type { Caller, Origin, SignInMethod } from '../../platform/http/operation.js';
import type { AccessChanges } from '../access-changes.js';
import type { User, UserStore } from '../users/users.store.js';
import { authorizationOf, BadHeader, parseAuthorization } from './authorization.js';
import type { PasswordChecks } from './password-checks.js';
import type { ReadPeer } from './peer.js';
import { notSignedIn, notValid, unreadable, wrongPassword } from './refusals.js';
import { secretHash } from './secrets.js';
import { refuseForeign, sessionOf } from './session-cookie.js';
import type { SignInStore } from './sign-in.store.js';
import type { SignInWatch } from './sign-in-watch.js';
import { type Standing, Standings } from './standings.js';
import type { TokenUse } from './token-use.js';

/** Whom a JWT signs in, until when in ms, and what it is held to of what they may do. */
export interface SignedInJwt {
  readonly user: User;
  readonly endsAt: number;
  /** Undefined for all that its user may. */
  readonly scopes?: readonly string[] | undefined;
}

/** Who stands behind a JWT of the identity provider. */
export interface JwtSignIn {
  /**
   * Verifies a JWT and signs its user in.
   *
   * @returns undefined when it is not good
   */
  signIn(jwt: string, origin: Origin): Promise<SignedInJwt | undefined>;
}

export interface AuthenticatorParts {
  readonly database: Database;
  readonly users: UserStore;
  readonly store: SignInStore;
  readonly passwords: PasswordChecks;
  readonly tokenUse: TokenUse;
  /** Undefined where no identity provider is set up. */
  readonly jwts: JwtSignIn | undefined;
  readonly peerOf: ReadPeer;
  readonly isAllowedOrigin: (origin: string) => boolean;
  readonly now: Clock;
  readonly changes: AccessChanges;
  /** Is told of what did not let in; sessions aside, which end by themselves. */
  readonly watch?: SignInWatch;
}

const TOKEN_PREFIX = 'rl_';
const NOBODY = 'nobody';

/**
 * Tells who sends a request: by password, by token, by a JWT, or by the cookie of a session.
 * What was found out a moment ago is answered at once; about once a second the database is asked
 * whether it still holds, so that a revocation acts within two seconds on every server.
 */
export class Authenticator {
  readonly #parts: AuthenticatorParts;
  readonly #standings: Standings;

  constructor(parts: AuthenticatorParts) {
    this.#parts = parts;
    this.#standings = new Standings(parts.now, parts.changes);
  }

  /**
   * @returns who asks
   * @throws MlflowError 401 when it can't be told or is not true, 403 for what another site's
   *   page asks for
   */
  identify(request: IncomingMessage): Caller | Promise<Caller> {
    const header = this.#headerOf(request);
    if (header !== undefined) {
      const key = this.#standings.keyOf('header:', header);
      return this.#standings.fresh(key) ?? this.#byHeader(key, header, request);
    }
    const session = sessionOf(request, this.#parts.peerOf(request).isSecure);
    if (session === undefined) throw notSignedIn(challengeOf(request));
    refuseForeign(request, this.#parts.isAllowedOrigin);
    const key = this.#standings.keyOf('session:', session);
    return this.#standings.fresh(key) ?? this.#bySession(key, session, request);
  }

  #headerOf(request: IncomingMessage): string | undefined {
    try {
      return authorizationOf(request);
    } catch (error) {
      throw error instanceof BadHeader ? unreadable(error.message) : error;
    }
  }

  async #byHeader(key: string, header: string, request: IncomingMessage): Promise<Caller> {
    const credentials = parsed(header);
    const origin = originOf(request, this.#parts.peerOf(request).address);
    if (credentials.kind === 'password') {
      const { username, password } = credentials;
      const { caller } = await this.#standings.look(key, (previous) =>
        this.#lookAtPassword(previous, { username, password, origin }),
      );
      if (caller === undefined) throw wrongPassword();
      return caller;
    }
    const { token } = credentials;
    if (token.startsWith(TOKEN_PREFIX)) {
      const hash = secretHash(token);
      const { caller } = await this.#standings.look(key, () => this.#lookAtToken(hash));
      return caller ?? this.#refuseToken(origin, 'token');
    }
    const { jwts } = this.#parts;
    if (jwts === undefined) return this.#refuseToken(origin, 'jwt');
    const { caller } = await this.#standings.look(key, (previous) =>
      this.#lookAtJwt(jwts, previous, token, origin),
    );
    return caller ?? this.#refuseToken(origin, 'jwt');
  }

  /** @throws MlflowError 401 */
  async #refuseToken(origin: Origin, method: 'token' | 'jwt'): Promise<never> {
    const refusal = notValid('token');
    await this.#parts.watch?.failed(origin, method, '', refusal.message);
    throw refusal;
  }

  async #bySession(key: string, session: string, request: IncomingMessage): Promise<Caller> {
    const hash = secretHash(session);
    const { caller } = await this.#standings.look(key, () => this.#lookAtSession(hash));
    if (caller === undefined) throw notValid('session', challengeOf(request));
    return caller;
  }

  async #lookAtPassword(
    previous: Standing | undefined,
    given: { readonly username: string; readonly password: string; readonly origin: Origin },
  ): Promise<Standing> {
    const { database, users, passwords } = this.#parts;
    const checkedAt = this.#parts.now();
    const user = await users.find(database.read, given.username);
    const basis = basisOf(user, user?.passwordHash);
    if (previous?.basis === basis) {
      const caller = previous.caller && user && callerOf(user, 'password');
      return { ...previous, caller, checkedAt };
    }
    const hash = await passwords.check({ ...given, user });
    if (user === undefined || hash === undefined) return refused(basis, checkedAt);
    return {
      caller: callerOf(user, 'password'),
      basis: basisOf(user, hash),
      checkedAt,
      endsAt: Number.POSITIVE_INFINITY,
    };
  }

  async #lookAtToken(hash: string): Promise<Standing> {
    const checkedAt = this.#parts.now();
    const found = await this.#parts.store.byToken(hash, checkedAt);
    if (found === undefined) return refused(NOBODY, checkedAt);
    if (found.tokenId !== undefined) {
      this.#parts.tokenUse.note(found.tokenId, found.lastUsed, checkedAt);
    }
    const scopes = JSON.parse(found.scopes ?? '[]') as string[];
    return {
      caller: { ...callerOf(found.user, 'token'), scopes },
      basis: basisOf(found.user, hash),
      checkedAt,
      endsAt: found.expiresAt ?? Number.POSITIVE_INFINITY,
    };
  }

  async #lookAtSession(hash: string): Promise<Standing> {
    const checkedAt = this.#parts.now();
    const found = await this.#parts.store.bySession(hash, checkedAt);
    if (found === undefined) return refused(NOBODY, checkedAt);
    return {
      caller: callerOf(found.user, 'session'),
      basis: basisOf(found.user, hash),
      checkedAt,
      endsAt: found.expiresAt ?? Number.POSITIVE_INFINITY,
    };
  }

  async #lookAtJwt(
    jwts: JwtSignIn,
    previous: Standing | undefined,
    jwt: string,
    origin: Origin,
  ): Promise<Standing> {
    const { database, users } = this.#parts;
    const checkedAt = this.#parts.now();
    if (previous?.caller?.userId !== undefined && checkedAt < previous.endsAt) {
      const user = await users.get(database.read, previous.caller.userId);
      if (user === undefined) return refused(NOBODY, checkedAt);
      if (previous.basis === jwtBasisOf(user)) {
        return { ...previous, caller: heldTo(user, previous.caller.scopes), checkedAt };
      }
    }
    const found = await jwts.signIn(jwt, origin);
    if (found === undefined) return refused(NOBODY, checkedAt);
    const { user, endsAt, scopes } = found;
    return { caller: heldTo(user, scopes), basis: jwtBasisOf(user), checkedAt, endsAt };
  }
}

function parsed(header: string) {
  try {
    return parseAuthorization(header);
  } catch (error) {
    throw error instanceof BadHeader ? unreadable(error.message) : error;
  }
}

const refused = (basis: string, checkedAt: number): Standing => ({
  caller: undefined,
  basis,
  checkedAt,
  endsAt: Number.POSITIVE_INFINITY,
});

/** An account that is made anew under an old name is another one. */
const basisOf = (user: User | undefined, secret: string | undefined): string =>
  user === undefined ? NOBODY : `${user.id} ${secret ?? ''}`;

/** SQLite gives the key of a deleted account to the next one, which is somebody else's. */
const jwtBasisOf = (user: User): string => basisOf(user, `${user.username} ${user.passwordHash}`);

const callerOf = ({ id, username, isAdmin }: User, method: SignInMethod): Caller => ({
  name: username,
  userId: id,
  isAdmin,
  method,
});

const heldTo = (user: User, scopes: readonly string[] | undefined): Caller => ({
  ...callerOf(user, 'jwt'),
  ...(scopes === undefined ? {} : { scopes }),
});

const challengeOf = (request: IncomingMessage): 'Basic' | 'Bearer' =>
  request.headers['sec-fetch-site'] === undefined ? 'Basic' : 'Bearer';
