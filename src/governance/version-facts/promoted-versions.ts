import type { Clock } from '../../platform/clock.js';
import type { Transaction } from '../../platform/db/database.js';
import type { JobStore } from '../../platform/jobs/jobs.store.js';
import { isServing, stageKind } from '../policy/find-profile.js';
import type { Profile } from '../policy/profile.js';
import { releaseOf } from '../semver/plan-semver.js';
import { EXPIRY_JOB } from '../version-cards/card-expiry.js';
import { pinServingCard, type ServingCardParts } from '../version-cards/serving-cards.js';
import type { ServingCardStore } from '../version-cards/serving-cards.store.js';
import type { EvidenceStore } from './evidence.store.js';

export interface PromotedParts {
  readonly store: EvidenceStore;
  readonly jobs: Pick<JobStore, 'add'>;
  readonly serving: ServingCardStore;
  readonly facts: ServingCardParts['facts'];
  readonly now: Clock;
}

/** A version that has come to a stage, or to `alias:` and an alias. */
export interface Promoted {
  /** The key of the model's row. */
  readonly model: number;
  readonly name: string;
  readonly version: number;
  readonly target: string;
}

/**
 * Sees to what follows from where a version has come to: which card it serves with, and that it is
 * a candidate no more. In the transaction that moves it, under the lock of its model's row.
 */
export async function seeToPromoted(
  parts: PromotedParts,
  tx: Transaction,
  profile: Profile,
  promoted: Promoted,
): Promise<void> {
  const { model, version, target } = promoted;
  if (profile.mode === 'enforce' && isServing(profile, target)) {
    await pinServingCard(parts, tx, promoted);
    await cardMayEnd(parts, tx, model, version);
  }
  if (!target.startsWith('alias:')) await release(parts, tx, profile, promoted);
}

/** Another card may end at another time. */
export async function cardMayEnd(
  { store, jobs, now }: Pick<PromotedParts, 'store' | 'jobs' | 'now'>,
  tx: Transaction,
  model: number,
  version: number,
): Promise<void> {
  const evidence = await store.find(tx, model, version);
  if (evidence === undefined) return;
  const { id } = evidence;
  await jobs.add(tx, EXPIRY_JOB, [{ reference: id, lane: id, due: now() }]);
}

/** A candidate loses its `-rc.N` where its profile says so. */
async function release(
  { store }: PromotedParts,
  tx: Transaction,
  profile: Profile,
  { model, version, target: stage }: Promoted,
): Promise<void> {
  const { prerelease_until: until } = profile.semver;
  const reached = stageKind(profile, stage);
  const isReached = reached === until || (until === 'Staging' && reached === 'Production');
  if (profile.mode === 'compat' || until === 'never' || !isReached) return;
  const evidence = await store.find(tx, model, version);
  if (evidence?.semver === undefined) return;
  const { semver: candidate, numbering } = evidence;
  const semver = releaseOf(candidate, await store.numbers(tx, model));
  if (semver === candidate) return;
  const note = `It was ${candidate} until it reached ${stage}.`;
  const notes = [numbering?.note, note].filter(Boolean).join(' ');
  await store.release(tx, evidence.id, semver, { reasons: [], ...numbering, note: notes });
  if (profile.mode === 'enforce') await store.setTag(tx, model, version, 'semver', semver);
}
