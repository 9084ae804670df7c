import type { MlflowError } from '../../errors.js';
import type { By } from '../../platform/http/operation.js';
import type { GovernedChange, Passage, PromotionGate } from '../../registry/promotion-gate.js';
import type { ModelVersion, Stage } from '../../registry/versions/versions.js';
import { stageKind } from '../policy/find-profile.js';
import type { ProfileInForce } from '../policy/policies.service.js';
import type { Profile } from '../policy/profile.js';
import { RollbackPassage } from '../rollback/rollback-passage.js';
import { bareFacts } from './bare-facts.js';
import type { Wish } from './callers.js';
import { ChangePassage } from './change-passage.js';
import { type LookedAt, lookBack } from './fallback.js';
import { STANDING, type VersionStanding } from './gate.store.js';
import type { GateParts } from './gate-parts.js';
import { unknownStage } from './named-stage.js';
import { isPlainMove, PlainMovePassage } from './plain-move-passage.js';
import { type Gathered, kindOf, type Promotion } from './promotion-facts.js';
import { PromotionPassage } from './promotion-passage.js';
import { isPromptText, UnjudgedPassage } from './unjudged-passage.js';

interface SeenVersion {
  readonly version: ModelVersion;
  readonly beside: Pick<VersionStanding, 'model' | 'generation'>;
}

/** The one choke point: nothing changes who serves without having been judged here. */
export class GovernanceGate implements PromotionGate {
  readonly #parts: GateParts;

  constructor(parts: GateParts) {
    this.#parts = parts;
  }

  async customStages(name: string): Promise<readonly Stage[]> {
    const { profile } = await this.#parts.policies.profileOf(name);
    return profile.mode === 'compat' ? [] : profile.stages.map((stage) => stage.name);
  }

  async unknownStage(name: string, typed: string, plain: MlflowError): Promise<MlflowError> {
    const { profile } = await this.#parts.policies.profileOf(name);
    return unknownStage(profile, name, typed, plain);
  }

  async open(change: GovernedChange, by: By): Promise<Passage> {
    const { versions, policies, database } = this.#parts;
    const { name } = change;
    const remembered = await this.#byMemory(change, by);
    if (remembered !== undefined) return remembered;
    const seen =
      change.kind === 'stage' || change.kind === 'alias'
        ? await versions.findBeside<VersionStanding>(database.read, name, change.version, STANDING)
        : undefined;
    const inForce =
      seen === undefined
        ? await policies.profileOf(name)
        : await policies.profileAt(name, seen.beside.policy ?? undefined);
    if (inForce.profile.mode === 'compat' && !(await this.#entersGoverned(change))) {
      return new UnjudgedPassage(this.#parts, change, by);
    }
    switch (change.kind) {
      case 'stage':
      case 'alias':
      case 'alias deletion': {
        const gathered = await this.gather(change, by, inForce, seen);
        if (gathered === undefined) return new UnjudgedPassage(this.#parts, change, by);
        if (change.kind !== 'alias deletion' && change.rollback !== undefined) {
          const back = { ...change, rollback: change.rollback };
          return new RollbackPassage(this.#parts, back, by, gathered);
        }
        return new PromotionPassage(this.#parts, change, by, gathered);
      }
      default: {
        const { callers, stepsAhead } = this.#parts;
        const caller = await callers.factsOf(by.caller, change.name);
        const isNumbered = change.kind === 'version creation' && inForce.profile.mode === 'enforce';
        const ahead = isNumbered ? await stepsAhead.of(change, inForce.profile) : undefined;
        return new ChangePassage(this.#parts, change, by, { inForce, caller, ahead });
      }
    }
  }

  /** What can be denied nowhere is judged under the lock alone, if the policy is still the same. */
  async #byMemory(change: GovernedChange, by: By): Promise<Passage | undefined> {
    const { policies, callers } = this.#parts;
    const inForce = policies.remembered(change.name);
    if (inForce?.profile.mode !== 'observe' || callers.areAlike !== true) return undefined;
    if (change.kind === 'version creation') {
      const caller = await callers.factsOf(by.caller, change.name);
      return new ChangePassage(this.#parts, change, by, { inForce, caller, isRemembered: true });
    }
    if (change.kind !== 'stage' || !isPlainMove(change, inForce)) return undefined;
    const caller = await callers.factsOf(by.caller, change.name);
    return new PlainMovePassage(this.#parts, change, by, { inForce, caller });
  }

  /** Whether a model comes to a name for which there are rules. */
  async #entersGoverned(change: GovernedChange): Promise<boolean> {
    if (change.kind !== 'model renaming') return false;
    const { profile } = await this.#parts.policies.profileOf(change.newName);
    return profile.mode !== 'compat';
  }

  /** @returns undefined where there is nothing to judge */
  async gather(
    change: Promotion,
    by: By,
    inForce: ProfileInForce,
    known?: SeenVersion,
  ): Promise<Gathered | undefined> {
    const { database, history, callers } = this.#parts;
    const { read } = database;
    const { name } = change;
    // Before the evidence: what is stored while that is gathered shows in the generation.
    const found = known ?? (await this.#seen(change));
    if (found === undefined) return undefined;
    const { version: seen } = found;
    const { model, generation } = found.beside;
    if (isPromptText(seen) && !(await history.holdsFiles(read, model))) return undefined;
    const { profile } = inForce;
    // Before the facts: what is given or taken away meanwhile makes another mark.
    const rights = await callers.markOf(read, by.caller, name);
    const caller = await callers.factsOf(by.caller, name, wishOf(change, seen, profile));
    // Evidence is gathered where it is asked for, and that is before a version serves.
    const isGated = change.kind !== 'alias deletion' && kindOf(change, profile) === 'Production';
    const version = isGated
      ? await this.#parts.facts.factsOf(read, name, seen.version, profile)
      : bareFacts(seen);
    const before = await this.#lookedBack(model, change, seen, profile);
    return { inForce, caller, rights, version, seen, generation, isGated, model, before };
  }

  async #seen(change: Promotion): Promise<SeenVersion | undefined> {
    const { database, versions, history } = this.#parts;
    const { read } = database;
    const { name } = change;
    if (change.kind !== 'alias deletion') {
      return versions.findBeside<VersionStanding>(read, name, change.version, STANDING);
    }
    const beside = await history.standing(read, name);
    const version = beside && (await versions.findByAlias(read, name, change.alias));
    return version && { version, beside };
  }

  /** Looks for the version that would serve again if this one is archived. */
  async #lookedBack(
    model: number,
    change: Promotion,
    { version, current_stage: stage }: ModelVersion,
    profile: Profile,
  ): Promise<readonly LookedAt[] | undefined> {
    const isRemoval = change.kind === 'stage' && change.to === 'Archived';
    if (!isRemoval || profile.mode !== 'enforce') return undefined;
    if (stageKind(profile, stage) !== 'Production') return undefined;
    if (profile.serving.fallback_on_archive !== 'last_good') return undefined;
    const leaving = { model, name: change.name, stage, version };
    return lookBack(this.#parts, this.#parts.database.read, leaving, profile);
  }
}

function wishOf(change: Promotion, seen: ModelVersion, profile: Profile): Wish {
  const to = kindOf(change, profile);
  const model = change.name;
  if (change.kind !== 'alias deletion' && change.rollback !== undefined) {
    const alias = change.kind === 'alias' ? { alias: change.alias } : {};
    return { action: 'rollback', model, to, ...alias };
  }
  if (change.kind === 'stage') {
    return { action: 'transition', model, from: stageKind(profile, seen.current_stage), to };
  }
  const action = change.kind === 'alias' ? 'alias_set' : 'alias_delete';
  return { action, model, alias: change.alias, to };
}
