import type { Transaction } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import { type Move, Outdated, type Passage, type Verdict } from '../../registry/promotion-gate.js';
import { type ModelVersion, noVersion } from '../../registry/versions/versions.js';
import type { CallerFacts } from '../evaluate/facts.js';
import type { ProfileInForce } from '../policy/policies.service.js';
import { bareFacts } from './bare-facts.js';
import type { GateParts } from './gate-parts.js';
import { kindOf, type Promotion } from './promotion-facts.js';
import { PromotionPassage } from './promotion-passage.js';
import { isPromptText } from './unjudged-passage.js';

export type StageChange = Extract<Promotion, { kind: 'stage' }>;

/** Whether nothing has to be gathered before a move, wherever it begins: nothing can be denied. */
export const isPlainMove = (change: Promotion, { profile }: ProfileInForce): boolean =>
  change.kind === 'stage' &&
  change.request === undefined &&
  change.rollback === undefined &&
  profile.mode === 'observe' &&
  kindOf(change, profile) !== 'Production';

/**
 * A move to a stage that serves nobody, where nothing is denied. All that it takes is known under
 * the lock, so nothing is read before.
 */
export class PlainMovePassage implements Passage {
  readonly #parts: GateParts;
  readonly #change: StageChange;
  readonly #by: By;
  readonly #known: { readonly inForce: ProfileInForce; readonly caller: CallerFacts };
  /** Undefined where there is nothing to judge, as of a prompt. */
  #passage: PromotionPassage | undefined;

  constructor(
    parts: GateParts,
    change: StageChange,
    by: By,
    known: { readonly inForce: ProfileInForce; readonly caller: CallerFacts },
  ) {
    this.#parts = parts;
    this.#change = change;
    this.#by = by;
    this.#known = known;
  }

  begin(tx: Transaction): Promise<unknown> {
    return this.#parts.policies.profileOf(this.#change.name, tx);
  }

  async judge(tx: Transaction, model: number, held?: ModelVersion): Promise<Verdict> {
    const { policies, versions, history, callers } = this.#parts;
    const { name, version } = this.#change;
    const { inForce, caller } = this.#known;
    const { policyVersion } = await policies.profileOf(name, tx);
    if (policyVersion !== inForce.policyVersion) throw new Outdated('Another policy is in force');
    const seen = held ?? (await versions.find(tx, name, version));
    if (seen === undefined) throw noVersion(name, version);
    this.#passage = undefined;
    if (isPromptText(seen) && !(await history.holdsFiles(tx, model))) {
      return { allowed: true, applies: true };
    }
    this.#passage = new PromotionPassage(this.#parts, this.#change, this.#by, {
      ...{ inForce, caller, seen, model, generation: 0, isGated: false },
      version: bareFacts(seen),
      rights: await callers.markOf(tx, this.#by.caller, name),
    });
    return this.#passage.judge(tx, model, seen);
  }

  async applied(tx: Transaction, model: number, moves: readonly Move[]): Promise<void> {
    await this.#passage?.applied(tx, model, moves);
  }

  async decided(tx: Transaction): Promise<void> {
    await this.#passage?.decided(tx);
  }

  async refused(refusal: Error): Promise<void> {
    await this.#passage?.refused(refusal);
  }
}
