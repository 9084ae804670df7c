import type { Database } from '../../platform/db/database.js';
import type { Caller } from '../../platform/http/operation.js';
import type { Levels } from '../levels.js';
import { effective, type Permission } from '../permission.js';
import type { GrantStore } from './grants.store.js';

/** What grants on the thing itself come to. */
export class GrantLevels implements Levels {
  readonly #database: Database;
  readonly #grants: GrantStore;
  readonly #floor: Permission;

  /** @param floor what everybody has without a grant */
  constructor(database: Database, grants: GrantStore, floor: Permission) {
    this.#database = database;
    this.#grants = grants;
    this.#floor = floor;
  }

  async levelOf({ isAdmin, userId }: Caller, kind: string, id: string): Promise<Permission> {
    if (isAdmin) return 'MANAGE';
    if (userId === undefined) return this.#floor;
    const grants = await this.#grants.deciding(this.#database.read, userId, kind, id);
    return effective(grants, this.#floor);
  }
}
