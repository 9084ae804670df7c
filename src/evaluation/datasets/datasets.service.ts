import { randomUUID } from 'node:crypto';
import type { MlflowError } from '../../errors.js';
import type { Clock } from '../../platform/clock.js';
import type { Database, Reader, Transaction } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import type { Trail } from '../../platform/trail.js';
import {
  checkDatasetName,
  checkUser,
  digestOf,
  type EvaluationDataset,
  experimentNumber,
  noDataset,
  noDatasetToLink,
  noDatasetToTag,
  noExperiment,
  readTags,
  USER_TAG,
} from './datasets.js';
import type { DatasetStore, LockedDataset } from './datasets.store.js';
import { mergeRecord, newRecord, readRecords, type StoredRecord } from './records.js';
import { growSchema } from './records.schema.js';
import type { RecordStore } from './records.store.js';

/** What is asked of tracking. */
export interface KnownExperiments {
  /** @returns those of the experiments that exist, deleted ones included */
  existing(reader: Reader, ids: readonly number[]): Promise<readonly number[]>;
}

const NO_TAGS = /^(?:\s*null\s*)?$/;

export interface DatasetServiceParts {
  readonly database: Database;
  readonly datasets: DatasetStore;
  readonly records: RecordStore;
  readonly experiments: KnownExperiments;
  readonly trail: Trail;
  readonly now: Clock;
}

/** The commands of evaluation datasets. */
export class DatasetService {
  readonly #parts: DatasetServiceParts;

  constructor(parts: DatasetServiceParts) {
    this.#parts = parts;
  }

  /** @throws MlflowError 404 when there is no such dataset */
  async get(reader: Reader, datasetId: string): Promise<EvaluationDataset> {
    const dataset = await this.#parts.datasets.find(reader, datasetId);
    if (dataset === undefined) throw noDataset(datasetId);
    return dataset;
  }

  /**
   * @param tagsJson a JSON object of tags; empty or null for none
   * @param experimentIds which experiments it belongs to
   */
  async create(
    name: string,
    tagsJson: string,
    experimentIds: readonly string[],
  ): Promise<EvaluationDataset> {
    const { database, datasets, now } = this.#parts;
    checkDatasetName(name);
    const tags = NO_TAGS.test(tagsJson) ? new Map<string, string>() : readTags(tagsJson);
    const given = tags.get(USER_TAG);
    const user = given === undefined ? null : checkUser(given);
    return database.write(async (tx) => {
      const experiments = await this.#existing(tx, experimentIds);
      const time = now();
      const dataset: EvaluationDataset = {
        dataset_id: `d-${randomUUID().replaceAll('-', '')}`,
        name,
        schema: null,
        num_records: null,
        digest: digestOf(name, time),
        created_time: time,
        last_update_time: time,
        created_by: user,
        last_updated_by: user,
        tags: Object.fromEntries(tags),
      };
      const id = await datasets.insert(tx, dataset);
      await datasets.setTags(tx, id, tags);
      await datasets.link(tx, id, experiments);
      return dataset;
    });
  }

  /** Deletes a dataset; there need be none. */
  delete(datasetId: string, by: By): Promise<void> {
    const { database, datasets, trail } = this.#parts;
    return database.write(async (tx) => {
      const dataset = await datasets.find(tx, datasetId);
      if (dataset === undefined) return;
      await datasets.delete(tx, datasetId);
      const { name, digest, num_records } = dataset;
      await trail.record(tx, by, {
        action: 'evaluation_dataset.delete',
        object: { kind: 'evaluation_dataset', id: datasetId },
        before: { name, digest, num_records },
      });
    });
  }

  async setTags(datasetId: string, tagsJson: string): Promise<void> {
    const { database, datasets } = this.#parts;
    const tags = readTags(tagsJson);
    await database.write(async (tx) => {
      const { id } = await this.#lock(tx, datasetId, noDatasetToTag);
      await datasets.setTags(tx, id, tags);
    });
  }

  /** Deletes a tag; there need be none. */
  deleteTag(datasetId: string, key: string): Promise<void> {
    const { database, datasets } = this.#parts;
    return database.write((tx) => datasets.deleteTag(tx, datasetId, key));
  }

  /**
   * Adds records. One whose inputs the dataset has already is joined with the one that is there.
   *
   * @param recordsJson a JSON list
   */
  async upsert(
    datasetId: string,
    recordsJson: string,
  ): Promise<{ readonly inserted: number; readonly updated: number }> {
    const { database, datasets, records, now } = this.#parts;
    const wishes = await readRecords(recordsJson);
    const hashes = [...new Set(wishes.map(({ hash }) => hash))];
    return database.write(async (tx) => {
      const { id, name, schema, num_records } = await this.#lock(tx, datasetId, noDataset);
      const time = now();
      const before = await records.withHashes(tx, id, hashes);
      const byHash = new Map<string, StoredRecord>(
        before.map((record) => [record.input_hash, record]),
      );
      for (const wish of wishes) {
        const stored = byHash.get(wish.hash);
        const record = stored ? mergeRecord(stored, wish, time) : newRecord(wish, time);
        byHash.set(wish.hash, record);
      }
      await records.save(tx, id, [...byHash.values()]);
      const inserted = byHash.size - before.length;
      await datasets.update(tx, id, {
        schema: growSchema(schema, wishes),
        num_records: inserted === 0 ? num_records : (num_records ?? 0) + inserted,
        digest: digestOf(name, time),
        last_update_time: time,
        last_updated_by: wishes.findLast(({ user }) => user !== undefined)?.user ?? null,
      });
      return { inserted, updated: wishes.length - inserted };
    });
  }

  /** @returns how many of the records there were */
  deleteRecords(datasetId: string, recordIds: readonly string[]): Promise<number> {
    const { database, datasets, records } = this.#parts;
    return database.write(async (tx) => {
      const dataset = await datasets.lock(tx, datasetId);
      if (dataset === undefined) return 0;
      const deleted = await records.delete(tx, dataset.id, recordIds);
      if (deleted > 0) {
        const left = Math.max(0, (dataset.num_records ?? 0) - deleted);
        await datasets.update(tx, dataset.id, { num_records: left });
      }
      return deleted;
    });
  }

  /** Makes a dataset belong to more experiments. */
  addTo(datasetId: string, experimentIds: readonly string[]): Promise<EvaluationDataset> {
    const { database, datasets, now } = this.#parts;
    return database.write(async (tx) => {
      const { id } = await this.#lock(tx, datasetId, noDatasetToLink);
      await datasets.link(tx, id, await this.#existing(tx, experimentIds));
      await datasets.update(tx, id, { last_update_time: now() });
      return this.get(tx, datasetId);
    });
  }

  /** Makes a dataset belong to fewer experiments; those that it does not belong to are passed over. */
  removeFrom(datasetId: string, experimentIds: readonly string[]): Promise<EvaluationDataset> {
    const { database, datasets, now } = this.#parts;
    const numbers = experimentIds.flatMap((id) => experimentNumber(id) ?? []);
    return database.write(async (tx) => {
      const { id } = await this.#lock(tx, datasetId, noDatasetToLink);
      const removed = await datasets.unlink(tx, id, numbers);
      if (removed > 0) await datasets.update(tx, id, { last_update_time: now() });
      return this.get(tx, datasetId);
    });
  }

  async #lock(
    tx: Transaction,
    datasetId: string,
    missing: (id: string) => MlflowError,
  ): Promise<LockedDataset> {
    const dataset = await this.#parts.datasets.lock(tx, datasetId);
    if (dataset === undefined) throw missing(datasetId);
    return dataset;
  }

  /** @throws MlflowError 404 for the first that does not exist */
  async #existing(reader: Reader, ids: readonly string[]): Promise<number[]> {
    const numbers = ids.map((id) => experimentNumber(id));
    const asked = [...new Set(numbers.flatMap((number) => number ?? []))];
    const known = new Set(await this.#parts.experiments.existing(reader, asked));
    const missing = numbers.findIndex((number) => number === undefined || !known.has(number));
    if (missing >= 0) throw noExperiment(ids[missing] ?? '');
    return asked;
  }
}
