import type { Transaction } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import type { JobStore } from '../../platform/jobs/jobs.store.js';
import { together } from '../../platform/together.js';
import {
  afterApplied,
  beforeApplied,
  GateAround,
  type GovernedChange,
  type Move,
  type Passage,
  type PromotionGate,
} from '../../registry/promotion-gate.js';
import { saysPrompt } from '../../registry/tags.js';
import { EVIDENCE_JOB, type EvidenceService } from './evidence.service.js';
import { type PromotedParts, seeToPromoted } from './promoted-versions.js';
import type { Profiles, StoredVersionFacts } from './version-facts.js';

export interface RegisteringGateParts extends PromotedParts {
  readonly looks: Pick<EvidenceService, 'settleUnreached'>;
  readonly facts: PromotedParts['facts'] & Pick<StoredVersionFacts, 'originOf'>;
  readonly profiles: Profiles;
  readonly jobs: JobStore;
}

/** Milliseconds that the server that registers a version has for it, before others take it up. */
const OWN_TIME = 60_000;

type Creation = Extract<GovernedChange, { kind: 'version creation' }>;

/**
 * Sees to a new version in its transaction: it is settled, or a look at its files is owed. That
 * comes before what all changes of the registry wait for, the numbering of changes and the end of
 * the audit log, so that nobody waits for it. Also to what follows from a promotion.
 */
export class RegisteringGate extends GateAround {
  readonly #parts: RegisteringGateParts;

  constructor(inner: PromotionGate, parts: RegisteringGateParts) {
    super(inner);
    this.#parts = parts;
  }

  async open(change: GovernedChange, by: By): Promise<Passage> {
    const passage = await this.inner.open(change, by);
    switch (change.kind) {
      case 'version creation':
        return beforeApplied(passage, async (tx, model, moves) => {
          for (const { version } of moves) await this.#created(tx, by, change, model, version);
        });
      case 'stage':
      case 'alias':
        return afterApplied(passage, (tx, model, moves) =>
          this.#promoted(tx, change, model, moves),
        );
      default:
        return passage;
    }
  }

  async #promoted(
    tx: Transaction,
    { name }: GovernedChange,
    model: number,
    moves: readonly Move[],
  ): Promise<void> {
    const profile = await this.#parts.profiles.profileOf(tx, name);
    for (const { kind, version, target } of moves) {
      if (kind !== 'entered') continue;
      await seeToPromoted(this.#parts, tx, profile, { model, name, version, target });
    }
  }

  async #created(
    tx: Transaction,
    by: By,
    { name, tags }: Creation,
    model: number,
    version: number,
  ): Promise<void> {
    const { store, looks, facts, profiles, jobs, now } = this.#parts;
    const profile = await profiles.profileOf(tx, name);
    if (profile.mode === 'compat' || saysPrompt(tags)) return;
    const time = now();
    const [id, origin] = await together(
      store.open(tx, model, version, by.caller.name, time),
      facts.originOf(tx, name, version),
    );
    if (await looks.settleUnreached(tx, { id, model, name, version, profile }, origin)) return;
    await jobs.add(tx, EVIDENCE_JOB, [{ reference: id, lane: id, due: time + OWN_TIME }]);
    if (profile.mode !== 'enforce') return;
    await store.setStatus(tx, model, version, 'PENDING_REGISTRATION');
  }
}
