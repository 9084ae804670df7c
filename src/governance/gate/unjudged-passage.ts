import type { Transaction } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import type { GovernedChange, Move, Passage, Verdict } from '../../registry/promotion-gate.js';
import type { ModelVersion } from '../../registry/versions/versions.js';
import { clientCall } from '../evaluate/python.js';
import type { Violation } from '../evaluate/violation.js';
import type { ProfileInForce } from '../policy/policies.service.js';
import { PROMPT_SOURCES } from './gate.store.js';
import type { GateParts } from './gate-parts.js';
import { refusalOf } from './refusal.js';
import { storeMoves } from './store-moves.js';

/** Whether a version is a text that serves nobody by a stage. */
export const isPromptText = ({ source }: ModelVersion): boolean => PROMPT_SOURCES.includes(source);

/**
 * A change of which there was nothing to judge when it was looked at: there are no rules for the
 * model, it holds prompts alone, or what is to be changed was not there. Under the lock that may be
 * otherwise, and then the change is not let through unjudged.
 */
export class UnjudgedPassage implements Passage {
  readonly #parts: GateParts;
  readonly #change: GovernedChange;
  readonly #by: By;
  #inForce: ProfileInForce | undefined;
  #isHeld = false;

  constructor(parts: GateParts, change: GovernedChange, by: By) {
    this.#parts = parts;
    this.#change = change;
    this.#by = by;
  }

  async judge(tx: Transaction, model: number): Promise<Verdict> {
    const { name } = this.#change;
    this.#inForce = await this.#parts.policies.profileOf(name, tx);
    const { mode } = this.#inForce.profile;
    this.#isHeld = mode !== 'compat' && !(await this.#isFree(tx, model));
    if (!this.#isHeld || mode !== 'enforce') return { allowed: true, applies: true };
    const message = 'The model was changed while this was being checked.';
    const remedy = clientCall('get_registered_model', name);
    const violation: Violation = {
      ...{ reason: 'CONCURRENT_TRANSITION', message, remedy, metadata: { model: name } },
    };
    return { allowed: false, refusal: refusalOf([violation], this.#change) };
  }

  /** What is only looked at is in the history nevertheless. */
  async applied(tx: Transaction, model: number, moves: readonly Move[]): Promise<void> {
    if (!this.#isHeld || moves.length === 0) return;
    const { name } = this.#change;
    const by = this.#by.caller.name;
    await storeMoves(this.#parts, tx, moves, { model, name, by, comment: '' });
  }

  async refused(refusal: Error): Promise<void> {
    const deed = {
      action: 'governance.decide',
      object: { kind: 'registered_model', id: this.#change.name },
      after: { asked: { kind: this.#change.kind }, reasons: ['CONCURRENT_TRANSITION'] },
    };
    const why = refusal.message.slice(0, 1_000);
    await this.#parts.trail.recordDenial(this.#by, deed, why, this.#inForce?.policyVersion);
  }

  async #isFree(tx: Transaction, model: number): Promise<boolean> {
    const { versions, history } = this.#parts;
    const change = this.#change;
    switch (change.kind) {
      case 'stage':
      case 'alias':
      case 'alias deletion': {
        const { name } = change;
        const found =
          change.kind === 'alias deletion'
            ? await versions.findByAlias(tx, name, change.alias)
            : await versions.find(tx, name, change.version);
        if (found === undefined) return true;
        return isPromptText(found) && !(await history.holdsFiles(tx, model));
      }
      default:
        return false;
    }
  }
}
