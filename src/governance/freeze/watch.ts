import type { AuditTrail } from '../../audit/audit-trail.js';
import type { Clock } from '../../platform/clock.js';
import type { Database } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import { evaluate } from '../evaluate/evaluate.js';
import type { CallerFacts } from '../evaluate/facts.js';
import type { PolicyService } from '../policy/policies.service.js';
import { defaultProfile, type Profile } from '../policy/profile.js';
import type { DigestStore, UploadedDigest } from './digests.store.js';
import { artifactFrozen } from './freeze.errors.js';
import type { FrozenPlace, FrozenStore } from './frozen.store.js';
import { isTooLong } from './places.js';

/** Keeps the digests of files that were hashed on their way in. */
export class DigestRecorder {
  readonly #database: Database;
  readonly #store: DigestStore;
  readonly #now: Clock;

  constructor(database: Database, store: DigestStore, now: Clock) {
    this.#database = database;
    this.#store = store;
    this.#now = now;
  }

  async record(place: string, file: UploadedDigest): Promise<void> {
    // It is then hashed when the version is registered.
    if (isTooLong(place)) return;
    await this.#database.write((tx) => this.#store.record(tx, place, file, this.#now()));
  }

  async forget(place: string): Promise<void> {
    await this.#database.write((tx) => this.#store.forget(tx, place));
  }
}

/** What is asked about models whose files somebody wants to change. */
export interface FrozenRules {
  readonly policies: Pick<PolicyService, 'profileOf'>;
  readonly trail: Pick<AuditTrail, 'recordObserved' | 'recordDenial'>;
  /** Whether changes are refused whatever the profile says. */
  readonly always: boolean;
}

/** Refuses changes of what belongs to a registered version, as the profile of its model says. */
export class FrozenPlaces {
  readonly #database: Database;
  readonly #store: FrozenStore;
  readonly #rules: FrozenRules | undefined;

  /** @param rules absent, all that is frozen is refused to be changed */
  constructor(database: Database, store: FrozenStore, rules: FrozenRules | undefined) {
    this.#database = database;
    this.#store = store;
    this.#rules = rules;
  }

  /**
   * Cards may be written until they are approved: they come with the review.
   *
   * @throws MlflowError 403 `ARTIFACT_FROZEN`
   */
  async checkWritable(place: string, by: By): Promise<void> {
    const found = await this.#store.above(this.#database.read, place);
    if (found !== undefined) await this.#check(found, place.slice(found.place.length + 1), by);
  }

  /** @throws MlflowError 403 `ARTIFACT_FROZEN` */
  async checkStillWritable(place: string): Promise<void> {
    const found = await this.#store.above(this.#database.read, place);
    if (found !== undefined) await this.#check(found, place.slice(found.place.length + 1));
  }

  /** @throws MlflowError 403 `ARTIFACT_FROZEN`, also for a folder that a frozen one lies in */
  async checkRemovable(place: string, by: By): Promise<void> {
    await this.checkWritable(place, by);
    const found = await this.#store.below(this.#database.read, place);
    if (found !== undefined) await this.#check(found, '', by);
  }

  /** @param by absent, nothing is written down */
  async #check(found: FrozenPlace, path: string, by?: By): Promise<void> {
    const { name: model, version, isApproved: approved } = found;
    const inForce = await this.#rules?.policies.profileOf(model);
    const asked = inForce?.profile ?? defaultProfile(true);
    const profile: Profile = this.#rules?.always === true ? { ...asked, mode: 'enforce' } : asked;
    const decision = evaluate(
      { profile, caller: NOBODY, frozen: { model, version, approved } },
      { kind: 'write_artifact', path },
    );
    const [first, ...others] = decision.violations;
    if (first === undefined) return;
    const reasons = decision.violations.map(({ reason, message }) => ({ reason, message }));
    const object = { kind: 'model_version', id: `${model}/${version}` };
    const deed = { action: 'governance.artifact', object };
    const { policyVersion = '' } = inForce ?? {};
    if (decision.allowed) {
      if (by === undefined) return;
      const after = { mode: profile.mode, would_deny: reasons };
      await this.#rules?.trail.recordObserved(by, { ...deed, after }, policyVersion);
      return;
    }
    const refused = artifactFrozen(found, [first, ...others]);
    if (by !== undefined) {
      const why = refused.message.slice(0, 1_000);
      const denied = { ...deed, after: { reasons } };
      await this.#rules?.trail.recordDenial(by, denied, why, policyVersion);
    }
    throw refused;
  }
}

/** Who it is doesn't matter. */
const NOBODY: CallerFacts = { name: '', roles: [], rights: [], isAdmin: false };
