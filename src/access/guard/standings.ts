import { effective, type Grant, levelOf, type Permission } from '../permission.js';
import type { GrantReader } from './grants.store.js';
import type { Target } from './targets.js';

/** How a user stands to a thing. */
export interface Standing {
  /** 0 NO_PERMISSIONS, 1 READ, 2 USE, 3 EDIT, 4 MANAGE. */
  readonly level: number;
  /** A grant is a DENY. */
  readonly denied: boolean;
}

/** How administrators and callers of a server without sign-in stand to everything. */
export const ABOVE_ALL: Standing = { level: 4, denied: false };

/**
 * What a user's roles and grants come to on a thing. A child (a run of an experiment, a version of
 * a model) is judged by the grants on all children of its kind where there are any, and then the
 * holder must be readable; without such grants the holder's decide.
 * Source: semantics-registry 8, levels.
 */
export class Standings {
  readonly #grants: GrantReader;
  readonly #floor: Permission;

  /** @param floor MLflow's `default_permission`: what everybody has without a grant */
  constructor(grants: GrantReader, floor: Permission) {
    this.#grants = grants;
    this.#floor = floor;
  }

  async of(userId: number, { holder, child, or }: Target): Promise<Standing> {
    const own = await this.#grants.about(userId, holder, child);
    const more = or === undefined ? [] : await this.#grants.about(userId, or, undefined);
    return standing([...own, ...more], child, this.#floor);
  }
}

/** @param grants all that are about the holder, all children of its kind, or the workspace */
export function standing(
  grants: readonly Grant[],
  child: string | undefined,
  floor: Permission,
): Standing {
  const ofChild = grants.filter(({ resource_type }) => resource_type === child);
  const ofHolder = grants.filter((grant) => !ofChild.includes(grant));
  const onHolder = effective(ofHolder, floor);
  const isChief = grants.some(
    ({ resource_type, permission }) => resource_type === 'workspace' && permission === 'MANAGE',
  );
  if (child === undefined || ofChild.length === 0 || isChief) return shown(onHolder);
  const onChild = effective(ofChild, 'NO_PERMISSIONS');
  return shown(levelOf(onHolder) >= levelOf('READ') ? onChild : onHolder);
}

const shown = (permission: Permission): Standing => ({
  level: Math.max(levelOf(permission), 0),
  denied: permission === 'DENY',
});
