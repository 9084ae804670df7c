import { FloodGate } from '../audit/flood-gate.js';
import type { GovernanceEvents } from '../governance/events/governance-events.js';
import type { Clock } from '../platform/clock.js';
import type { Database } from '../platform/db/database.js';
import type { By } from '../platform/http/operation.js';
import type { Deed, Trail } from '../platform/trail.js';

/** Where it is written down that somebody was not let do something. */
export interface DenialTrail extends Trail {
  recordDenial(by: By, deed: Deed, why: string, policyVersion?: string): Promise<void>;
}

export interface TellingDenialsParts {
  readonly trail: DenialTrail;
  readonly events: GovernanceEvents;
  readonly database: Database;
  readonly now: Clock;
}

/** Operations that change who serves, and what they change. */
const PROMOTIONS: Readonly<Record<string, string>> = {
  transitionModelVersionStage: 'a stage',
  transitionStageWithComment: 'a stage',
  setRegisteredModelAlias: 'an alias',
  deleteRegisteredModelAlias: 'an alias',
};

/** Tells of those who were turned away at the door, before anything was judged of what they want. */
export class TellingDenials implements DenialTrail {
  readonly #parts: TellingDenialsParts;
  readonly #gate: FloodGate;

  constructor(parts: TellingDenialsParts) {
    this.#parts = parts;
    this.#gate = new FloodGate(parts.now);
  }

  record(...told: Parameters<Trail['record']>): Promise<void> {
    return this.#parts.trail.record(...told);
  }

  async recordDenial(by: By, deed: Deed, why: string, policyVersion?: string): Promise<void> {
    const { trail, events, database } = this.#parts;
    await trail.recordDenial(by, deed, why, policyVersion);
    const what = PROMOTIONS[deed.action];
    const model = deed.object.id;
    const { name: actor, method } = by.caller;
    // Whoever asks a thousand times a minute has nothing written a thousand times.
    if (what === undefined || model === '' || method === 'nobody') return;
    if (this.#gate.enter([actor, deed.action, model].join('\n')) === undefined) return;
    await database.write((tx) =>
      events.emit(tx, {
        ...{ kind: 'promotion.denied', model, actor },
        summary: `${actor} was not let change ${what} of registered model '${model}': ${why}.`,
        data: { change: what, reasons: ['PERMISSION_DENIED'], message: why },
      }),
    );
  }
}
