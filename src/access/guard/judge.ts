import type { Caller, Requirement } from '../../platform/http/operation.js';
import type { Levels } from '../levels.js';
import type { Permission } from '../permission.js';
import type { Policies, PolicyAction, PolicyAnswer } from '../policy/policies.js';
import type { Reading } from '../policy/reading.js';
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
  /** Whether only members of the workspace make things in it. */
  readonly membersOnly?: boolean;
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

  /** Which rows of lists the policies show and hide. */
  get reading(): Reading {
    return this.#parts.policies.reading;
  }

  async allows(caller: Caller, needed: Requirement): Promise<boolean> {
    return (await this.refusedOf(caller, [needed])).length === 0;
  }

  /**
   * A request may name a hundred runs of one experiment: what decides about several of them is
   * looked up and asked of the policies once.
   *
   * @returns those of the requirements that this caller does not meet
   */
  async refusedOf(caller: Caller, requirements: readonly Requirement[]): Promise<Requirement[]> {
    const roles = await this.#roles(caller);
    const decided = new Map<string, boolean>();
    const refused: Requirement[] = [];
    for (const needed of requirements) {
      for (const target of await this.#targetsOf(caller, needed)) {
        const key = JSON.stringify([needed.access, needed.of, target]);
        const allowed = decided.get(key) ?? (await this.#isAllowed(caller, roles, needed, target));
        decided.set(key, allowed);
        if (allowed) continue;
        refused.push(needed);
        break;
      }
    }
    return refused;
  }

  /** @returns what decides; `undefined` alone stands for a thing that nobody may learn of */
  async #targetsOf(
    { isAdmin }: Caller,
    { access, of, id }: Requirement,
  ): Promise<readonly (Target | undefined)[]> {
    if (access === 'open') return [];
    const targets = await this.#parts.targets.of(of, id);
    if (targets === undefined && !isAdmin) return [undefined];
    return targets === undefined || targets.length === 0 ? [NOWHERE] : targets;
  }

  async #isAllowed(
    caller: Caller,
    roles: readonly string[],
    needed: Requirement,
    target: Target | undefined,
  ): Promise<boolean> {
    if (target === undefined) return false;
    const { access, of } = needed;
    if (access === 'open') return true;
    if (access === 'create' && !(await this.#mayMake(caller, of))) return false;
    const { kind, id: name } = of === 'server' ? { kind: 'server', id: '' } : target.holder;
    return this.#parts.policies.decide({
      principal: { ...caller, roles },
      action: access,
      resource: { kind, name },
      ...(await this.#standing(caller, target)),
      granted: access === 'audit' && (await this.#holds(caller, { action: 'audit' })),
      inScope: this.#parts.inScope(caller, needed),
    }).allowed;
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

  /** Where there are workspaces it takes a grant on the whole of this one, and no DENY on the kind. */
  async #mayMake(caller: Caller, kind: string): Promise<boolean> {
    const { membersOnly, grants } = this.#parts;
    const { isAdmin, userId } = caller;
    if (membersOnly !== true || isAdmin) return true;
    if (userId === undefined || !(await grants.isMember(userId))) return false;
    return !(await this.#standing(caller, { holder: { kind, id: '' } })).denied;
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
