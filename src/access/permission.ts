import { invalidParameter } from '../errors.js';

/** How much a caller may do with a thing, from nothing to everything; `DENY` forbids. */
export type Permission = 'READ' | 'USE' | 'EDIT' | 'MANAGE' | 'NO_PERMISSIONS' | 'DENY';

/** What a permission may be good for. */
export type Deed = 'read' | 'use' | 'edit' | 'manage';

/** A row of a role, as far as it decides. */
export interface Grant {
  /** Without it the grant is of the kind that is asked about. */
  readonly resource_type?: string;
  /** An exact id, or `*` for all. */
  readonly resource_pattern: string;
  readonly permission: Permission;
}

/** In the order in which MLflow names them. */
const LEVELS: Readonly<Record<Permission, number>> = {
  READ: 1,
  USE: 2,
  EDIT: 3,
  MANAGE: 4,
  NO_PERMISSIONS: 0,
  DENY: -1,
};

const NEEDED: Readonly<Record<Deed, number>> = { read: 1, use: 2, edit: 3, manage: 4 };

/** Kinds of things that a grant can name one by one. */
const BY_ID = [
  'experiment',
  'registered_model',
  'prompt',
  'scorer',
  'gateway_secret',
  'gateway_endpoint',
  'gateway_model_definition',
  'mcp_server',
] as const;

/** Kinds that are granted all at once or not at all. */
const ONLY_ALL = [
  'run',
  'trace',
  'assessment',
  'logged_model',
  'review_queue',
  'registered_model_version',
  'prompt_version',
  'scorer_version',
  'mcp_server_version',
  'workspace',
] as const;

export type ResourceType = (typeof BY_ID)[number] | (typeof ONLY_ALL)[number];

const RESOURCE_TYPES: readonly string[] = [...BY_ID, ...ONLY_ALL].sort();
const GRANTABLE: readonly string[] = ['DENY', 'EDIT', 'MANAGE', 'READ', 'USE'];
const OF_WORKSPACES: readonly string[] = ['MANAGE', 'USE'];

/** @returns a number to compare permissions by; `DENY` is below nothing at all */
export const levelOf = (permission: Permission): number => LEVELS[permission];

/** Whether a permission is enough. */
export const can = (permission: Permission, deed: Deed): boolean =>
  LEVELS[permission] >= NEEDED[deed];

export const isPermission = (text: string): text is Permission => Object.hasOwn(LEVELS, text);

/**
 * What grants come to. The highest counts, but never less than what everybody has; one `DENY`
 * takes all away, and only who manages the workspace stands above it.
 *
 * @param grants those that are about the thing asked for, by its id or by `*`, and those of the
 *   kind `workspace`
 * @param floor what everybody has without any grant
 */
export function effective(grants: readonly Grant[], floor: Permission): Permission {
  let best = floor;
  let denied = false;
  for (const { resource_type, permission } of grants) {
    if (resource_type === 'workspace') {
      if (permission === 'MANAGE') return 'MANAGE';
      // Being a member of the workspace says nothing of one thing in it.
      continue;
    }
    if (permission === 'DENY') denied = true;
    if (LEVELS[permission] > LEVELS[best]) best = permission;
  }
  return denied ? 'DENY' : best;
}

/** @throws MlflowError 400 for a word that names no permission */
export function parsePermission(text: string): Permission {
  if (isPermission(text)) return text;
  throw invalidParameter(
    `Invalid permission '${text}'. Valid permissions are: ${tuple(Object.keys(LEVELS))}`,
  );
}

/** @returns undefined for a word that names no kind of thing */
export const asResourceType = (text: string): ResourceType | undefined =>
  RESOURCE_TYPES.includes(text) ? (text as ResourceType) : undefined;

/** @throws MlflowError 400 for a word that names no kind of thing */
export function parseResourceType(text: string): ResourceType {
  const type = asResourceType(text);
  if (type !== undefined) return type;
  throw invalidParameter(
    `Invalid resource type '${text}'. Valid resource types are: ${tuple(RESOURCE_TYPES)}`,
  );
}

/** @throws MlflowError 400 for a permission that can't be granted on such things */
export function parseGrantable(text: string, type: ResourceType): Permission {
  const permission = parsePermission(text);
  const [fitting, what] =
    type === 'workspace'
      ? ([OF_WORKSPACES, 'Workspace-wide'] as const)
      : ([GRANTABLE, 'Resource-level'] as const);
  if (fitting.includes(permission)) return permission;
  throw invalidParameter(
    `Invalid permission '${text}' for resource_type='${type}'. ` +
      `${what} grants accept only: ${tuple(fitting)}.`,
  );
}

/** Whether things of a kind can be granted one by one. */
export const isGrantedById = (type: ResourceType): boolean =>
  (BY_ID as readonly string[]).includes(type);

/** @throws MlflowError 400 for one id of a kind that is granted all at once */
export function checkPattern(pattern: string, type: ResourceType): void {
  if (pattern === '*' || isGrantedById(type)) return;
  throw invalidParameter(
    `Invalid resource_pattern '${pattern}' for resource_type='${type}'. ` +
      "This resource type supports only wildcard ('*') grants.",
  );
}

/** Words as Python prints a tuple of them. */
const tuple = (words: readonly string[]): string =>
  `(${words.map((word) => `'${word}'`).join(', ')})`;
