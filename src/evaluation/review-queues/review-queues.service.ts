import type { Clock } from '../../platform/clock.js';
import type { Database, Reader, Transaction } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import { newHexId } from '../../platform/ids.js';
import type { Trail } from '../../platform/trail.js';
import type { ReviewedExperiments } from '../reviewed-experiments.js';
import {
  hasAllSchemas,
  isNoUserQueue,
  isUserQueue,
  nameKey,
  noQueue,
  noQueueNamed,
  noSchemas,
  type QueueType,
  queueTaken,
  type ReviewQueue,
  readName,
  readOwnUser,
  readSchemaIds,
  readText,
  readUsers,
} from './review-queues.js';
import type { QueueQuery, ReviewQueueStore, StoredQueue } from './review-queues.store.js';

/** What a client says of a new queue. */
export interface QueueRequest {
  readonly experimentId: string;
  readonly name: string;
  readonly type: QueueType;
  readonly users: readonly string[];
  readonly schemaIds: readonly string[];
  /** Whoever has signed in. */
  readonly createdBy: string | undefined;
}

/** What may change of a queue; absent parts stay as they are. */
export interface QueueChange {
  readonly name?: string | undefined;
  readonly users?: readonly string[] | undefined;
  readonly schemaIds?: readonly string[] | undefined;
  readonly newOwner?: string | undefined;
}

/** Throws unless a queue is one that the caller may do this with. */
export type Judge = (queue: ReviewQueue) => Promise<void>;

export interface QueueServiceParts {
  readonly database: Database;
  readonly store: ReviewQueueStore;
  readonly experiments: ReviewedExperiments;
  readonly trail: Trail;
  readonly now: Clock;
}

/** Review queues of an experiment. */
export class ReviewQueueService {
  readonly #parts: QueueServiceParts;

  constructor(parts: QueueServiceParts) {
    this.#parts = parts;
  }

  /** @throws MlflowError 404 when there is no such queue */
  async get(reader: Reader, queueId: string): Promise<StoredQueue> {
    const queue = await this.#parts.store.find(reader, queueId);
    if (queue === undefined) throw noQueue(queueId);
    return queue;
  }

  /** @throws MlflowError 404 when there is no such experiment or queue */
  async named(experimentId: string, name: string): Promise<StoredQueue> {
    const { database, store, experiments } = this.#parts;
    const experiment = await experiments.active(database.read, experimentId);
    const queue = await store.named(database.read, experiment, name);
    if (queue === undefined) throw noQueueNamed(name, experimentId);
    return queue;
  }

  /** @throws MlflowError 404 when there is no such experiment, or it is deleted */
  async list(
    experimentId: string,
    query: Omit<QueueQuery, 'experiment'>,
    size: number,
    pageToken: string | undefined,
  ) {
    const { database, store, experiments } = this.#parts;
    const experiment = await experiments.active(database.read, experimentId);
    return store.page({ ...query, experiment }, size, pageToken);
  }

  /** @throws MlflowError 400 when the name is taken */
  async create(request: QueueRequest): Promise<ReviewQueue> {
    const { type, createdBy = null } = request;
    const name = readName(request.name, type);
    const asked = readUsers(request.users);
    const schema_ids = readSchemaIds(request.schemaIds);
    const users = type === 'USER' ? readOwnUser(name, asked) : asked;
    if (type === 'USER' && schema_ids.length > 0) throw hasAllSchemas();
    return this.#parts.database.write(async (tx) => {
      const experiment = await this.#parts.experiments.active(tx, request.experimentId);
      await this.#checkSchemas(tx, experiment, schema_ids);
      const wish = { name, queue_type: type, created_by: createdBy, users, schema_ids };
      const queue = this.#newQueue(experiment, wish);
      if (!(await this.#parts.store.insert(tx, queue))) throw queueTaken(name);
      return queue;
    });
  }

  /** @returns the queue of a user, who gets one if there is none */
  getOrCreate(experimentId: string, user: string): Promise<ReviewQueue> {
    const { database, store, experiments } = this.#parts;
    const name = readName(user, 'USER');
    return database.write(async (tx) => {
      const experiment = await experiments.active(tx, experimentId);
      const users = [name];
      const wish = { name, queue_type: 'USER', created_by: name, users, schema_ids: [] } as const;
      const queue = this.#newQueue(experiment, wish);
      if (await store.insert(tx, queue)) return queue;
      const found = await store.named(tx, experiment, name);
      if (found?.queue_type !== 'USER') throw isNoUserQueue(name);
      return found;
    });
  }

  /** @throws MlflowError 404 when there is no such queue, 400 for that of a user and a name that is taken */
  async update(queueId: string, change: QueueChange, judge: Judge): Promise<ReviewQueue> {
    const { database } = this.#parts;
    try {
      return await database.write((tx) => this.#update(tx, queueId, change, judge));
    } catch (error) {
      // Another has taken the name meanwhile.
      const isTaken = database.dialect.isUniqueViolation(error);
      throw isTaken ? queueTaken(change.name ?? '') : error;
    }
  }

  /** Deletes a queue; there need be none. */
  delete(queueId: string, judge: Judge, by: By): Promise<void> {
    const { database, store, trail } = this.#parts;
    return database.write(async (tx) => {
      const queue = await store.lock(tx, queueId);
      if (queue === undefined) return;
      await judge(queue);
      await store.delete(tx, queue.id);
      const { name, queue_type, experiment_id, users } = queue;
      await trail.record(tx, by, {
        action: 'review_queue.delete',
        object: { kind: 'review_queue', id: queueId },
        before: { name, queue_type, experiment_id, users },
      });
    });
  }

  /** Holds a queue that the caller may change. @throws MlflowError 404 when there is none */
  async lock(tx: Transaction, queueId: string, judge?: Judge): Promise<StoredQueue> {
    const queue = await this.#parts.store.lock(tx, queueId);
    if (queue === undefined) throw noQueue(queueId);
    await judge?.(queue);
    return queue;
  }

  async #update(
    tx: Transaction,
    queueId: string,
    change: QueueChange,
    judge: Judge,
  ): Promise<ReviewQueue> {
    const { store, now } = this.#parts;
    const before = await this.lock(tx, queueId, judge);
    if (before.queue_type === 'USER') throw isUserQueue();
    const name = change.name === undefined ? before.name : readName(change.name, 'CUSTOM');
    const users = change.users && readUsers(change.users);
    const schemaIds = change.schemaIds && readSchemaIds(change.schemaIds);
    const { newOwner } = change;
    const created_by = newOwner === undefined ? before.created_by : readText(newOwner, 'new_owner');
    if (Object.values(change).every((part) => part === undefined)) return before;
    if (schemaIds !== undefined) await this.#checkSchemas(tx, before.experiment_id, schemaIds);
    if (nameKey(name) !== nameKey(before.name)) {
      if (await store.named(tx, before.experiment_id, name)) throw queueTaken(name);
    }
    await store.update(tx, { ...before, name, created_by, last_update_time_ms: now() });
    if (users !== undefined) await store.setUsers(tx, before.id, users);
    if (schemaIds !== undefined) await store.setSchemas(tx, before.id, schemaIds);
    return this.get(tx, queueId);
  }

  /** @throws MlflowError 400 for those that the experiment has not */
  async #checkSchemas(reader: Reader, experiment: number, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const known = await this.#parts.store.knownSchemas(reader, experiment, ids);
    const missing = ids.filter((id) => !known.has(id));
    if (missing.length > 0) throw noSchemas(missing, experiment);
  }

  #newQueue(
    experiment: number,
    wish: Pick<ReviewQueue, 'name' | 'queue_type' | 'created_by' | 'users' | 'schema_ids'>,
  ): ReviewQueue {
    const time = this.#parts.now();
    return {
      ...wish,
      users: [...wish.users].sort(),
      schema_ids: [...wish.schema_ids].sort(),
      queue_id: `rq-${newHexId()}`,
      experiment_id: experiment,
      creation_time_ms: time,
      last_update_time_ms: time,
    };
  }
}
