import type { By } from '../../platform/http/operation.js';
import { noVersion } from '../../registry/versions/versions.js';
import { evaluate } from '../evaluate/evaluate.js';
import type { PromotionFacts } from '../evaluate/facts.js';
import type { Decision } from '../evaluate/obligation.js';
import type { GateParts } from './gate-parts.js';
import type { GovernanceGate } from './governance-gate.js';
import { ALL_ASKS, type Promotion, promotionFacts, standingUnderLock } from './promotion-facts.js';
import { actionOf } from './promotion-passage.js';

export interface DryRun {
  readonly facts: PromotionFacts;
  readonly decision: Decision;
  readonly policyVersion: string;
}

/** Answers what the gate would say to a change, and changes nothing. */
export class DryRuns {
  readonly #gate: GovernanceGate;
  readonly #parts: GateParts;

  constructor(gate: GovernanceGate, parts: GateParts) {
    this.#gate = gate;
    this.#parts = parts;
  }

  /** @throws MlflowError 404 when there is no such version */
  async of(change: Exclude<Promotion, { kind: 'alias deletion' }>, by: By): Promise<DryRun> {
    const { database, history, policies } = this.#parts;
    const { name, version } = change;
    const inForce = await policies.profileOf(name);
    const model = await history.modelKey(database.read, name);
    const gathered = await this.#gate.gather(change, by, inForce);
    if (model === undefined || gathered === undefined) throw noVersion(name, version);
    const { read } = database;
    const standing = await standingUnderLock(
      ...([this.#parts, read, by.caller, change, gathered, ALL_ASKS] as const),
    );
    const held = await this.#parts.versions.find(read, name, version);
    const facts = await promotionFacts(
      ...([this.#parts, read, model, change, gathered, held, ALL_ASKS, standing] as const),
    );
    const decision = evaluate(facts, actionOf(change));
    return { facts, decision, policyVersion: inForce.policyVersion };
  }
}
