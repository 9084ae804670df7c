import type { Clock } from '../../platform/clock.js';
import type { Transaction } from '../../platform/db/database.js';
import type { JobStore } from '../../platform/jobs/jobs.store.js';
import { textOf } from '../cards/card.js';
import type { ModelFolders } from '../freeze/freeze.service.js';
import { CARD_LOOK_EVERY, EXPIRY_JOB } from '../version-cards/card-expiry.js';
import type { CardStore } from '../version-cards/cards.store.js';
import { type Findings, NOT_FOUND, type StoredIntegrity } from './evidence.js';
import type { EvidenceStore } from './evidence.store.js';
import { SWEEP_JOB } from './evidence-kinds.js';
import {
  describe,
  type NumbersBefore,
  numbersBefore,
  planNumber,
  showNumber,
  type Unnumbered,
} from './number-version.js';
import type { Origin } from './origin.js';
import type { StoredVersionFacts } from './version-facts.js';

export const OUT_OF_REACH: Findings = {
  ...NOT_FOUND,
  problem: 'The server has no access to the storage of the files.',
};

const NOT_LOOKED_AT: StoredIntegrity = {
  artifacts: 'unknown',
  changedFiles: [],
  signature: 'absent',
};

export interface UnreachedParts {
  readonly store: EvidenceStore;
  readonly facts: Pick<StoredVersionFacts, 'resolveNew'>;
  readonly cards: CardStore;
  readonly jobs: JobStore;
  readonly folders: ModelFolders;
  /** Milliseconds between two looks at the files of a version. */
  readonly sweepEvery: number;
  readonly now: Clock;
}

/** What is named by another name than that of its place, or lies with this server itself. */
const ELSEWHERE = /^(?!models:|runs:|file:)[a-z][\w+.-]*:/i;

/**
 * @returns whether the files of a source are out of this server's reach, as far as its name says:
 *   false as well where another look is needed to know
 */
export const isOutOfReach = (folders: ModelFolders, source: string): boolean =>
  ELSEWHERE.test(source) && folders.find(source) === undefined;

/**
 * Settles a new version whose files are out of this server's reach, in the transaction that
 * registers it: nothing has to be read first, and nobody has to wait for a second one.
 *
 * @param before the numbers of the model's versions, where they have been read already
 */
export async function settleUnreached(
  parts: UnreachedParts,
  tx: Transaction,
  about: Unnumbered & { readonly registeredBy: string },
  origin: Origin,
  before: NumbersBefore | undefined,
): Promise<void> {
  const { store, facts, cards, jobs, sweepEvery, now } = parts;
  const { model, version, profile, registeredBy } = about;
  const { row } = origin;
  const { resolved } = await facts.resolveNew(tx, row, version);
  const card = resolved.kind === 'card' ? resolved : undefined;
  const made = describe(origin, OUT_OF_REACH, undefined, card && textOf(card.card, 'intended_use'));
  const proposal = { profile, tags: row.tags, proposed: made.proposed };
  const numbers = before ?? (await numbersBefore(store, tx, model, proposal));
  const { numbered, refusal } = await planNumber(store, tx, about, origin, made, numbers);
  const time = now();
  await store.register(tx, {
    model,
    version,
    registeredBy,
    now: time,
    numbered,
    found: OUT_OF_REACH,
    integrity: NOT_LOOKED_AT,
  });
  if (card !== undefined) await cards.saw(tx, model, version, card, time, registeredBy);
  // What has never had a card has nothing that could end; a card that comes later says so.
  await jobs.addAbout(tx, store.keyOf(model, version), [
    { kind: EXPIRY_JOB, due: card === undefined ? time + CARD_LOOK_EVERY : time },
    { kind: SWEEP_JOB, due: time + sweepEvery },
  ]);
  await showNumber(store, tx, about, numbered);
  if (profile.mode !== 'enforce') return;
  const status = refusal === undefined ? 'READY' : 'FAILED_REGISTRATION';
  await store.setStatus(tx, model, version, status, refusal ?? null);
}
