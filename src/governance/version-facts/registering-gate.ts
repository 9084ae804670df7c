import type { Clock } from '../../platform/clock.js';
import type { Transaction } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import type { JobStore } from '../../platform/jobs/jobs.store.js';
import {
  beforeApplied,
  GateAround,
  type GovernedChange,
  type Passage,
  type PromotionGate,
} from '../../registry/promotion-gate.js';
import { saysPrompt } from '../../registry/tags.js';
import { EVIDENCE_JOB, type EvidenceService } from './evidence.service.js';
import type { EvidenceStore } from './evidence.store.js';
import type { Profiles } from './version-facts.js';

export interface RegisteringGateParts {
  readonly store: EvidenceStore;
  readonly looks: Pick<EvidenceService, 'settleUnreached'>;
  readonly profiles: Profiles;
  readonly jobs: JobStore;
  readonly now: Clock;
}

/** Milliseconds that the server that registers a version has for it, before others take it up. */
const OWN_TIME = 60_000;

type Creation = Extract<GovernedChange, { kind: 'version creation' }>;

/**
 * Sees to a new version in its transaction: it is settled, or a look at its files is owed. That
 * comes before what all changes of the registry wait for, the numbering of changes and the end of
 * the audit log, so that nobody waits for it.
 */
export class RegisteringGate extends GateAround {
  readonly #parts: RegisteringGateParts;

  constructor(inner: PromotionGate, parts: RegisteringGateParts) {
    super(inner);
    this.#parts = parts;
  }

  async open(change: GovernedChange, by: By): Promise<Passage> {
    const passage = await this.inner.open(change, by);
    if (change.kind !== 'version creation') return passage;
    return beforeApplied(passage, async (tx, model, moves) => {
      for (const { version } of moves) await this.#created(tx, by, change, model, version);
    });
  }

  async #created(
    tx: Transaction,
    by: By,
    { name, tags }: Creation,
    model: number,
    version: number,
  ): Promise<void> {
    const { store, looks, profiles, jobs, now } = this.#parts;
    const profile = await profiles.profileOf(tx, name);
    if (profile.mode === 'compat' || saysPrompt(tags)) return;
    const time = now();
    const id = await store.open(tx, model, version, by.caller.name, time);
    if (await looks.settleUnreached(tx, { id, model, name, version, profile })) return;
    await jobs.add(tx, EVIDENCE_JOB, [{ reference: id, lane: id, due: time + OWN_TIME }]);
    if (profile.mode !== 'enforce') return;
    await store.setStatus(tx, model, version, 'PENDING_REGISTRATION');
  }
}
