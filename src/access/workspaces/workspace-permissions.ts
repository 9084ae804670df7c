import { invalidParameter } from '../../errors.js';
import type { Permission } from '../permission.js';
import type { RolePermission } from '../roles/roles.js';

/** What somebody may have on a whole workspace, as clients before 3.17 name it. */
export const WORKSPACE_LEVELS = ['READ', 'USE', 'EDIT', 'MANAGE', 'NO_PERMISSIONS'] as const;
export type WorkspaceLevel = (typeof WORKSPACE_LEVELS)[number];

/** Kinds of things that a level on a workspace is about. */
export const IN_WORKSPACE = ['experiment', 'registered_model', 'prompt', 'scorer'] as const;

export type Row = Pick<RolePermission, 'resource_type' | 'permission'>;

/** @throws MlflowError 400 in MLflow's words */
export function parseWorkspaceLevel(text: string): WorkspaceLevel {
  const level = WORKSPACE_LEVELS.find((known) => known === text);
  if (level !== undefined) return level;
  const all = WORKSPACE_LEVELS.map((known) => `'${known}'`).join(', ');
  throw invalidParameter(`Invalid permission '${text}'. Valid permissions are: (${all})`);
}

/** @returns the grants on all things that a level is in terms of roles */
export function rowsOf(level: WorkspaceLevel): Row[] {
  const each = (permission: Permission) =>
    IN_WORKSPACE.map((resource_type) => ({ resource_type, permission }));
  switch (level) {
    case 'MANAGE':
      return [{ resource_type: 'workspace', permission: 'MANAGE' }];
    case 'NO_PERMISSIONS':
      return each('DENY');
    default:
      return [{ resource_type: 'workspace', permission: 'USE' }, ...each(level)];
  }
}

/** @returns the level that grants on all things are; undefined where they are none */
export function levelIn(rows: readonly Row[]): WorkspaceLevel | undefined {
  const whole = rows.find(({ resource_type }) => resource_type === 'workspace')?.permission;
  if (whole === 'MANAGE') return 'MANAGE';
  const levels = IN_WORKSPACE.map(
    (kind) => rows.find(({ resource_type }) => resource_type === kind)?.permission,
  );
  const [first] = levels;
  const isOne = levels.every((level) => level === first);
  if (whole === undefined) return isOne && first === 'DENY' ? 'NO_PERMISSIONS' : undefined;
  return isOne && (first === 'READ' || first === 'EDIT') ? first : 'USE';
}
