import type { Database, Transaction } from '../../platform/db/database.js';
import { DEFAULT_WORKSPACE } from '../../platform/db/workspace.js';
import { noTrail, type Trail } from '../../platform/trail.js';
import { AT_THE_START } from '../asker.js';
import type { RightAction } from '../rights.js';
import type { RightStore } from './rights.store.js';
import type { RoleStore } from './roles.store.js';

interface BuiltIn {
  readonly name: string;
  readonly description: string;
  /** On all registered models; everything else may be read. */
  readonly onModels: 'READ' | 'EDIT';
  readonly rights: readonly RightAction[];
}

/** The roles that the way from training to production speaks of. Source: governance 2.8. */
const ROLES: readonly BuiltIn[] = [
  {
    name: 'lead',
    description: 'Decides what goes to production: promotes, approves and rolls back',
    onModels: 'EDIT',
    rights: ['transition', 'alias_set', 'alias_delete', 'approve', 'rollback'],
  },
  {
    name: 'validator',
    // Who agrees by the same call as a lead must be let as far as the gate.
    description: 'Independent third party: examines models and approves',
    onModels: 'EDIT',
    rights: ['approve'],
  },
  {
    name: 'auditor',
    description: 'Reads everything, the audit log included, and changes nothing',
    onModels: 'READ',
    rights: ['audit'],
  },
  {
    name: 'serving',
    description: 'A server that loads models',
    onModels: 'READ',
    rights: [],
  },
  {
    name: 'on-call',
    description: 'Rolls back, and breaks glass in an emergency',
    onModels: 'READ',
    rights: ['rollback', 'break_glass'],
  },
];

const READABLE = ['registered_model', 'experiment', 'prompt', 'scorer'];

/**
 * Makes the built-in roles that are missing. A role of such a name that is there already belongs
 * to whoever made it, and stays as it is.
 */
export async function ensureBuiltInRoles(
  database: Database,
  roles: RoleStore,
  rights: RightStore,
  trail: Trail = noTrail,
): Promise<void> {
  const known = await roles.list(database.read, [DEFAULT_WORKSPACE]);
  if (ROLES.every(({ name }) => known.some((role) => role.name === name))) return;
  await database.write((tx) => insertBuiltInRoles(tx, DEFAULT_WORKSPACE, { roles, rights, trail }));
}

export interface BuiltInRoleParts {
  readonly roles: RoleStore;
  readonly rights: RightStore;
  readonly trail: Trail;
}

/** Makes those of the built-in roles that a workspace has not got. */
export async function insertBuiltInRoles(
  tx: Transaction,
  workspace: string,
  { roles, rights, trail }: BuiltInRoleParts,
): Promise<void> {
  for (const { name, description, onModels, rights: given } of ROLES) {
    // One of this name is there already: somebody else's, or another server was quicker.
    const role = await roles.insert(tx, { name, workspace, description });
    if (role === undefined) continue;
    for (const resource_type of READABLE) {
      const permission = resource_type === 'registered_model' ? onModels : 'READ';
      await roles.insertPermission(tx, {
        ...{ role_id: role.id, resource_type, resource_pattern: '*' },
        permission,
      });
    }
    for (const action of given) await rights.add(tx, role.id, { action });
    await trail.record(tx, AT_THE_START, {
      action: 'role.create',
      object: { kind: 'role', id: String(role.id) },
      after: { name, workspace, description, models: onModels, rights: given },
    });
  }
}
