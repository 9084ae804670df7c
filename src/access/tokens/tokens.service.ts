import { MlflowError, notFound } from '../../errors.js';
import type { Clock } from '../../platform/clock.js';
import type { Database } from '../../platform/db/database.js';
import type { By, Caller } from '../../platform/http/operation.js';
import { newHexId } from '../../platform/ids.js';
import type { Trail } from '../../platform/trail.js';
import { newSecret, secretHash } from '../sign-in/secrets.js';
import type { User, UserStore } from '../users/users.store.js';
import { parseScopes, requireFullScope } from './scopes.js';
import { type AccessToken, checkTokenName, lifetimeOf, MAX_TOKENS, noToken } from './tokens.js';
import type { TokenPage, TokenStore } from './tokens.store.js';

export interface TokenWish {
  readonly name: string;
  readonly scopes: readonly string[];
  /** 90 days if undefined. */
  readonly lifetimeSeconds: number | undefined;
  /** Whose; the caller's own if undefined. */
  readonly username: string | undefined;
}

export interface TokenServiceParts {
  readonly database: Database;
  readonly users: UserStore;
  readonly tokens: TokenStore;
  readonly trail: Trail;
  readonly now: Clock;
}

/** The commands of tokens. The token itself is seen once, in the answer that makes it. */
export class TokenService {
  readonly #parts: TokenServiceParts;

  constructor(parts: TokenServiceParts) {
    this.#parts = parts;
  }

  async mint(by: By, wish: TokenWish): Promise<{ token: string; info: AccessToken }> {
    const { database, tokens, trail, now } = this.#parts;
    checkTokenName(wish.name);
    const scopes = parseScopes(wish.scopes);
    const lifetime = lifetimeOf(wish.lifetimeSeconds);
    const user = await this.#userFor(by.caller, wish.username);
    const token = `rl_${newSecret()}`;
    const tokenId = newHexId();
    const at = now();
    const info = await database.write(async (tx) => {
      if ((await tokens.count(tx, user.id, at)) >= MAX_TOKENS) {
        throw new MlflowError(
          'BAD_REQUEST',
          `'${user.username}' has ${MAX_TOKENS} tokens already; revoke some`,
        );
      }
      await tokens.insert(tx, {
        ...{ tokenId, userId: user.id, name: wish.name, hash: secretHash(token), scopes, now: at },
        expiresAt: at + lifetime,
      });
      const made = await tokens.find(tx, tokenId);
      if (made === undefined) throw new Error('A new token is not there');
      await trail.record(tx, by, {
        action: 'token.mint',
        object: { kind: 'token', id: tokenId },
        after: made,
      });
      return made;
    });
    return { token, info };
  }

  async page(
    caller: Caller,
    username: string | undefined,
    size: number,
    pageToken: string | undefined,
  ): Promise<TokenPage> {
    const user = await this.#userFor(caller, username);
    return this.#parts.tokens.page(user.id, size, pageToken);
  }

  async revoke(by: By, tokenId: string): Promise<void> {
    const { database, tokens, trail, now } = this.#parts;
    requireFullRights(by.caller);
    await database.write(async (tx) => {
      const token = await tokens.find(tx, tokenId);
      // Whose tokens there are is nobody's business.
      const isOwn = token?.username === by.caller.name;
      if (token === undefined || !(isOwn || by.caller.isAdmin)) throw noToken(tokenId);
      if (!(await tokens.revoke(tx, tokenId, now()))) throw noToken(tokenId);
      await trail.record(tx, by, {
        action: 'token.revoke',
        object: { kind: 'token', id: tokenId },
        before: token,
      });
    });
  }

  /** @returns the user whose tokens the caller means and may deal with */
  async #userFor(caller: Caller, username: string | undefined): Promise<User> {
    requireFullRights(caller);
    const { database, users } = this.#parts;
    const name = username || caller.name;
    if (name !== caller.name && !caller.isAdmin) {
      throw new MlflowError(
        'PERMISSION_DENIED',
        'Tokens of other users are for administrators alone',
      );
    }
    const user = await users.find(database.read, name);
    if (user === undefined) throw notFound(`There is no user '${name}'`);
    return user;
  }
}

/** @throws MlflowError */
function requireFullRights(caller: Caller): void {
  if (caller.userId === undefined) {
    throw new MlflowError(
      'FEATURE_DISABLED',
      'This server asks nobody to sign in, so there is nothing that tokens could stand for',
    );
  }
  requireFullScope(caller);
}
