import type { Clock } from '../../platform/clock.js';
import type { Database } from '../../platform/db/database.js';
import { inTime } from '../../platform/in-time.js';
import type { JobStore } from '../../platform/jobs/jobs.store.js';
import type { ModelFolders, ModelLock } from '../freeze/freeze.service.js';
import type { ChangeStore } from '../serving/changes.store.js';
import { EXPIRY_JOB } from '../version-cards/card-expiry.js';
import type { CardStore } from '../version-cards/cards.store.js';
import type { Evidence, FoundCard } from './evidence.js';
import type { EvidenceStore } from './evidence.store.js';
import { cardFiles, pathsInRun } from './gather-findings.js';
import type { Origin } from './origin.js';
import type { StoredVersionFacts } from './version-facts.js';

export interface CardLookParts {
  readonly database: Database;
  readonly facts: Pick<StoredVersionFacts, 'originOf' | 'resolve'>;
  readonly store: EvidenceStore;
  readonly cards: Pick<CardStore, 'saw'>;
  readonly folders: ModelFolders;
  readonly models: ModelLock;
  readonly jobs: JobStore;
  readonly changes: Pick<ChangeStore, 'record'>;
  readonly now: Clock;
}

/** Milliseconds that who reads a card waits for the files that may hold one. */
const PATIENCE = 2_000;

/** Looks for cards among the files of a version and of its run, which clients may add at any time. */
export class CardLook {
  readonly #parts: CardLookParts;

  constructor(parts: CardLookParts) {
    this.#parts = parts;
  }

  /** Stores which cards there are now. What can't be read in time is as it was known before. */
  async renew(name: string, version: number): Promise<void> {
    await inTime(PATIENCE, this.#renew(name, version).catch(nothing), nothing);
  }

  async #renew(name: string, version: number): Promise<void> {
    const { database, facts, store } = this.#parts;
    const origin = await facts.originOf(database.read, name, version);
    const evidence = await store.find(database.read, origin.row.model, version);
    // Whoever registers the version looks at all of its files.
    if (evidence?.found === undefined || evidence.numbering === undefined) return;
    const files = await this.#filesOf(origin);
    if (files === undefined || isKnown(evidence, files)) return;
    await this.#keep(name, version, files);
  }

  async #filesOf({ row, run, loggedModel }: Origin): Promise<readonly FoundCard[] | undefined> {
    const { folders } = this.#parts;
    const model = folders.find(row.location)?.folder;
    if (model === undefined) return undefined;
    const folder = run && folders.find(run.artifactUri)?.folder;
    const paths = pathsInRun(loggedModel?.name);
    return cardFiles({ model, run: folder && { folder, paths } });
  }

  async #keep(name: string, version: number, files: readonly FoundCard[]): Promise<void> {
    const { database, facts, store, cards, models, jobs, changes, now } = this.#parts;
    await database.write(async (tx) => {
      await models.lock(tx, name);
      const { row } = await facts.originOf(tx, name, version);
      const evidence = await store.find(tx, row.model, version);
      if (evidence?.found === undefined || isKnown(evidence, files)) return;
      const found = { ...evidence.found, cards: files };
      await store.setFound(tx, evidence.id, found);
      const { resolved } = await facts.resolve(tx, row, version, found);
      const time = now();
      if (resolved.kind === 'card') {
        await cards.saw(tx, row.model, version, resolved, time);
      }
      await jobs.add(tx, EXPIRY_JOB, [{ reference: evidence.id, lane: evidence.id, due: time }]);
      await changes.record(tx, name, [{ kind: 'card', version }], time);
    });
  }
}

const isKnown = ({ found }: Evidence, files: readonly FoundCard[]): boolean =>
  JSON.stringify(found?.cards) === JSON.stringify(files);

const nothing = () => undefined;
