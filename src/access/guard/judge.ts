import type { Caller, Requirement } from '../../platform/http/operation.js';
import type { Levels } from '../levels.js';
import type { Permission } from '../permission.js';
import type { Policies, PolicyAction, PolicyAnswer } from '../policy/policies.js';
import { isGranted, type RightfulDeed } from '../rights.js';
import type { GrantReader } from './grants.store.js';
import { ABOVE_ALL, type Standing, type Standings } from './standings.js';
import type { Target, Targets } from './targets.js';

export interface JudgeParts {
  readonly policies: Policies;
  readonly targets: Targets;
  readonly standings: Standings;
  readonly grants: GrantReader;
  /** Whether a token was made for this. */
  readonly inScope: (caller: Caller, needed: Requirement) => boolean;
}

const NOWHERE: Target = { holder: { kind: 'experiment', id: '' } };

/** Asks the policies, with all that they want to know. */
export class Judge implements Levels {
  readonly #parts: JudgeParts;

  constructor(parts: JudgeParts) {
    this.#parts = parts;
  }

  /** The version of the policies that decide, for the audit log. */
  get policyVersion(): string {
    return this.#parts.policies.version;
  }

  async allows(caller: Caller, needed: Requirement): Promise<boolean> {
    const { access, of, id } = needed;
    if (access === 'open') return true;
    const targets = await this.#parts.targets.of(of, id);
    if (targets === undefined && !caller.isAdmin) return false;
    const roles = await this.#roles(caller);
    const inScope = this.#parts.inScope(caller, needed);
    const granted = access === 'audit' && (await this.#holds(caller, { action: 'audit' }));
    const about = targets === undefined || targets.length === 0 ? [NOWHERE] : targets;
    for (const target of about) {
      const standing = await this.#standing(caller, target);
      const { kind, id: name } = of === 'server' ? { kind: 'server', id: '' } : target.holder;
      const question = {
        principal: { ...caller, roles },
        action: access,
        resource: { kind, name },
        ...standing,
        ...{ granted, inScope },
      };
      if (!this.#parts.policies.decide(question).allowed) return false;
    }
    return true;
  }

  /** May this caller do what takes a right on a model, and which policies say so? */
  async judge(
    caller: Caller,
    deed: RightfulDeed & { readonly model: string },
  ): Promise<PolicyAnswer> {
    const { model, from, to, alias } = deed;
    const [target = NOWHERE] = (await this.#parts.targets.of('registered_model', model)) ?? [];
    return this.#parts.policies.decide({
      principal: { ...caller, roles: await this.#roles(caller) },
      action: ACTION_OF_RIGHT[deed.action],
      resource: { kind: target.holder.kind, name: model },
      ...(await this.#standing(caller, target)),
      granted: await this.#holds(caller, deed),
      inScope: this.#parts.inScope(caller, { access: 'edit', of: 'registered_model', id: model }),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(alias === undefined ? {} : { alias }),
    });
  }

  /** @returns what a caller's grants on one thing come to */
  async levelOf(caller: Caller, kind: string, id: string): Promise<Permission> {
    const { level, denied } = await this.#standing(caller, { holder: { kind, id } });
    return denied ? 'DENY' : (PERMISSIONS[level] ?? 'NO_PERMISSIONS');
  }

  async #standing(caller: Caller, target: Target): Promise<Standing> {
    if (caller.isAdmin || caller.userId === undefined) return ABOVE_ALL;
    return this.#parts.standings.of(caller.userId, target);
  }

  async #roles({ userId }: Caller): Promise<readonly string[]> {
    return userId === undefined ? [] : this.#parts.grants.rolesOf(userId);
  }

  async #holds({ userId }: Caller, deed: RightfulDeed): Promise<boolean> {
    return userId !== undefined && isGranted(await this.#parts.grants.rightsOf(userId), deed);
  }
}

const PERMISSIONS: readonly Permission[] = ['NO_PERMISSIONS', 'READ', 'USE', 'EDIT', 'MANAGE'];

const ACTION_OF_RIGHT: Readonly<Record<RightfulDeed['action'], PolicyAction>> = {
  transition: 'transition',
  alias_set: 'alias',
  alias_delete: 'alias',
  approve: 'approve',
  rollback: 'rollback',
  break_glass: 'break_glass',
  audit: 'audit',
};
