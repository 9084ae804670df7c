import { alreadyExists, invalidParameter, notFound } from '../../errors.js';
import type { Database } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import type { Trail } from '../../platform/trail.js';
import { RIGHT_ACTIONS, type Right, type RightAction } from '../rights.js';
import type { RightStore, StoredRight } from './rights.store.js';
import type { RoleStore } from './roles.store.js';

const MAX_PATTERN = 256;

/** As somebody asks for it; what it leaves out is `*`. */
export type WantedRight = { readonly action: string } & Partial<Omit<Right, 'action'>>;

export interface RightServiceParts {
  readonly database: Database;
  readonly roles: RoleStore;
  readonly rights: RightStore;
  readonly trail: Trail;
}

/** Gives roles the rights that MLflow's levels can't express, and takes them away. */
export class RightService {
  readonly #parts: RightServiceParts;

  constructor(parts: RightServiceParts) {
    this.#parts = parts;
  }

  /** @throws MlflowError 404 when there is no such role */
  async list(roleId: number): Promise<StoredRight[]> {
    const { database, roles, rights } = this.#parts;
    if ((await roles.find(database.read, roleId)) === undefined) throw noRole(roleId);
    return rights.ofRole(database.read, roleId);
  }

  /** @throws MlflowError 400 for an action or a pattern that can't be, or a right that is there; 404 */
  async add(roleId: number, wanted: WantedRight, by: By): Promise<StoredRight> {
    const { database, roles, rights, trail } = this.#parts;
    const { action, ...patterns } = wanted;
    const right = { ...checkPatterns(patterns), action: parseAction(action) };
    return database.write(async (tx) => {
      const role = await roles.lock(tx, roleId);
      if (role === undefined) throw noRole(roleId);
      const added = await rights.add(tx, roleId, right);
      if (added === undefined) {
        throw alreadyExists(`The role '${role.name}' has this right to ${action} already`);
      }
      await trail.record(tx, by, {
        action: 'role.grant_right',
        object: { kind: 'role', id: role.name },
        after: { ...added },
      });
      return added;
    });
  }

  /** @throws MlflowError 404 when the role has no such right */
  async remove(roleId: number, id: number, by: By): Promise<void> {
    const { database, roles, rights, trail } = this.#parts;
    await database.write(async (tx) => {
      const role = await roles.lock(tx, roleId);
      if (role === undefined) throw noRole(roleId);
      const removed = await rights.remove(tx, roleId, id);
      if (removed === undefined) throw notFound(`The role '${role.name}' has no right ${id}`);
      await trail.record(tx, by, {
        action: 'role.revoke_right',
        object: { kind: 'role', id: role.name },
        before: { ...removed },
      });
    });
  }
}

function parseAction(text: string): RightAction {
  const action = RIGHT_ACTIONS.find((known) => known === text);
  if (action !== undefined) return action;
  throw invalidParameter(`action must be one of ${RIGHT_ACTIONS.join(', ')}, not '${text}'`);
}

function checkPatterns(patterns: Omit<WantedRight, 'action'>): Omit<WantedRight, 'action'> {
  for (const [name, pattern] of Object.entries(patterns)) {
    if (pattern === '' || pattern.length > MAX_PATTERN) {
      throw invalidParameter(
        `${name} must have 1 to ${MAX_PATTERN} characters; '*' stands for any`,
      );
    }
  }
  return patterns;
}

const noRole = (id: number) => notFound(`Role with id=${id} not found`);
