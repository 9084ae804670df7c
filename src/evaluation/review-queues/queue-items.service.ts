import type { Clock } from '../../platform/clock.js';
import type { Database } from '../../platform/db/database.js';
import {
  noItem,
  noTraces,
  type QueueItem,
  type ReviewStatus,
  readCompletedBy,
  readItemIds,
} from './queue-items.js';
import type { QueueItemStore } from './queue-items.store.js';
import type { Judge, ReviewQueueService } from './review-queues.service.js';

export interface QueueItemServiceParts {
  readonly database: Database;
  readonly store: QueueItemStore;
  readonly queues: ReviewQueueService;
  readonly now: Clock;
}

/** What is in review queues, and who is done with it. */
export class QueueItemService {
  readonly #parts: QueueItemServiceParts;

  constructor(parts: QueueItemServiceParts) {
    this.#parts = parts;
  }

  /** @returns the items that were asked for, those that were there already included */
  async add(queueId: string, itemIds: readonly string[]): Promise<QueueItem[]> {
    const { database, store, queues, now } = this.#parts;
    const ids = readItemIds(itemIds);
    return database.write(async (tx) => {
      const queue = await queues.lock(tx, queueId);
      const known = await store.knownTraces(tx, queue.experiment_id, ids);
      const missing = ids.filter((id) => !known.has(id));
      if (missing.length > 0) throw noTraces(missing, queueId, queue.experiment_id);
      await store.add(tx, queue.id, ids, now());
      const found = await store.withIds(tx, queue.id, ids);
      const byId = new Map(found.map((item) => [item.item_id, item]));
      return ids.flatMap((id) => byId.get(id) ?? []);
    });
  }

  /** Items that are not there are passed over. */
  async remove(queueId: string, itemIds: readonly string[], judge: Judge): Promise<void> {
    const { database, store, queues } = this.#parts;
    const ids = readItemIds(itemIds);
    await database.write(async (tx) => {
      const { id } = await queues.lock(tx, queueId, judge);
      await store.remove(tx, id, ids);
    });
  }

  async list(
    queueId: string,
    status: ReviewStatus | undefined,
    size: number,
    pageToken: string | undefined,
    judge: Judge,
  ) {
    const { database, store, queues } = this.#parts;
    const queue = await queues.get(database.read, queueId);
    await judge(queue);
    return store.page(queue.id, status, size, pageToken);
  }

  /** Who was done first stays the one who was, until the item is opened again. */
  async setStatus(
    queueId: string,
    itemId: string,
    status: ReviewStatus,
    completedBy: string | undefined,
    judge: Judge,
  ): Promise<QueueItem> {
    const { database, store, queues, now } = this.#parts;
    const completed_by = readCompletedBy(status, completedBy);
    const item = itemId.trim();
    return database.write(async (tx) => {
      const { id } = await queues.lock(tx, queueId, judge);
      const [before] = await store.withIds(tx, id, [item]);
      if (before === undefined) throw noItem(item, queueId);
      if (before.status === status) return before;
      const time = now();
      const after: QueueItem = {
        ...{ ...before, status, completed_by, last_update_time_ms: time },
        completed_time_ms: status === 'PENDING' ? null : time,
      };
      await store.setStatus(tx, id, after);
      return after;
    });
  }
}
