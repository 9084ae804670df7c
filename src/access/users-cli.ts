import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import type { Clock } from '../platform/clock.js';
import type { Database, Transaction } from '../platform/db/database.js';
import { parseSourceUri } from '../platform/db/read-only-source.js';
import { inWorkspace } from '../platform/db/workspace.js';
import type { By } from '../platform/http/operation.js';
import type { Trail } from '../platform/trail.js';
import { GrantStore } from './grants/grants.store.js';
import type { Accounts } from './import/accounts.js';
import { importAccounts } from './import/import-accounts.js';
import { readMlflowAccounts } from './import/mlflow-accounts.store.js';
import { hashPassword } from './passwords.js';
import { RoleStore } from './roles/roles.store.js';
import { checkPassword, checkUsername, noUser, userExists } from './users/users.js';
import { type User, UserStore } from './users/users.store.js';

/** Whoever sits at the machine may do all this: they could change the database as well. */
const AT_THE_MACHINE: By['caller'] = { name: 'command line', isAdmin: true, method: 'nobody' };

export interface UsersCliParts {
  readonly database: Database;
  readonly trail: Trail;
  readonly now: Clock;
  /** Shows a line. */
  readonly print: (line: string) => void;
}

/**
 * Accounts from the command line, straight on the database: for the first account, and for when
 * nobody can sign in any more. Servers that run see changes as they see each other's.
 */
export class UsersCli {
  readonly #parts: UsersCliParts;
  readonly #users: UserStore;
  readonly #grants: GrantStore;
  readonly #by: By = {
    caller: AT_THE_MACHINE,
    origin: { address: '', userAgent: 'runledger users', requestId: randomUUID() },
  };

  constructor(parts: UsersCliParts) {
    this.#parts = parts;
    this.#users = new UserStore(parts.database);
    this.#grants = new GrantStore(parts.database);
  }

  async list(): Promise<void> {
    for (const { username, isAdmin, passwordHash } of await this.#users.list(
      this.#parts.database.scan,
    )) {
      const notes = [isAdmin ? 'admin' : '', passwordHash === undefined ? 'no password' : ''];
      this.#parts.print([username, ...notes.filter((note) => note !== '')].join('\t'));
    }
  }

  async create(username: string, password: string, isAdmin: boolean): Promise<void> {
    checkUsername(username);
    checkPassword(password);
    const passwordHash = await hashPassword(password);
    await this.#parts.database.write(async (tx) => {
      if ((await this.#users.find(tx, username)) !== undefined) throw userExists(username);
      const now = this.#parts.now();
      const { id } = await this.#users.insert(tx, { username, passwordHash, isAdmin, now });
      await this.#record(tx, username, 'user.create', { after: { id, is_admin: isAdmin } });
    });
    this.#parts.print(`created ${username}`);
  }

  /** Sets a password and signs the account out everywhere. */
  async setPassword(username: string, password: string): Promise<void> {
    checkPassword(password);
    const passwordHash = await hashPassword(password);
    await this.#change(username, async (tx, { id }) => {
      await this.#users.setPassword(tx, id, passwordHash, this.#parts.now());
      await this.#users.endSessions(tx, id);
      await this.#record(tx, username, 'user.update_password', {});
    });
    this.#parts.print(`set the password of ${username}`);
  }

  async makeAdmin(username: string): Promise<void> {
    await this.#change(username, async (tx, { id, isAdmin }) => {
      if (isAdmin) return;
      await this.#users.setAdmin(tx, id, true, this.#parts.now());
      await this.#record(tx, username, 'user.update_admin', {
        before: { is_admin: false },
        after: { is_admin: true },
      });
    });
    this.#parts.print(`${username} is an admin`);
  }

  /** Deletes an account, the last admin's too: another one can be made right here. */
  async delete(username: string): Promise<void> {
    await this.#change(username, async (tx, { id, isAdmin }) => {
      await this.#grants.deleteHiddenRole(tx, id);
      await this.#users.delete(tx, id);
      await this.#record(tx, username, 'user.delete', { before: { id, is_admin: isAdmin } });
    });
    this.#parts.print(`deleted ${username}`);
  }

  /** @param from the URI of MLflow's database of accounts */
  async import(from: string): Promise<void> {
    await this.add(await readMlflowAccounts(parseSourceUri(from)));
  }

  /** Adds accounts that were read before. */
  async add(accounts: Accounts): Promise<void> {
    const { print, ...parts } = this.#parts;
    const stores = {
      users: this.#users,
      roles: new RoleStore(parts.database),
      grantsIn: (workspace: string) => new GrantStore(inWorkspace(parts.database, workspace)),
    };
    const { left, ...added } = await importAccounts({ ...parts, ...stores }, accounts, this.#by);
    for (const line of left) print(`left: ${line}`);
    const counts = Object.entries(added).map(([what, count]) => `${count} ${what}`);
    print(`added ${counts.join(', ')}`);
  }

  /**
   * Reads a password: what the environment holds, or else the first line of what is piped or typed.
   * On a terminal it is not shown.
   */
  async readPassword(given: string | undefined): Promise<string> {
    if (given) return given;
    const isTerminal = process.stdin.isTTY === true;
    if (isTerminal) process.stderr.write('Password: ');
    const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
    const lines = createInterface({ input: process.stdin, output: silent, terminal: isTerminal });
    try {
      for await (const line of lines) return line;
      return '';
    } finally {
      lines.close();
      if (isTerminal) process.stderr.write('\n');
    }
  }

  async #change(
    username: string,
    work: (tx: Transaction, user: User) => Promise<void>,
  ): Promise<void> {
    await this.#parts.database.write(async (tx) => {
      const user = await this.#users.lock(tx, username);
      if (user === undefined) throw noUser(username);
      await work(tx, user);
    });
  }

  #record(
    tx: Transaction,
    username: string,
    action: string,
    change: { readonly before?: unknown; readonly after?: unknown },
  ): Promise<void> {
    const object = { kind: 'user', id: username };
    return this.#parts.trail.record(tx, this.#by, { action, object, ...change });
  }
}
