import { invalidParameter, MlflowError, notFound } from '../../errors.js';
import type { By } from '../../platform/http/operation.js';
import { checkAlias } from '../../registry/aliases/aliases.js';
import { checkModelName } from '../../registry/models/models.js';
import type { ModelVersion } from '../../registry/versions/versions.js';
import { noVersion, parseVersion } from '../../registry/versions/versions.js';
import type { VersionStore } from '../../registry/versions/versions.store.js';
import { integrityViolations, violationOf } from '../evaluate/evidence.js';
import type { VersionFacts } from '../evaluate/facts.js';
import { clientCall } from '../evaluate/python.js';
import { mayRollBack } from '../evaluate/rights.js';
import type { GateParts } from '../gate/gate-parts.js';
import { refusalOf } from '../gate/refusal.js';
import { aliasServes, findStage, stageKind, stageOfAlias } from '../policy/find-profile.js';
import type { Profile } from '../policy/profile.js';
import type { Promoter } from '../requests/requests.service.js';
import type { ChangeStore } from '../serving/changes.store.js';
import type { Quarantine } from './quarantines.store.js';

export interface RollbackWish {
  readonly name: string;
  readonly stage: string | undefined;
  readonly alias: string | undefined;
  /** The version to go back to; undefined for the last one that was good. */
  readonly to: string | undefined;
  /** The version to take out; undefined for whichever serves. */
  readonly from?: number;
  readonly reason: string;
}

export interface RolledBack {
  readonly stage: string | undefined;
  readonly alias: string | undefined;
  readonly version: number;
  readonly facts: VersionFacts;
  readonly quarantined: number | undefined;
}

export interface RollbackParts extends GateParts {
  readonly versions: GateParts['versions'] & Pick<VersionStore, 'latest'>;
  readonly promoter: Promoter;
  readonly changes: Pick<ChangeStore, 'record'>;
}

/** What is rolled back: a stage, or an alias that stands for one. */
interface Target {
  readonly stage: string;
  readonly alias: string | undefined;
  readonly label: string;
  /** What serves there now. */
  readonly current: ModelVersion | undefined;
}

const MAX_REASON = 2_000;

/** Takes out what should not serve, and brings back what did before. */
export class RollbackService {
  readonly #parts: RollbackParts;

  constructor(parts: RollbackParts) {
    this.#parts = parts;
  }

  /**
   * In one transaction: what serves is archived and quarantined, the last version that was good
   * serves again, and what stands for the stage names it.
   *
   * @throws MlflowError 409 `NO_LAST_GOOD` when there is nothing to go back to
   */
  async rollback(wish: RollbackWish, by: By): Promise<RolledBack> {
    const { promoter } = this.#parts;
    const { name } = wish;
    checkModelName(name);
    const reason = checkReason(wish.reason);
    const { profile } = await this.#parts.policies.profileOf(name);
    if (profile.mode === 'compat') throw switchedOff(name);
    const target = await this.#target(wish, profile);
    await this.#checkRight(name, by, target);
    if (wish.from !== undefined && wish.from !== target.current?.version) {
      throw servesNoMore(name, wish.from);
    }
    const facts = await this.#good(wish, target, profile);
    const { version } = facts;
    const bad = target.current?.version === version ? undefined : target.current?.version;
    const rollback = { reason, bad };
    // What is in a stage and named by an alias leaves both at once.
    const stage = stageToRollBack(target, profile);
    const asked = { name, version: String(version), comment: reason, rollback };
    if (stage !== undefined) {
      await promoter.transition({ ...asked, stage, archiveExisting: true }, by);
    } else {
      const consent = { comment: reason, rollback };
      await promoter.setAlias(name, target.alias ?? '', String(version), by, consent);
    }
    return { ...{ stage, alias: target.alias, version, facts }, quarantined: bad };
  }

  /**
   * Keeps a version from serving until it is approved anew. One that serves is rolled back.
   *
   * @throws MlflowError 409 `NO_LAST_GOOD` where it serves and nothing else can
   */
  async quarantine(
    name: string,
    text: string,
    why: string,
    by: By,
  ): Promise<{ readonly number: number; readonly quarantine: Quarantine }> {
    const { database, versions, quarantines, history, callers, events, trail, changes, now } =
      this.#parts;
    checkModelName(name);
    const number = parseVersion(name, text);
    const reason = checkReason(why);
    const { profile, policyVersion } = await this.#parts.policies.profileOf(name);
    if (profile.mode === 'compat') throw switchedOff(name);
    const found = await versions.find(database.read, name, number);
    if (found === undefined) throw noVersion(name, number);
    const place = servingPlace(found, profile);
    if (place !== undefined) {
      await this.rollback(
        { name, stage: undefined, alias: undefined, to: undefined, from: number, reason, ...place },
        by,
      );
      const model = await history.modelKey(database.read, name);
      const stored = model && (await quarantines.find(database.read, model, number));
      if (stored) return { number, quarantine: stored };
      throw servesNoMore(name, number);
    }
    const rights = await callers.markOf(database.read, by.caller, name);
    await this.#checkRight(name, by, { stage: found.current_stage, alias: undefined });
    return database.write(async (tx) => {
      const model = await history.lock(tx, name);
      const held = model === undefined ? undefined : await versions.find(tx, name, number);
      if (model === undefined || held === undefined) throw noVersion(name, number);
      if (servingPlace(held, profile) !== undefined) {
        throw new MlflowError(
          'RESOURCE_CONFLICT',
          `Version ${number} of ${name} has come to serve.`,
        );
      }
      if (rights !== (await callers.markOf(tx, by.caller, name))) {
        throw new MlflowError('RESOURCE_CONFLICT', 'What the caller may do has been changed.');
      }
      const since = now();
      await quarantines.add(tx, model, number, { since, by: by.caller.name, reason });
      await history.nextGeneration(tx, model);
      await changes.record(tx, name, [{ kind: 'quarantined', version: number }], since);
      await events.emit(tx, {
        ...{ kind: 'model_version.quarantined', model: name, version: number },
        ...{ actor: by.caller.name, data: { reason } },
        summary: `${by.caller.name} has quarantined registered model '${name}' version ${number}.`,
      });
      await trail.recordDecision(
        tx,
        by,
        {
          action: 'model_version.quarantine',
          object: { kind: 'model_version', id: `${name}/${number}` },
          after: { status: 'quarantined' },
          reason,
        },
        policyVersion,
      );
      const kept = await quarantines.find(tx, model, number);
      return { number, quarantine: kept ?? { since, by: by.caller.name, reason } };
    });
  }

  async #target({ name, stage, alias, from }: RollbackWish, profile: Profile): Promise<Target> {
    const { database, versions } = this.#parts;
    if (stage && alias) throw invalidParameter("Give 'stage' or 'alias', not both.");
    if (alias) {
      checkAlias(alias);
      const standsFor = stageOfAlias(profile, alias);
      if (standsFor === undefined || stageKind(profile, standsFor) !== 'Production') {
        throw invalidParameter(
          `The alias '${alias}' stands for no stage that serves: set it, there is nothing to roll back.`,
        );
      }
      const current = await versions.findByAlias(database.read, name, alias);
      return { stage: standsFor, alias, label: `alias:${alias}`, current };
    }
    const asked = stage || 'Production';
    const known = findStage(profile, asked);
    if (known === undefined || stageKind(profile, known) !== 'Production') {
      throw invalidParameter(`'${asked}' is no stage that serves, such as Production.`);
    }
    const custom = profile.stages.map((own) => own.name);
    const latest = await versions.latest(database.read, name, custom);
    const newest = latest.filter(({ current_stage }) => current_stage === known).at(-1);
    // A stage may hold several.
    const named = from === undefined ? newest : await versions.find(database.read, name, from);
    const current = named?.current_stage === known ? named : undefined;
    return { stage: known, alias: undefined, label: known, current };
  }

  /** Before anything is said of versions. */
  async #checkRight(name: string, by: By, target: Pick<Target, 'stage' | 'alias'>): Promise<void> {
    const { callers, trail } = this.#parts;
    const alias = target.alias === undefined ? {} : { alias: target.alias };
    const wish = { action: 'rollback', model: name, to: 'Production', ...alias } as const;
    const caller = await callers.factsOf(by.caller, name, wish);
    if (mayRollBack(caller)) return;
    const message = `${caller.name} may not roll back versions of ${name}.`;
    const remedy = '# ask an administrator for the role lead or on-call, or the right rollback';
    const metadata = { model: name, caller: caller.name };
    const violation = { reason: 'STAGE_ROLE_REQUIRED', message, remedy, metadata } as const;
    const refusal = refusalOf([violation], { kind: 'rollback', name });
    const object = { kind: 'registered_model', id: name };
    await trail.recordDenial(by, { action: 'model.rollback', object }, refusal.message);
    throw refusal;
  }

  /** @returns the version to go back to, whose files were looked at anew */
  async #good(wish: RollbackWish, target: Target, profile: Profile): Promise<VersionFacts> {
    const { database, history, facts, versions } = this.#parts;
    const { read } = database;
    const { name } = wish;
    if (wish.to !== undefined && wish.to !== '') {
      const number = parseVersion(name, wish.to);
      if ((await versions.find(read, name, number)) === undefined) throw noVersion(name, number);
      if (number === target.current?.version) {
        throw invalidParameter(`Version ${number} is what ${target.label} yields already.`);
      }
      return facts.factsOf(read, name, number);
    }
    const model = await history.modelKey(read, name);
    if (model === undefined) throw notFound(`Registered Model with name=${name} not found`);
    const isApproved = profile.mode === 'enforce';
    const asked = { model, target: target.label, stage: target.stage, isApproved };
    const current = target.current?.version ?? 0;
    for (const version of await history.goodVersions(read, asked, current)) {
      const found = await facts.factsOf(read, name, version);
      if (integrityViolations(found).length === 0) return found;
    }
    const violation = violationOf(
      { model: name, version: current },
      'NO_LAST_GOOD',
      `No other version of ${name} has served as ${target.label} with approval, is not quarantined, and has the files that were registered.`,
      current === 0
        ? clientCall('search_model_versions', `name = '${name}'`)
        : clientCall('transition_model_version_stage', name, String(current), 'Archived'),
    );
    throw refusalOf([violation], { kind: 'rollback', name });
  }
}

/** A version that is named by an alias and is in a stage that serves leaves by the stage. */
function stageToRollBack({ alias, stage, current }: Target, profile: Profile): string | undefined {
  if (alias === undefined) return stage;
  if (current === undefined || stageKind(profile, current.current_stage) !== 'Production') {
    return undefined;
  }
  return current.current_stage;
}

/** @returns by what a version serves: its stage, or an alias that stands for one */
function servingPlace(
  { current_stage: stage, aliases }: ModelVersion,
  profile: Profile,
): { readonly stage: string } | { readonly alias: string } | undefined {
  if (stageKind(profile, stage) === 'Production') return { stage };
  const alias = aliases.find((one) => aliasServes(profile, one));
  return alias === undefined ? undefined : { alias };
}

function checkReason(reason: string): string {
  const text = reason.trim();
  if (text.length > 0 && text.length <= MAX_REASON) return text;
  throw invalidParameter(`'reason' says why, in 1 to ${MAX_REASON} characters.`);
}

const servesNoMore = (name: string, version: number): MlflowError =>
  new MlflowError('RESOURCE_CONFLICT', `Version ${version} of ${name} does not serve any more.`);

const switchedOff = (name: string): MlflowError =>
  new MlflowError(
    'FEATURE_DISABLED',
    `Governance is off for ${name} (mode compat), so there is no history to go back to.`,
  );
