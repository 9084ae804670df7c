import knex, { type Knex } from 'knex';
import { scorerKey } from '../../evaluation/scorers/scorers.js';
import { tlsOf } from '../../platform/db/mysql-location.js';
import { describeSource, type SourceLocation } from '../../platform/db/read-only-source.js';
import { DEFAULT_WORKSPACE } from '../../platform/db/workspace.js';
import { startError } from '../../platform/start-error.js';
import { hiddenRoleOf } from '../roles/roles.js';
import { type Accounts, type ImportedGrant, toGrant, workspaceGrants } from './accounts.js';

interface UserRow {
  readonly id: number;
  readonly username: string | null;
  readonly password_hash: string | null;
  readonly is_admin: number | boolean | null;
}

interface RoleRow {
  readonly id: number;
  readonly name: string;
  readonly workspace: string;
  readonly description: string | null;
}

/** Tables of MLflow before 3.17, what they are about, and the columns that name it. */
const BY_ENTITY = [
  ['experiment_permissions', 'experiment', ['experiment_id']],
  ['registered_model_permissions', 'registered_model', ['name']],
  ['scorer_permissions', 'scorer', ['experiment_id', 'scorer_name']],
  ['gateway_secret_permissions', 'gateway_secret', ['secret_id']],
  ['gateway_endpoint_permissions', 'gateway_endpoint', ['endpoint_id']],
  ['gateway_model_definition_permissions', 'gateway_model_definition', ['model_definition_id']],
] as const;

/**
 * Reads accounts, roles and permissions of MLflow's, from its releases with roles and from those
 * with a table for each kind of thing. Nothing is written.
 *
 * @throws Error with one sentence when the database holds no accounts of MLflow's
 */
export async function readMlflowAccounts(location: SourceLocation): Promise<Accounts> {
  const source = connect(location);
  try {
    await source.raw('select 1').catch((error: unknown) => {
      throw startError(`Can't read the accounts in ${describeSource(location)}`, error);
    });
    if (!(await source.schema.hasTable('users'))) {
      throw new Error('The database holds no accounts of MLflow: it has no table users');
    }
    const rows = await source<UserRow>('users').select(
      ...(['id', 'username', 'password_hash', 'is_admin'] as const),
    );
    const names = new Map(rows.flatMap(({ id, username }) => (username ? [[id, username]] : [])));
    const users = rows.flatMap(({ username, password_hash, is_admin }) =>
      username ? [{ username, passwordHash: password_hash, isAdmin: Boolean(is_admin) }] : [],
    );
    // 3.17 keeps the older tables as they were, so what they say may have been revoked since.
    const hasRoles = await source.schema.hasTable('role_permissions');
    const found = hasRoles ? await readRoles(source, names) : await readEntities(source, names);
    return { users, ...found };
  } finally {
    await source.destroy();
  }
}

/** What goes wrong is told once, by whoever asked. */
const SILENT = { warn: () => undefined, error: () => undefined, debug: () => undefined };

function connect(location: SourceLocation): Knex {
  switch (location.kind) {
    case 'sqlite':
      return knex({
        client: 'better-sqlite3',
        connection: { filename: location.file, options: { readonly: true } },
        useNullAsDefault: true,
        log: SILENT,
      });
    case 'postgres':
      return knex({
        client: 'pg',
        connection: location.connectionString,
        pool: { min: 0, max: 1 },
        log: SILENT,
      });
    case 'mysql': {
      const { host, port, user, password, database, socket } = location;
      return knex({
        client: 'mysql2',
        connection: {
          ...(socket === undefined ? { host, port } : { socketPath: socket }),
          ...{ user, password, database },
          ...tlsOf(location),
        },
        pool: { min: 0, max: 1 },
        log: SILENT,
      });
    }
  }
}

type Rest = Omit<Accounts, 'users'>;
type Names = ReadonlyMap<number, string>;

async function readRoles(source: Knex, names: Names): Promise<Rest> {
  const left: string[] = [];
  const roles = await source<RoleRow>('roles').select('id', 'name', 'workspace', 'description');
  const permissions = await source('role_permissions').select(
    ...['role_id', 'resource_type', 'resource_pattern', 'permission'],
  );
  const assignments = await source('user_role_assignments').select('user_id', 'role_id');
  const grantsOf = new Map<number, ImportedGrant[]>();
  for (const { role_id, resource_type, resource_pattern, permission } of permissions) {
    const grant = toGrant(resource_type, resource_pattern, permission);
    if (grant === undefined) {
      left.push(`${permission} on ${resource_type} ${resource_pattern}: not known here`);
    } else grantsOf.set(role_id, [...(grantsOf.get(role_id) ?? []), grant]);
  }
  // A hidden role is named by the id of its user, who gets another id here.
  const hidden = new Map(
    Array.from(names, ([id, username]) => [hiddenRoleOf(id), username] as const),
  );
  return {
    left,
    roles: roles
      .filter((role) => !hidden.has(role.name))
      .map(({ id, name, workspace, description }) => ({
        ...{ name, workspace, description },
        grants: grantsOf.get(id) ?? [],
        usernames: assignments
          .filter(({ role_id }) => role_id === id)
          .flatMap(({ user_id }) => names.get(user_id) ?? []),
      })),
    grants: roles.flatMap(({ id, name, workspace }) => {
      const username = hidden.get(name);
      if (username === undefined) return [];
      return (grantsOf.get(id) ?? []).map((grant) => ({ ...grant, username, workspace }));
    }),
  };
}

async function readEntities(source: Knex, names: Names): Promise<Rest> {
  const left: string[] = [];
  const grants: Accounts['grants'][number][] = [];
  for (const [table, type, columns] of BY_ENTITY) {
    if (!(await source.schema.hasTable(table))) continue;
    for (const row of await source(table).select()) {
      const username = names.get(row.user_id);
      const [id, name] = columns.map((column) => String(row[column]));
      const pattern = name === undefined ? (id ?? '') : scorerKey(id ?? '', name);
      const grant = toGrant(type, pattern, row.permission);
      if (username === undefined || grant === undefined) {
        left.push(`${row.permission} on ${type} ${pattern}: not known here`);
      } else {
        const workspace = row.workspace ?? DEFAULT_WORKSPACE;
        grants.push({ ...grant, username, workspace });
      }
    }
  }
  if (await source.schema.hasTable('workspace_permissions')) {
    for (const { user_id, workspace, permission } of await source('workspace_permissions')) {
      const username = names.get(user_id);
      if (username === undefined) {
        left.push(`${permission} on workspace ${workspace}: not known here`);
        continue;
      }
      grants.push(
        ...workspaceGrants(permission).map((grant) => ({ ...grant, username, workspace })),
      );
    }
  }
  return { roles: [], grants, left };
}
