import type { Transaction } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import type { FollowUps, Move, Passage, Verdict } from '../../registry/promotion-gate.js';
import type { ModelVersion } from '../../registry/versions/versions.js';
import { evaluate } from '../evaluate/evaluate.js';
import type { PromotionAction, PromotionFacts } from '../evaluate/facts.js';
import type { Decision, Obligation } from '../evaluate/obligation.js';
import type { Violation } from '../evaluate/violation.js';
import { type FallbackTold, fallbackNotes, fallbackTold } from './fallback-notes.js';
import type { GateParts } from './gate-parts.js';
import {
  asksOf,
  type Gathered,
  type Promotion,
  promotionFacts,
  type Standing,
  standingUnderLock,
} from './promotion-facts.js';
import { refusalOf } from './refusal.js';
import { settleRequests } from './settle-requests.js';
import { storeMoves } from './store-moves.js';
import { storeObligations } from './store-obligations.js';

/** A change of who serves, on its way through the gate. */
export class PromotionPassage implements Passage {
  readonly #parts: GateParts;
  readonly #change: Promotion;
  readonly #by: By;
  readonly #gathered: Gathered;
  #standing: Standing | undefined;
  #decision: Decision | undefined;
  #open: PromotionFacts['requests'] = [];

  constructor(parts: GateParts, change: Promotion, by: By, gathered: Gathered) {
    this.#parts = parts;
    this.#change = change;
    this.#by = by;
    this.#gathered = gathered;
  }

  async begin(tx: Transaction): Promise<void> {
    const asks = asksOf(this.#change, this.#gathered.inForce.profile, '');
    this.#standing = await standingUnderLock(
      ...([this.#parts, tx, this.#by.caller, this.#change, this.#gathered, asks] as const),
    );
  }

  async judge(tx: Transaction, model: number, held?: ModelVersion): Promise<Verdict> {
    const facts = await this.#facts(tx, model, held);
    const action = actionOf(this.#change);
    const decision = evaluate(facts, action);
    this.#decision = decision;
    this.#open = facts.requests;
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

  async #facts(tx: Transaction, model: number, known?: ModelVersion): Promise<PromotionFacts> {
    const change = this.#change;
    const gathered = this.#gathered;
    const held = known ?? (await this.#parts.versions.find(tx, change.name, gathered.seen.version));
    if (this.#standing === undefined) await this.begin(tx);
    const standing = this.#standing;
    if (standing === undefined) throw new Error('Nothing is known of the model');
    const { profile } = gathered.inForce;
    const asks = asksOf(change, profile, held?.current_stage ?? gathered.seen.current_stage);
    return promotionFacts(this.#parts, tx, model, change, gathered, held, asks, standing);
  }

  async applied(tx: Transaction, model: number, moves: readonly Move[]): Promise<void> {
    const { name } = this.#change;
    const by = this.#by.caller.name;
    const { obligations = [] } = this.#decision ?? {};
    const fallback = fallbackTold(obligations);
    const { version } = this.#gathered.seen;
    const notes = fallback === undefined ? {} : { notes: fallbackNotes(fallback, version) };
    const comment = commentOf(this.#change);
    await storeMoves(this.#parts, tx, moves, { model, name, by, comment, ...notes });
    await this.#settle(tx, model, moves);
    await this.#release(tx, model);
  }

  /** What others have asked for, too, has come about. */
  async #settle(tx: Transaction, model: number, moves: readonly Move[]): Promise<void> {
    const { name } = this.#change;
    const { version, current_stage: stage } = this.#gathered.seen;
    const reached = moves
      .filter((move) => move.kind === 'entered' && move.version === version)
      .map(({ target }) => target);
    const done = this.#open.filter(({ target }) => reached.includes(target));
    const because = `Version ${version} is where it was asked for to be.`;
    const about = { model, name, version, stage };
    await settleRequests(this.#parts, tx, done, { ...about, as: 'cancelled', because });
  }

  async decided(tx: Transaction): Promise<void> {
    const { violations = [], obligations = [] } = this.#decision ?? {};
    const fallback = fallbackTold(obligations);
    const warned = obligations.flatMap((one) => (one.kind === 'warn' ? [one.violation] : []));
    const reasons = [...violations, ...warned].map(({ reason, message }) => ({ reason, message }));
    const { profile, policyVersion } = this.#gathered.inForce;
    const isDecision = profile.mode === 'enforce' && this.#gathered.isGated;
    if (!isDecision && reasons.length === 0 && fallback === undefined) return;
    const id = `${this.#change.name}/${this.#gathered.seen.version}`;
    await this.#parts.trail.recordDecision(
      tx,
      this.#by,
      {
        action: 'governance.decide',
        object: { kind: 'model_version', id },
        after: {
          ...{ mode: profile.mode, asked: actionOf(this.#change), would_deny: reasons },
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
    if (this.#standing?.situation?.quarantinedAt === undefined) return;
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
