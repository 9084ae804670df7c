import type { AuditTrail } from '../../audit/audit-trail.js';
import { MlflowError } from '../../errors.js';
import type { Database, Reader } from '../../platform/db/database.js';
import type { By, Caller } from '../../platform/http/operation.js';
import { evaluate } from '../evaluate/evaluate.js';
import { denial, type Violation } from '../evaluate/violation.js';
import { findStage, isServing, stageKind } from '../policy/find-profile.js';
import type { Profile } from '../policy/profile.js';
import type { CandidateStore, StoredCandidate } from '../semver/candidates.store.js';
import { isSelector, type Selected, selectVersion } from '../semver/select-version.js';
import type { Profiles } from './version-facts.js';

export interface SelectingParts {
  readonly database: Database;
  readonly selectable: CandidateStore;
  readonly profiles: Profiles;
  /** The names of the caller's roles. */
  readonly rolesOf: (caller: Caller) => Promise<readonly string[]>;
  /** Where it is written down that somebody asked for what he may not; nowhere where it is absent. */
  readonly told?: Pick<AuditTrail, 'recordObserved' | 'recordDenial'> | undefined;
}

/** Versions by their semantic version, and who may ask for the newest of all. */
export class Selecting {
  readonly #parts: SelectingParts;

  constructor(parts: SelectingParts) {
    this.#parts = parts;
  }

  /** @returns what `1.2.0` or `^1.2` chooses; `other` for what is another thing, such as a stage */
  async choose(
    reader: Reader,
    name: string,
    text: string,
  ): Promise<Selected & { readonly candidates: number; readonly isEnforced: boolean }> {
    const { profiles, selectable } = this.#parts;
    const profile = await profiles.profileOf(reader, name);
    const isEnforced = profile.mode === 'enforce';
    const isOther = profile.mode === 'compat' || !isSelector(text);
    if (isOther || findStage(profile, text) !== undefined) {
      return { kind: 'other', candidates: 0, isEnforced };
    }
    const candidates = (await selectable.candidates(reader, name)).map((one) => ({
      ...one,
      isApproved: isApproved(profile, one),
    }));
    const any = profile.serving.range_candidates === 'any';
    const selected = selectVersion(name, text, candidates, any);
    return { ...selected, candidates: candidates.length, isEnforced };
  }

  /** @throws MlflowError 400 `LATEST_NOT_ALLOWED` for who has to name what is approved */
  async checkLatest(name: string, by: By): Promise<void> {
    const { database, profiles, rolesOf, told } = this.#parts;
    const { caller } = by;
    const profile = await profiles.profileOf(database.read, name);
    if (profile.mode === 'compat') return;
    const { name: who, isAdmin } = caller;
    const facts = { name: who, roles: await rolesOf(caller), rights: [], isAdmin };
    const { violations, allowed } = evaluate(
      { profile, caller: facts },
      { kind: 'resolve_latest', model: name },
    );
    const [first] = violations;
    if (first === undefined) return;
    const reasons = [{ reason: first.reason, message: first.message }];
    const object = { kind: 'registered_model', id: name };
    const deed = { action: 'governance.latest', object };
    if (allowed) {
      await told?.recordObserved(by, {
        ...deed,
        after: { mode: profile.mode, would_deny: reasons },
      });
      return;
    }
    const refused = unresolvable(first, `models:/${name}/latest`);
    await told?.recordDenial(by, { ...deed, after: { reasons } }, refused.message.slice(0, 1_000));
    throw refused;
  }
}

/** @returns the refusal to tell which version a URI means */
export function unresolvable(violation: Violation, uri: string): MlflowError {
  const { status, error_code, message, error_class, details } = denial(
    [violation],
    `${uri} can not be resolved`,
    uri,
  );
  return new MlflowError(error_code, message, {
    ...{ status, errorClass: ['KAM00', error_class] },
    details: details.map((detail) => ({ ...detail })),
  });
}

/** Whether a range may choose a version: it serves, or somebody agreed that it may. */
function isApproved(profile: Profile, { stage, isQuarantined, approvedFor }: StoredCandidate) {
  if (isQuarantined) return false;
  const kind = stageKind(profile, stage);
  // What has left Production doesn't come back by itself.
  if (kind === 'Production' || kind === 'Archived') return kind === 'Production';
  return approvedFor.some((target) => isServing(profile, target));
}
