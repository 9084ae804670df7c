import type { StageKind } from '../policy/profile.js';
import type { CallerFacts } from './facts.js';

/** Roles that may say yes where a rule names none. */
export const APPROVER_ROLES = ['lead', 'validator'] as const;

/**
 * @returns the caller's roles; who was expressly given the production versions of a model is a lead
 *   of it. An administrator is not: he can make himself one, and that is written down.
 */
export function rolesOf({ roles, rights }: CallerFacts): readonly string[] {
  if (rights.includes('DENY')) return [];
  const isLead = rights.includes('CAN_MANAGE_PRODUCTION_VERSIONS') && !roles.includes('lead');
  return isLead ? [...roles, 'lead'] : roles;
}

const holds = ({ rights }: CallerFacts, ...wanted: readonly string[]): boolean =>
  !rights.includes('DENY') && wanted.some((right) => rights.includes(right));

/** Whether the caller may ask for a version to be promoted: who may change the version may. */
export const mayPropose = (caller: CallerFacts): boolean =>
  holds(caller, 'EDIT', 'MANAGE', 'CAN_MANAGE_STAGING_VERSIONS') || mayManageProduction(caller);

/**
 * Whether the caller may take a version out of what serves, or name another there. To own a model
 * is not enough: its creator has MANAGE by himself.
 */
export const mayManageProduction = (caller: CallerFacts): boolean =>
  caller.isAdmin ||
  rolesOf(caller).includes('lead') ||
  holds(caller, 'transition', 'alias_set', 'alias_delete');

/** Whether the caller may bring back what was approved before. */
export const mayRollBack = (caller: CallerFacts): boolean =>
  mayManageProduction(caller) ||
  rolesOf(caller).some((role) => role === 'on-call' || role === 'oncall') ||
  holds(caller, 'rollback');

/** Whether the caller may move versions into and out of a stage of this kind, approvals aside. */
export const mayManage = (caller: CallerFacts, kind: StageKind): boolean =>
  kind === 'Production' ? mayManageProduction(caller) : mayPropose(caller);
