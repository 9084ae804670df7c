import type { Transaction } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import type { JobStore } from '../../platform/jobs/jobs.store.js';
import {
  afterApplied,
  beforeApplied,
  besideBegin,
  besideJudge,
  GateAround,
  type GovernedChange,
  type Move,
  type Passage,
  type PromotionGate,
} from '../../registry/promotion-gate.js';
import { saysPrompt, type Tag } from '../../registry/tags.js';
import type { DescribedVersion } from './evidence.store.js';
import { EVIDENCE_JOB } from './evidence-kinds.js';
import { type NumbersBefore, numbersBefore } from './number-version.js';
import { type PromotedParts, seeToPromoted } from './promoted-versions.js';
import { isOutOfReach, settleUnreached, type UnreachedParts } from './unreached.js';
import type { Profiles, StoredVersionFacts } from './version-facts.js';

export interface RegisteringGateParts extends PromotedParts, UnreachedParts {
  readonly facts: PromotedParts['facts'] & UnreachedParts['facts'] & Origins;
  readonly profiles: Profiles;
  readonly jobs: JobStore;
}

type Origins = Pick<StoredVersionFacts, 'originOf' | 'originFrom'>;

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
        return this.#registering(passage, change, by);
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

  #registering(passage: Passage, change: Creation, by: By): Passage {
    let numbers: NumbersBefore | undefined;
    // A transaction that is run again asks again.
    let last: Promise<DescribedVersion[]> | undefined;
    const seeing = beforeApplied(passage, async (tx, model, moves) => {
      for (const move of moves) await this.#created(tx, by, change, model, move, numbers);
    });
    const asking = besideBegin(seeing, (tx) => {
      last = this.#isSettled(change)
        ? this.#parts.store.lastNumberedIn(tx, change.name)
        : undefined;
      return last ?? NOTHING;
    });
    return besideJudge(asking, async (tx, model) => {
      numbers = await this.#numbers(tx, change, model, last);
    });
  }

  /** Nothing has to be waited for but the numbers before: nobody can look at the files. */
  #isSettled({ source, tags }: Creation): boolean {
    return !saysPrompt(tags) && isOutOfReach(this.#parts.folders, source);
  }

  /** What a version counts from whose files nobody can look at. */
  async #numbers(
    tx: Transaction,
    change: Creation,
    model: number,
    last: Promise<DescribedVersion[]> | undefined,
  ): Promise<NumbersBefore | undefined> {
    if (!this.#isSettled(change)) return undefined;
    const { store, profiles } = this.#parts;
    const { name, tags } = change;
    const profile = await profiles.profileOf(tx, name);
    if (profile.mode === 'compat') return undefined;
    const proposal = { profile, tags: tagMap(tags), proposed: undefined };
    return numbersBefore(store, tx, model, proposal, last);
  }

  async #created(
    tx: Transaction,
    by: By,
    { name, tags }: Creation,
    model: number,
    { version, made }: Move,
    numbers: NumbersBefore | undefined,
  ): Promise<void> {
    const { store, facts, profiles, jobs, folders, now } = this.#parts;
    const profile = await profiles.profileOf(tx, name);
    if (profile.mode === 'compat' || saysPrompt(tags)) return;
    const about = { model, name, version, profile, registeredBy: by.caller.name };
    const origin =
      made === undefined
        ? await facts.originOf(tx, name, version)
        : await facts.originFrom(tx, {
            model,
            stage: 'None',
            source: made.source,
            location: made.location,
            runId: made.runId,
            description: made.description,
            createdAt: made.createdAt,
            tags: tagMap(tags),
          });
    if (folders.find(origin.row.location) === undefined) {
      return settleUnreached(this.#parts, tx, about, origin, numbers);
    }
    const time = now();
    const id = await store.open(tx, model, version, by.caller.name, time);
    await jobs.add(tx, EVIDENCE_JOB, [{ reference: id, lane: id, due: time + OWN_TIME }]);
    if (profile.mode !== 'enforce') return;
    await store.setStatus(tx, model, version, 'PENDING_REGISTRATION');
  }
}

const NOTHING = Promise.resolve();

const tagMap = (tags: readonly Tag[]): Readonly<Record<string, string>> =>
  Object.fromEntries(tags.map(({ key, value }) => [key, value]));
