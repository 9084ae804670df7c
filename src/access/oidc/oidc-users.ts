import { MlflowError } from '../../errors.js';
import type { Clock } from '../../platform/clock.js';
import type { OidcConfig } from '../../platform/config/access-config.js';
import type { Database, Transaction } from '../../platform/db/database.js';
import type { Origin, SignInMethod } from '../../platform/http/operation.js';
import type { Trail } from '../../platform/trail.js';
import { MAX_USERNAME } from '../sign-in/authorization.js';
import type { SignInWatch } from '../sign-in/sign-in-watch.js';
import type { User, UserStore } from '../users/users.store.js';
import type { Identity, OidcStore } from './oidc.store.js';

/** What a provider says of somebody, once it is verified that it was the provider who says so. */
export type Claims = Readonly<Record<string, unknown>>;

export interface OidcUsersParts {
  readonly database: Database;
  readonly users: UserStore;
  readonly store: OidcStore;
  readonly trail: Trail;
  readonly config: OidcConfig;
  readonly now: Clock;
  /** Is told of whom the provider knows and this server lets in not. */
  readonly watch: SignInWatch;
}

const METHOD: SignInMethod = 'jwt';

/** Finds or makes the account of somebody whom the provider has signed in, and keeps its roles. */
export class OidcUsers {
  readonly #parts: OidcUsersParts;

  constructor(parts: OidcUsersParts) {
    this.#parts = parts;
  }

  /**
   * The account is found by who the provider says it is, whatever they are called by now; a name
   * finds one only for whom none is found, and only if it belongs to nobody else.
   *
   * @throws MlflowError 403 for somebody who may not have an account here
   */
  async signIn(claims: Claims, origin: Origin): Promise<User> {
    try {
      return await this.#signIn(claims, origin);
    } catch (error) {
      if (error instanceof MlflowError && error.status === 403) {
        const who = typeof claims.sub === 'string' ? claims.sub : '';
        await this.#parts.watch.failed(origin, METHOD, who, error.message);
      }
      throw error;
    }
  }

  async #signIn(claims: Claims, origin: Origin): Promise<User> {
    const { database, config } = this.#parts;
    const who = identityOf(claims, config.issuer);
    const groups = groupsOf(claims[config.groupsClaim]);
    const enter = () =>
      database.write(async (tx) => {
        const user = (await this.#bound(tx, who)) ?? (await this.#bind(tx, who, claims, origin));
        await this.#syncRoles(tx, user, groups, origin);
        return this.#syncAdmin(tx, user, groups, origin);
      });
    return enter().catch((error: unknown) => {
      // Two first sign-ins at once: now the account is there.
      if (database.dialect.isUniqueViolation(error)) return enter();
      throw error;
    });
  }

  async #bound(tx: Transaction, who: Identity): Promise<User | undefined> {
    const id = await this.#parts.store.userOf(tx, who);
    return id === undefined ? undefined : this.#parts.users.get(tx, id);
  }

  /** @returns the account of the name that the provider tells, which is theirs from now on */
  async #bind(tx: Transaction, who: Identity, claims: Claims, origin: Origin): Promise<User> {
    const { users, store, config, now } = this.#parts;
    const username = usernameOf(claims, config.usernameClaims);
    const known = await users.find(tx, username);
    if (known === undefined && !config.createUsers) {
      throw denied(`There is no account '${username}'; ask an administrator for one`);
    }
    if (known?.passwordHash !== undefined && !config.linkAccounts) {
      throw denied(`The account '${username}' has a password; it can't be signed in elsewhere`);
    }
    const others = known === undefined ? [] : await store.identitiesOf(tx, known.id);
    const isTaken = others.some(({ issuer }) => issuer === who.issuer || !config.linkAccounts);
    if (isTaken) {
      throw denied(`The account '${username}' belongs to somebody else at the provider`);
    }
    const user = known ?? (await this.#make(tx, username, origin));
    await store.bind(tx, user.id, who, now());
    await this.#record(tx, user, origin, 'user.bind_identity', undefined, { ...who });
    return user;
  }

  async #make(tx: Transaction, username: string, origin: Origin): Promise<User> {
    const { users, now } = this.#parts;
    const made = { username, passwordHash: null, isAdmin: false, now: now() };
    const user = await users.insert(tx, made);
    await this.#record(tx, user, origin, 'user.create', undefined, { username, source: 'oidc' });
    return user;
  }

  async #syncRoles(
    tx: Transaction,
    user: User,
    groups: ReadonlySet<string>,
    origin: Origin,
  ): Promise<void> {
    const { store, config } = this.#parts;
    const due = new Map<number, string>();
    for (const { group, workspace, role } of config.groupRoles) {
      if (!groups.has(group)) continue;
      const id = await store.roleId(tx, workspace, role);
      if (id !== undefined) due.set(id, `${workspace}/${role}`);
    }
    const given = await store.given(tx, user.id);
    const fresh = [...due].filter(([id]) => !given.includes(id));
    const gone = given.filter((id) => !due.has(id));
    for (const [id] of fresh) await store.give(tx, user.id, id);
    for (const id of gone) await store.takeBack(tx, user.id, id);
    if (fresh.length === 0 && gone.length === 0) return;
    await this.#record(
      tx,
      user,
      origin,
      'user.sync_roles',
      { role_ids: given },
      { role_ids: [...due.keys()] },
    );
  }

  async #syncAdmin(
    tx: Transaction,
    user: User,
    groups: ReadonlySet<string>,
    origin: Origin,
  ): Promise<User> {
    const { users, config, now } = this.#parts;
    if (config.adminGroup === undefined) return user;
    const isAdmin = groups.has(config.adminGroup);
    if (isAdmin === user.isAdmin) return user;
    await users.setAdmin(tx, user.id, isAdmin, now());
    const before = { is_admin: user.isAdmin };
    await this.#record(tx, user, origin, 'user.update_admin', before, { is_admin: isAdmin });
    return { ...user, isAdmin };
  }

  #record(
    tx: Transaction,
    { id, username, isAdmin }: User,
    origin: Origin,
    action: string,
    before: unknown,
    after: unknown,
  ): Promise<void> {
    const caller = { name: username, userId: id, isAdmin, method: METHOD };
    return this.#parts.trail.record(
      tx,
      { caller, origin },
      { action, object: { kind: 'user', id: username }, ...(before ? { before } : {}), after },
    );
  }
}

const MAX_SUBJECT = 255;

/** Source: OpenID Connect Core 1.0, 5.7: issuer and subject together, and nothing else, are stable. */
function identityOf({ sub, iss }: Claims, issuer: URL): Identity {
  if (typeof sub !== 'string' || sub === '' || sub.length > MAX_SUBJECT) {
    throw denied('The provider tells no usable subject');
  }
  return { issuer: typeof iss === 'string' ? iss : issuer.href, subject: sub };
}

/** @throws MlflowError 403 when there is no name that an account can have */
function usernameOf(claims: Claims, names: readonly string[]): string {
  const claim = names.find((name) => claims[name] !== undefined);
  const value = claim === undefined ? undefined : claims[claim];
  if (claim === 'email' && claims.email_verified === false) {
    throw denied('The provider has not verified your e-mail address');
  }
  const isName = typeof value === 'string' && value.trim() !== '' && value.length <= MAX_USERNAME;
  // With spaces around it a name looks like somebody else's.
  if (isName && value === value.trim() && !/[:\p{C}\p{Zl}\p{Zp}]/u.test(value)) return value;
  throw denied(`The provider tells no usable name in the claims ${names.join(', ')}`);
}

function groupsOf(claim: unknown): ReadonlySet<string> {
  const given = Array.isArray(claim) ? claim : [claim];
  return new Set(given.filter((group) => typeof group === 'string'));
}

const denied = (message: string): MlflowError => new MlflowError('PERMISSION_DENIED', message);
