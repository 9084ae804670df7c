import type { Transaction } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import {
  type GovernedChange,
  type Move,
  Outdated,
  type Passage,
  type Verdict,
} from '../../registry/promotion-gate.js';
import { evaluate } from '../evaluate/evaluate.js';
import type { CallerFacts, ChangeAction, Reference } from '../evaluate/facts.js';
import type { Decision } from '../evaluate/obligation.js';
import type { ProfileInForce } from '../policy/policies.service.js';
import type { StepAhead } from '../version-facts/steps-ahead.js';
import type { GateParts } from './gate-parts.js';
import type { Promotion } from './promotion-facts.js';
import { refusalOf } from './refusal.js';
import { settleRequests } from './settle-requests.js';

export type OtherChange = Exclude<GovernedChange, Promotion>;

interface Known {
  readonly inForce: ProfileInForce;
  readonly caller: CallerFacts;
  /** What is in force is what this server has read before. */
  readonly isRemembered?: boolean;
  /** What the files of a new version say of its number. */
  readonly ahead?: StepAhead | undefined;
}

/** A change that would take something away from what serves, on its way through the gate. */
export class ChangePassage implements Passage {
  readonly #parts: GateParts;
  readonly #change: OtherChange;
  readonly #by: By;
  readonly #known: Known;
  #inForce: ProfileInForce;
  #decision: Decision | undefined;

  constructor(parts: GateParts, change: OtherChange, by: By, known: Known) {
    this.#parts = parts;
    this.#change = change;
    this.#by = by;
    this.#known = known;
    this.#inForce = known.inForce;
  }

  begin(tx: Transaction): Promise<unknown> {
    return this.#parts.policies.profileOf(this.#change.name, tx);
  }

  async judge(tx: Transaction, model: number): Promise<Verdict> {
    const { caller } = this.#known;
    const ruling = await this.#ruling(tx);
    const references = await this.#references(tx, model);
    const numbering = await this.#numbering(tx, model);
    const actions = [...actionsOf(this.#change), ...numbering];
    const decisions = ruling.flatMap(({ profile }) =>
      actions.map((action) => evaluate({ profile, caller, references }, action)),
    );
    const found = decisions.flatMap((decision) => decision.violations);
    const violations = [...new Map(found.map((one) => [one.message, one])).values()];
    const allowed = decisions.every((decision) => decision.allowed);
    this.#decision = { allowed, violations, obligations: [] };
    if (!allowed) return { allowed, refusal: refusalOf(violations, this.#change) };
    return { allowed, applies: true };
  }

  async applied(tx: Transaction, model: number, moves: readonly Move[]): Promise<void> {
    const { history, now } = this.#parts;
    const change = this.#change.kind;
    const at = { model, time: now(), by: this.#by.caller.name };
    if (change === 'model deletion') await history.leaveAll(tx, at);
    if (change === 'model renaming') await history.rename(tx, model, this.#change.newName);
    for (const { version, target, kind } of moves) {
      if (kind === 'left') await history.leave(tx, at, version, target, { because: 'deleted' });
    }
    if (this.#change.kind === 'version deletion') {
      await history.nextGeneration(tx, model);
      await this.#settle(tx, model, this.#change.version);
    }
    if ((this.#decision?.violations ?? []).length > 0) await this.#observe(tx);
  }

  /** Nobody can decide over what has gone. */
  async #settle(tx: Transaction, model: number, version: number): Promise<void> {
    const { requests } = this.#parts;
    const about = { model, name: this.#change.name, version, stage: 'None' };
    const because = `Version ${version} was deleted.`;
    const open = await requests.openOf(tx, model, version);
    await settleRequests(this.#parts, tx, open, { ...about, as: 'cancelled', because });
  }

  async refused(refusal: Error): Promise<void> {
    const { violations = [] } = this.#decision ?? {};
    await this.#parts.trail.recordDenial(
      this.#by,
      { ...this.#deed(), after: { reasons: violations.map(({ reason }) => reason) } },
      refusal.message.slice(0, 1_000),
      this.#inForce.policyVersion,
    );
  }

  /** What holds under the lock: for a model that is renamed, what holds for its new name too. */
  async #ruling(tx: Transaction): Promise<readonly ProfileInForce[]> {
    const { policies } = this.#parts;
    const change = this.#change;
    const before = await policies.profileOf(change.name, tx);
    const { isRemembered = false, inForce } = this.#known;
    if (isRemembered && before.policyVersion !== inForce.policyVersion) {
      throw new Outdated('Another policy is in force');
    }
    this.#inForce = before;
    if (change.kind !== 'model renaming') return [before];
    const after = await policies.profileOf(change.newName, tx);
    if (after.profileVersion === before.profileVersion) return [before];
    if (before.profile.mode !== 'enforce') this.#inForce = after;
    return [before, after];
  }

  async #references(tx: Transaction, model: number): Promise<readonly Reference[]> {
    const { history } = this.#parts;
    switch (this.#change.kind) {
      case 'version deletion':
        return history.referencesOf(tx, model, this.#change.version);
      case 'model deletion':
      case 'model renaming':
        return history.referencesOf(tx, model);
      default:
        return [];
    }
  }

  /** What a new version proposes as its number. */
  async #numbering(tx: Transaction, model: number): Promise<ChangeAction[]> {
    if (this.#change.kind !== 'version creation') return [];
    const tag = (key: string) => this.#tags().find((one) => one.key === key)?.value;
    const { ahead } = this.#known;
    const proposed = tag('semver') ?? ahead?.proposed;
    const base = tag('semver.base');
    if (proposed === undefined && base === undefined) return [];
    const existing = await this.#parts.history.numbers(tx, model);
    return [{ kind: 'number_version', proposed, base, existing, step: ahead?.step }];
  }

  #tags() {
    return this.#change.kind === 'version creation' ? this.#change.tags : [];
  }

  /** Writes down what `enforce` would have denied. */
  async #observe(tx: Transaction): Promise<void> {
    const { violations = [] } = this.#decision ?? {};
    const would_deny = violations.map(({ reason, message }) => ({ reason, message }));
    const after = { mode: this.#inForce.profile.mode, would_deny };
    const deed = { ...this.#deed(), after };
    await this.#parts.trail.recordDecision(tx, this.#by, deed, this.#inForce.policyVersion);
  }

  #deed() {
    const { name, kind } = this.#change;
    return {
      action: `governance.${kind.replaceAll(' ', '_')}`,
      object: { kind: 'registered_model', id: name },
    };
  }
}

function actionsOf(change: OtherChange): readonly ChangeAction[] {
  switch (change.kind) {
    case 'version deletion':
      return [{ kind: 'delete', what: 'version', name: `${change.name}/${change.version}` }];
    case 'model deletion':
      return [{ kind: 'delete', what: 'model', name: change.name }];
    case 'model renaming':
      return [{ kind: 'rename_model', name: change.name, to: change.newName }];
    case 'tag setting':
      return [{ kind: 'set_tag', key: change.key }];
    case 'tag deletion':
      return [{ kind: 'delete_tag', key: change.key }];
    case 'version creation':
      // The version may propose its number; all else of the server's it can't bring along.
      return change.tags
        .filter(({ key }) => key !== 'semver')
        .map(({ key }) => ({ kind: 'set_tag', key }) as const);
  }
}
