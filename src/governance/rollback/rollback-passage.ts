import type { Transaction } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import { together } from '../../platform/together.js';
import type { Move, Passage, Rollback, Verdict } from '../../registry/promotion-gate.js';
import type { ModelVersion } from '../../registry/versions/versions.js';
import { evaluate } from '../evaluate/evaluate.js';
import type { OtherVersion, PromotionAction, PromotionFacts } from '../evaluate/facts.js';
import type { Violation } from '../evaluate/violation.js';
import type { GateParts } from '../gate/gate-parts.js';
import {
  ALL_ASKS,
  type Gathered,
  type Promotion,
  promotionFacts,
  standingUnderLock,
} from '../gate/promotion-facts.js';
import { refusalOf } from '../gate/refusal.js';
import { storeMoves } from '../gate/store-moves.js';
import { aliasServes, stageOfAlias } from '../policy/find-profile.js';

export type RollbackChange = Exclude<Promotion, { kind: 'alias deletion' }> & {
  readonly rollback: Rollback;
};

/** The way back to what served before: no second approval, since there was a first one. */
export class RollbackPassage implements Passage {
  readonly #parts: GateParts;
  readonly #change: RollbackChange;
  readonly #by: By;
  readonly #gathered: Gathered;
  #violations: readonly Violation[] = [];

  constructor(parts: GateParts, change: RollbackChange, by: By, gathered: Gathered) {
    this.#parts = parts;
    this.#change = change;
    this.#by = by;
    this.#gathered = gathered;
  }

  async judge(tx: Transaction, model: number, held?: ModelVersion): Promise<Verdict> {
    const { history } = this.#parts;
    const [facts, besides] = await together(
      this.#facts(tx, model, held),
      history.besides(tx, model, this.#stage(), this.#gathered.seen.version),
    );
    const serving = { seen: this.#change.rollback.bad, current: this.#serving(besides, facts) };
    const decision = evaluate({ ...facts, besides, serving }, this.#action());
    this.#violations = decision.violations;
    if (!decision.allowed) {
      return { allowed: false, refusal: refusalOf(decision.violations, this.#change) };
    }
    return { allowed: true, applies: true, also: { moveAliases: this.#aliases(facts.aliases) } };
  }

  async #facts(tx: Transaction, model: number, known?: ModelVersion): Promise<PromotionFacts> {
    const [change, gathered] = [this.#change, this.#gathered];
    const standing = await standingUnderLock(
      ...([this.#parts, tx, this.#by.caller, change, gathered, ALL_ASKS] as const),
    );
    const { versions } = this.#parts;
    const held = known ?? (await versions.find(tx, change.name, gathered.seen.version));
    return promotionFacts(
      ...([this.#parts, tx, model, change, gathered, held, ALL_ASKS, standing] as const),
    );
  }

  async applied(tx: Transaction, model: number, moves: readonly Move[]): Promise<void> {
    const { trail, quarantines, now } = this.#parts;
    const { name, version, rollback } = this.#change;
    const { bad, reason } = rollback;
    const by = this.#by.caller.name;
    const all = [...moves, ...(await this.#archiveBad(tx, model, moves))];
    if (bad !== undefined) {
      await quarantines.add(tx, model, bad, { since: now(), by, reason });
    }
    // In observe a version that was taken out may be brought back by nothing but the wish.
    await quarantines.lift(tx, model, version, by, now());
    const moved = { model, name, by, comment: reason, because: 'rolled_back' };
    await storeMoves(this.#parts, tx, all, moved);
    await trail.recordDecision(
      tx,
      this.#by,
      {
        action: 'model.rollback',
        object: { kind: 'registered_model', id: name },
        before: { version: bad ?? null },
        after: {
          version,
          target: this.#label(),
          quarantined: bad ?? null,
          root_digest: this.#gathered.version.integrity.digest,
          would_deny: this.#violations.map((violation) => violation.reason),
        },
        reason,
      },
      this.#gathered.inForce.policyVersion,
    );
  }

  async refused(refusal: Error): Promise<void> {
    const { name, version, rollback } = this.#change;
    await this.#parts.trail.recordDenial(
      this.#by,
      {
        action: 'model.rollback',
        object: { kind: 'registered_model', id: name },
        after: {
          ...{ version, target: this.#label(), asked: rollback.reason },
          reasons: this.#violations.map(({ reason, message }) => ({ reason, message })),
        },
      },
      refusal.message.slice(0, 1_000),
      this.#gathered.inForce.policyVersion,
    );
  }

  /** With an alias alone nobody else moves the version that is bad out of its stage. */
  async #archiveBad(tx: Transaction, model: number, moves: readonly Move[]): Promise<Move[]> {
    const { versions, now } = this.#parts;
    const { bad } = this.#change.rollback;
    if (bad === undefined || moves.some(({ target }) => target === 'Archived')) return [];
    const held = await versions.find(tx, this.#change.name, bad);
    if (held === undefined || held.current_stage === 'Archived') return [];
    await versions.setStage(tx, model, bad, 'Archived', now());
    const from = held.current_stage;
    return [
      { version: bad, target: from, kind: 'left' },
      { version: bad, target: 'Archived', kind: 'entered', from, bySystem: true },
    ];
  }

  /** What stands for something that serves must not name what was taken out. */
  #aliases(named: readonly { readonly alias: string; readonly version: number }[] = []) {
    const { profile } = this.#gathered.inForce;
    const { rollback, version } = this.#change;
    return named
      .filter(({ alias }) => aliasServes(profile, alias))
      .filter((one) => one.version === rollback.bad)
      .map(({ alias }) => ({ alias, version }));
  }

  /** @returns the versions that the target yields, but for the one that is to come back */
  #serving(
    besides: readonly OtherVersion[],
    { aliases = [] }: Pick<PromotionFacts, 'aliases'>,
  ): readonly number[] {
    const change = this.#change;
    if (change.kind === 'stage') return besides.map(({ version }) => version);
    return aliases
      .filter(({ alias, version }) => alias === change.alias && version !== change.version)
      .map(({ version }) => version);
  }

  #stage(): string {
    const { profile } = this.#gathered.inForce;
    const change = this.#change;
    if (change.kind === 'stage') return change.to;
    return stageOfAlias(profile, change.alias) ?? 'Production';
  }

  #action(): PromotionAction {
    const change = this.#change;
    const alias = change.kind === 'alias' ? { alias: change.alias } : {};
    return { kind: 'rollback', to: this.#stage(), ...alias };
  }

  #label(): string {
    return this.#change.kind === 'stage' ? this.#change.to : `alias:${this.#change.alias}`;
  }
}
