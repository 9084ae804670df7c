import type { Reader, Transaction } from '../../platform/db/database.js';
import type { By, Caller } from '../../platform/http/operation.js';
import type {
  FollowUps,
  GovernedChange,
  Move,
  Passage,
  Verdict,
} from '../../registry/promotion-gate.js';
import type { ModelVersion } from '../../registry/versions/versions.js';
import { isReservedTag } from '../evaluate/changes.js';
import { evaluate } from '../evaluate/evaluate.js';
import type {
  CallerFacts,
  PromotionAction,
  PromotionFacts,
  VersionFacts,
} from '../evaluate/facts.js';
import type { Decision, Obligation } from '../evaluate/obligation.js';
import type { Violation } from '../evaluate/violation.js';
import type { ProfileInForce } from '../policy/policies.service.js';
import { fallbackOf, type LookedAt } from './fallback.js';
import { type FallbackTold, fallbackNotes, fallbackTold } from './fallback-notes.js';
import type { GateParts } from './gate-parts.js';
import { refusalOf } from './refusal.js';
import { storeMoves } from './store-moves.js';
import { storeObligations } from './store-obligations.js';

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

/** A change of who serves, on its way through the gate. */
export class PromotionPassage implements Passage {
  readonly #parts: GateParts;
  readonly #change: Promotion;
  readonly #by: By;
  readonly #gathered: Gathered;
  #decision: Decision | undefined;

  constructor(parts: GateParts, change: Promotion, by: By, gathered: Gathered) {
    this.#parts = parts;
    this.#change = change;
    this.#by = by;
    this.#gathered = gathered;
  }

  async judge(tx: Transaction, model: number, held?: ModelVersion): Promise<Verdict> {
    const facts = await promotionFacts(
      this.#parts,
      this.#by.caller,
      tx,
      model,
      this.#change,
      this.#gathered,
      held,
    );
    const action = actionOf(this.#change);
    const decision = evaluate(facts, action);
    this.#decision = decision;
    const stored = await storeObligations(this.#parts, tx, decision.obligations, {
      ...{ model, facts, by: this.#by, comment: commentOf(this.#change) },
    });
    if (!decision.allowed) {
      const refusal = refusalOf(withRequest(decision.violations, stored.request), this.#change);
      return { allowed: false, refusal };
    }
    const isApproval = action.kind === 'approve';
    const applies = !isApproval || decision.obligations.some(({ kind }) => kind === 'apply');
    return { allowed: true, applies, also: followUps(decision.obligations) };
  }

  async applied(tx: Transaction, model: number, moves: readonly Move[]): Promise<void> {
    const { trail } = this.#parts;
    const { name } = this.#change;
    const { policyVersion } = this.#gathered.inForce;
    const by = this.#by.caller.name;
    const { violations = [], obligations = [] } = this.#decision ?? {};
    const { version } = this.#gathered.seen;
    const fallback = fallbackTold(obligations);
    const notes = fallback === undefined ? {} : { notes: fallbackNotes(fallback, version) };
    const comment = commentOf(this.#change);
    await storeMoves(this.#parts, tx, moves, { model, name, by, comment, ...notes });
    await this.#release(tx, model);
    const warned = obligations.flatMap((one) => (one.kind === 'warn' ? [one.violation] : []));
    const reasons = [...violations, ...warned].map(({ reason, message }) => ({ reason, message }));
    const { mode } = this.#gathered.inForce.profile;
    const isDecision = mode === 'enforce' && this.#gathered.isGated;
    if (!isDecision && reasons.length === 0 && fallback === undefined) return;
    await trail.recordDecision(
      tx,
      this.#by,
      {
        action: 'governance.decide',
        object: { kind: 'model_version', id: `${name}/${version}` },
        after: {
          ...{ mode, asked: actionOf(this.#change), would_deny: reasons },
          ...(fallback === undefined ? {} : { fallback: toAudit(fallback) }),
        },
      },
      policyVersion,
    );
  }

  /** What was approved, or promoted where nothing is denied, is quarantined no more. */
  async #release(tx: Transaction, model: number): Promise<void> {
    const { quarantines, now } = this.#parts;
    if (!this.#gathered.isGated || this.#change.kind === 'alias deletion') return;
    await quarantines.lift(tx, model, this.#change.version, this.#by.caller.name, now());
  }

  async refused(refusal: Error): Promise<void> {
    const { name } = this.#change;
    const { violations = [] } = this.#decision ?? {};
    await this.#parts.trail.recordDenial(
      this.#by,
      {
        action: 'governance.decide',
        object: { kind: 'model_version', id: `${name}/${this.#gathered.seen.version}` },
        after: {
          asked: actionOf(this.#change),
          reasons: violations.map(({ reason, message }) => ({ reason, message })),
        },
      },
      refusal.message.slice(0, 1_000),
      this.#gathered.inForce.policyVersion,
    );
  }
}

const toAudit = ({ version, passedOver }: FallbackTold) => ({
  version: version ?? null,
  passed_over: passedOver.map((one) => ({ ...one })),
});

const commentOf = (change: Promotion): string =>
  change.kind === 'alias deletion' ? '' : (change.comment ?? '');

/** @returns what is asked of {@link evaluate} */
export function actionOf(change: Promotion): PromotionAction {
  if (change.kind !== 'alias deletion' && change.request !== undefined) {
    return { kind: 'approve', request: change.request };
  }
  switch (change.kind) {
    case 'stage':
      return { kind: 'transition', to: change.to };
    case 'alias':
      return { kind: 'set_alias', alias: change.alias };
    case 'alias deletion':
      return { kind: 'delete_alias', alias: change.alias };
  }
}

/** @returns all that decides, read under the lock but for what was gathered before */
export async function promotionFacts(
  parts: GateParts,
  asking: Caller,
  tx: Reader,
  model: number,
  change: Promotion,
  gathered: Gathered,
  known?: ModelVersion,
): Promise<PromotionFacts> {
  const { history, requests, grants, quarantines, versions, policies, facts, callers, now } = parts;
  const { inForce, caller, version, seen, generation, before } = gathered;
  const held = known ?? (await versions.find(tx, change.name, seen.version));
  const stage = held?.current_stage ?? seen.current_stage;
  const archiving = change.kind === 'stage' && change.archiveExisting;
  // None needs the answer of another, so they are on their way together.
  const places = Promise.all([
    archiving ? history.besides(tx, model, change.to, seen.version) : [],
    history.aliases(tx, model),
    before &&
      fallbackOf(parts, tx, { model, name: change.name, stage, version: seen.version }, before),
    history.besides(tx, model, stage, seen.version),
  ]);
  const inForceNow = Promise.all([
    policies.profileOf(change.name, tx),
    version.mark === undefined ? undefined : facts.markOf(tx, model, seen.version),
    callers.markOf(tx, asking, change.name),
  ]);
  const [current, grant, quarantine, approvedFor, openRequests, where, holding] = await Promise.all(
    [
      history.generation(tx, model),
      grants.inForce(tx, change.name, caller.name, now()),
      quarantines.find(tx, model, seen.version),
      requests.approvedFor(tx, model, seen.version),
      requests.openOf(tx, model, seen.version),
      places,
      inForceNow,
    ],
  );
  const [archives, aliases, fallback, besides] = where;
  const [ruling, mark, rights] = holding;
  const isSame =
    model === gathered.model &&
    held !== undefined &&
    evidenceIn(held) === evidenceIn(seen) &&
    mark === version.mark;
  return {
    now: now(),
    profile: ruling.profile,
    profileVersion: ruling.profileVersion,
    caller,
    version: {
      ...version,
      stage,
      approvedFor,
      quarantinedAt: quarantine?.since,
    },
    requests: openRequests,
    ...(grant === undefined ? {} : { breakGlass: grant }),
    ...{ archives, besides, aliases },
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

const withRequest = (
  violations: readonly Violation[],
  request: string | undefined,
): readonly Violation[] =>
  request === undefined
    ? violations
    : violations.map((violation) =>
        violation.reason === 'APPROVAL_REQUIRED'
          ? { ...violation, metadata: { request_id: request, ...violation.metadata } }
          : violation,
      );

function followUps(obligations: readonly Obligation[]): FollowUps {
  const back = obligations.find((one) => one.kind === 'promote_last_good');
  return {
    moveAliases: obligations.flatMap((one) =>
      one.kind === 'move_alias' ? [{ alias: one.alias, version: one.version }] : [],
    ),
    ...(back === undefined ? {} : { promote: { version: back.version, stage: back.stage } }),
  };
}
