import type { Reader } from '../../platform/db/database.js';
import type { Caller } from '../../platform/http/operation.js';
import { together } from '../../platform/together.js';
import type { GovernedChange } from '../../registry/promotion-gate.js';
import type { ModelVersion } from '../../registry/versions/versions.js';
import { isReservedTag } from '../evaluate/changes.js';
import type { CallerFacts, PromotionFacts, VersionFacts } from '../evaluate/facts.js';
import { stageKind, stageOfAlias } from '../policy/find-profile.js';
import type { ProfileInForce } from '../policy/policies.service.js';
import type { Profile } from '../policy/profile.js';
import { fallbackOf, type LookedAt } from './fallback.js';
import type { GateParts } from './gate-parts.js';
import type { Situation } from './situation.store.js';

export type Promotion = Extract<GovernedChange, { kind: 'stage' | 'alias' | 'alias deletion' }>;

/** What was found out before the transaction. */
export interface Gathered {
  readonly inForce: ProfileInForce;
  readonly caller: CallerFacts;
  /** What tells whether the caller's rights are still those. */
  readonly rights: string;
  readonly version: VersionFacts;
  /** The version as it was when its evidence was gathered. */
  readonly seen: ModelVersion;
  readonly generation: number;
  /** Whether the version would serve: then evidence and approvals are asked for. */
  readonly isGated: boolean;
  /** The key of the model's row. */
  readonly model: number;
  /** Versions that served before and were looked at, where one of them may take this one's place. */
  readonly before?: readonly LookedAt[] | undefined;
}

/** @returns which of the four stages a change is about */
export function kindOf(change: Promotion, profile: Profile) {
  const stage = change.kind === 'stage' ? change.to : stageOfAlias(profile, change.alias);
  return stage === undefined ? 'None' : stageKind(profile, stage);
}

/** What is asked about a promotion, beside who wants it and what the version's row says. */
export interface Asks {
  /** Whether others have agreed, and whether something was promoted meanwhile. */
  readonly consent: boolean;
  /** What would serve if this version did not. */
  readonly successor: boolean;
}

/** For whom it is no decision but an answer: what there is to know. */
export const ALL_ASKS: Asks = { consent: true, successor: true };

/**
 * Most moves are to stages that serve nobody. Who may make those is a matter of rights alone, so
 * nothing of what is said about promotions has to be read for them.
 *
 * @param stage where the version stands
 */
export function asksOf(change: Promotion, profile: Profile, stage: string): Asks {
  if (change.kind === 'alias deletion') return { consent: false, successor: false };
  const isJudged = change.request !== undefined || change.rollback !== undefined;
  const mayServe = kindOf(change, profile) === 'Production';
  const leaves = change.kind === 'stage' && stageKind(profile, stage) === 'Production';
  // Where nothing is denied nothing follows either.
  const successor = leaves && !mayServe && profile.mode === 'enforce';
  return { consent: isJudged || mayServe, successor };
}

/** What is read under the lock whatever stage the version is found in. */
export interface Standing {
  readonly ruling: ProfileInForce;
  /** Absent where consent is not asked about. */
  readonly situation?: Situation;
  readonly mark?: string | undefined;
  /** As it was gathered, while nothing about the caller's rights has changed. */
  readonly rights: string;
}

/** Reads what does not depend on the version's row, so it may be asked for with that. */
export async function standingUnderLock(
  {
    situations,
    policies,
    facts,
    callers,
    now,
  }: Pick<GateParts, 'situations' | 'policies' | 'facts' | 'callers' | 'now'>,
  reader: Reader,
  asking: Caller,
  change: Promotion,
  { caller, version, seen, model }: Gathered,
  { consent }: Pick<Asks, 'consent'>,
): Promise<Standing> {
  const about = { model, name: change.name, version: seen.version };
  const [ruling, situation, mark, rights] = await together(
    policies.profileOf(change.name, reader),
    consent
      ? situations.find(reader, about, { principal: caller.name, now: now() })
      : Promise.resolve(undefined),
    consent && version.mark !== undefined
      ? facts.markOf(reader, model, seen.version)
      : Promise.resolve(undefined),
    callers.markOf(reader, asking, change.name),
  );
  return { ruling, mark, rights, ...(situation === undefined ? {} : { situation }) };
}

/**
 * @param held the version as it stands under the lock
 * @param asks what has to be known for the decision
 * @returns all that decides, read under the lock but for what was gathered before
 */
export async function promotionFacts(
  parts: Pick<GateParts, 'history' | 'requests' | 'grants' | 'served' | 'facts' | 'now'>,
  reader: Reader,
  model: number,
  change: Promotion,
  gathered: Gathered,
  held: ModelVersion | undefined,
  asks: Asks,
  { ruling, situation, mark, rights }: Standing,
): Promise<PromotionFacts> {
  const { history, requests, grants, now } = parts;
  const { inForce, caller, version, seen, generation, before } = gathered;
  const stage = held?.current_stage ?? seen.current_stage;
  const archiving = change.kind === 'stage' && change.archiveExisting && asks.consent;
  const [archives, besides, fallback, aliases, open, grant] = await together(
    archiving ? history.besides(reader, model, change.to, seen.version) : NONE,
    asks.successor ? history.besides(reader, model, stage, seen.version) : NONE,
    asks.successor && before !== undefined
      ? fallbackOf(
          parts,
          reader,
          { model, name: change.name, stage, version: seen.version },
          before,
        )
      : NOTHING,
    asks.successor && situation === undefined ? history.aliases(reader, model) : NONE,
    situation?.hasRequests ? requests.openOf(reader, model, seen.version) : NONE,
    situation?.hasGrants ? grants.inForce(reader, change.name, caller.name, now()) : NOTHING,
  );
  const isSame =
    model === gathered.model &&
    held !== undefined &&
    evidenceIn(held) === evidenceIn(seen) &&
    (situation === undefined || mark === version.mark);
  const current = situation?.generation ?? generation;
  return {
    now: now(),
    profile: ruling.profile,
    profileVersion: ruling.profileVersion,
    caller,
    version: {
      ...version,
      stage,
      approvedFor: situation?.approvedFor ?? [],
      quarantinedAt: situation?.quarantinedAt,
    },
    requests: open,
    ...(grant === undefined ? {} : { breakGlass: grant }),
    ...{ archives, besides, aliases: situation?.aliases ?? aliases },
    fallback,
    outdated: {
      profile: ruling.profileVersion !== inForce.profileVersion,
      stage: stage !== seen.current_stage,
      rights: rights !== gathered.rights,
    },
    // Evidence that has changed since it was gathered is none.
    generation: { seen: generation, current: isSame ? current : generation + 1 },
  };
}

const NONE: Promise<never[]> = Promise.resolve([]);
const NOTHING: Promise<undefined> = Promise.resolve(undefined);

/** What of a version's own row is evidence; its other tags are the server's own. */
const evidenceIn = ({
  description,
  source,
  run_id,
  creation_timestamp,
  tags,
}: ModelVersion): string => {
  const own = tags.filter(({ key }) => !isReservedTag(key));
  return JSON.stringify([description, source, run_id, creation_timestamp, own]);
};
