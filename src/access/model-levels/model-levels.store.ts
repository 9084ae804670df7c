import type { Database, Reader, Transaction } from '../../platform/db/database.js';
import { isHere } from '../../platform/db/workspace.js';
import type { Permission } from '../permission.js';
import { matches, type Right } from '../rights.js';
import { type Holding, holdsAll, RIGHTS_OF } from './model-levels.js';

/** A model as grants and rights name it. */
export interface NamedModel {
  readonly key: number;
  readonly kind: 'registered_model' | 'prompt';
  readonly name: string;
}

/** What one role was given on a model; a user's own hidden role among them. */
export interface RoleHolding extends Holding {
  readonly roleId: number;
  readonly role: string;
  /** It comes from a pattern that fits more than this model. */
  readonly inherited: boolean;
}

interface PermissionRow {
  readonly role_id: number;
  readonly name: string;
  readonly resource_pattern: string;
  readonly permission: Permission;
}

type RightRow = Right & { readonly role_id: number; readonly name: string };

/** SQL of what roles were given on one model. */
export class ModelLevelStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async name(reader: Reader, key: number): Promise<string | undefined> {
    const sql = `select name from registered_models m where id = ? and ${isHere(this.#database, 'm')}`;
    return (await reader.first<{ name: string }>({ sql, bindings: [key] }))?.name;
  }

  /** The same as {@link name}, held until the transaction ends. */
  async lock(tx: Transaction, key: number): Promise<string | undefined> {
    const sql = `select name from registered_models m where id = ? and ${isHere(this.#database, 'm')}${this.#database.dialect.forUpdate}`;
    return (await tx.first<{ name: string }>({ sql, bindings: [key] }))?.name;
  }

  /** @returns what is given on this model alone, then what patterns give on it among others */
  async holdings(reader: Reader, model: NamedModel): Promise<RoleHolding[]> {
    const permissions = await reader.all<PermissionRow>({
      sql:
        'select p.role_id, r.name, p.resource_pattern, p.permission from role_permissions p ' +
        'join roles r on r.id = p.role_id where r.workspace = ? and p.resource_type = ? ' +
        "and p.resource_pattern in (?, '*') order by p.role_id",
      bindings: [this.#database.workspace, model.kind, model.name],
    });
    const rights = (
      await reader.all<RightRow>({
        sql:
          'select t.role_id, r.name, t.action, t.model_pattern, t.from_stage, t.to_stage, ' +
          't.alias_pattern from role_rights t join roles r on r.id = t.role_id ' +
          "where r.workspace = ? and (t.model_pattern = ? or t.model_pattern like '%*%') " +
          'order by t.role_id',
        bindings: [this.#database.workspace, model.name],
      })
    ).filter(({ model_pattern }) => matches(model_pattern, model.name));
    return [false, true].flatMap((inherited) => {
      const isOf = (pattern: string) => (pattern !== model.name) === inherited;
      return byRole(
        permissions.filter(({ resource_pattern }) => isOf(resource_pattern)),
        rights.filter(({ model_pattern }) => isOf(model_pattern)),
        inherited,
      );
    });
  }

  /** Gives a role exactly this on a model, in place of what it has on the model alone. */
  async replace(
    tx: Transaction,
    roleId: number,
    model: NamedModel,
    holding: Holding,
  ): Promise<void> {
    await tx.run({
      sql:
        'delete from role_permissions ' +
        'where role_id = ? and resource_type = ? and resource_pattern = ?',
      bindings: [roleId, model.kind, model.name],
    });
    if (holding.permission !== undefined) {
      await tx.run({
        sql:
          'insert into role_permissions (role_id, resource_type, resource_pattern, permission) ' +
          'values (?, ?, ?, ?)',
        bindings: [roleId, model.kind, model.name, holding.permission],
      });
    }
    for (const level of ['staging', 'production'] as const) {
      for (const { action, from_stage, to_stage, alias_pattern } of RIGHTS_OF[level]) {
        const bindings = [roleId, action, model.name, from_stage, to_stage, alias_pattern];
        const columns = 'role_id, action, model_pattern, from_stage, to_stage, alias_pattern';
        await tx.run({
          sql: holding[level]
            ? `insert into role_rights (${columns}) values (?, ?, ?, ?, ?, ?) on conflict do nothing`
            : 'delete from role_rights where role_id = ? and action = ? and model_pattern = ? ' +
              'and from_stage = ? and to_stage = ? and alias_pattern = ?',
          bindings,
        });
      }
    }
  }

  /** @returns the names of users by their keys */
  async usernames(reader: Reader, ids: readonly number[]): Promise<ReadonlyMap<number, string>> {
    if (ids.length === 0) return new Map();
    const { sql, bindings } = this.#database.dialect.isOneOf('id', ids);
    const rows = await reader.all<{ id: number; username: string }>({
      sql: `select id, username from users where ${sql}`,
      bindings,
    });
    return new Map(rows.map(({ id, username }) => [id, username]));
  }
}

function byRole(
  permissions: readonly PermissionRow[],
  rights: readonly RightRow[],
  inherited: boolean,
): RoleHolding[] {
  const names = new Map([...permissions, ...rights].map(({ role_id, name }) => [role_id, name]));
  return [...names].map(([roleId, role]) => {
    const own = rights.filter(({ role_id }) => role_id === roleId);
    return {
      ...{ roleId, role, inherited },
      permission: permissions.find(({ role_id }) => role_id === roleId)?.permission,
      staging: holdsAll(own, 'staging'),
      production: holdsAll(own, 'production'),
    };
  });
}
