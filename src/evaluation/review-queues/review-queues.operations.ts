import { MlflowError } from '../../errors.js';
import type { Database } from '../../platform/db/database.js';
import type { Call, OperationTable } from '../../platform/http/operation.js';
import { checkPageSize } from '../page-size.js';
import { type QueueAccess, signedIn, type Tie } from './queue-access.js';
import { checkStatus, type QueueItem } from './queue-items.js';
import type { QueueItemService } from './queue-items.service.js';
import { checkQueueType, type ReviewQueue } from './review-queues.js';
import type { Judge, ReviewQueueService } from './review-queues.service.js';

type Ids =
  | 'createReviewQueue'
  | 'getOrCreateUserQueue'
  | 'getReviewQueue'
  | 'getReviewQueueByName'
  | 'listReviewQueues'
  | 'updateReviewQueue'
  | 'deleteReviewQueue'
  | 'addItemsToReviewQueue'
  | 'removeItemsFromReviewQueue'
  | 'listReviewQueueItems'
  | 'setReviewQueueItemStatus';

export interface QueueOperationParts {
  readonly database: Database;
  readonly access: QueueAccess;
  readonly queues: ReviewQueueService;
  readonly items: QueueItemService;
}

const byQueue = ({ queue_id }: { queue_id: string }) => queue_id;
const byExperiment = ({ experiment_id }: { experiment_id: string }) => experiment_id;
const CHANGING: readonly Tie[] = ['owner', 'manager'];

/** Review queues. Who may do what with one beyond its experiment is told by {@link QueueAccess}. */
export function reviewQueueOperations({
  database,
  access,
  queues,
  items,
}: QueueOperationParts): OperationTable<Ids> {
  const onlyFor =
    ({ caller }: Call, ...ties: readonly Tie[]): Judge =>
    async (queue) => {
      if (!(await access.isAny(caller, queue, ties))) {
        throw new MlflowError('PERMISSION_DENIED', 'Permission denied');
      }
    };
  const seen = (call: Call) => onlyFor(call, 'assigned', ...CHANGING);
  return {
    createReviewQueue: {
      access: 'edit',
      of: 'experiment',
      id: byExperiment,
      handler: async (input, { caller }) => ({
        review_queue: queueToWire(
          await queues.create({
            experimentId: input.experiment_id,
            name: input.name,
            type: checkQueueType(input.queue_type),
            users: input.users ?? [],
            schemaIds: input.schema_ids ?? [],
            createdBy: signedIn(caller),
          }),
        ),
      }),
    },
    getOrCreateUserQueue: {
      access: 'edit',
      of: 'experiment',
      id: byExperiment,
      handler: async ({ experiment_id, user }) => ({
        review_queue: queueToWire(await queues.getOrCreate(experiment_id, user)),
      }),
    },
    getReviewQueue: {
      access: 'read',
      of: 'review_queue',
      id: byQueue,
      handler: async ({ queue_id }, call) => {
        const queue = await queues.get(database.read, queue_id);
        await seen(call)(queue);
        return { review_queue: queueToWire(queue) };
      },
    },
    getReviewQueueByName: {
      access: 'read',
      of: 'experiment',
      id: byExperiment,
      handler: async ({ experiment_id, name }, call) => {
        const queue = await queues.named(experiment_id, name);
        await seen(call)(queue);
        return { review_queue: queueToWire(queue) };
      },
    },
    listReviewQueues: {
      access: 'read',
      of: 'experiment',
      id: byExperiment,
      handler: async ({ experiment_id, user, item_id: item, ...input }, { caller }) => {
        const size = checkPageSize(input.max_results);
        const seenBy = await access.seenBy(caller, experiment_id);
        const query = { user, item, seenBy };
        const page = await queues.list(experiment_id, query, size, input.page_token);
        return {
          ...(page.queues.length > 0 ? { review_queues: page.queues.map(queueToWire) } : {}),
          next_page_token: page.token ?? '',
        };
      },
    },
    updateReviewQueue: {
      access: 'edit',
      of: 'review_queue',
      id: byQueue,
      handler: async ({ queue_id, name, new_owner: newOwner, ...input }, call) => {
        const users = input.update_users ? (input.users ?? []) : undefined;
        const schemaIds = input.update_schema_ids ? (input.schema_ids ?? []) : undefined;
        // Whoever owns a queue can't make somebody else answer for it.
        const ties: readonly Tie[] = newOwner === undefined ? CHANGING : ['manager'];
        const change = { name, users, schemaIds, newOwner };
        const queue = await queues.update(queue_id, change, onlyFor(call, ...ties));
        return { review_queue: queueToWire(queue) };
      },
    },
    deleteReviewQueue: {
      access: 'edit',
      of: 'review_queue',
      id: byQueue,
      handler: async ({ queue_id }, call) => {
        await queues.delete(queue_id, onlyFor(call, ...CHANGING), call);
        return {};
      },
    },
    addItemsToReviewQueue: {
      access: 'edit',
      of: 'review_queue',
      id: byQueue,
      handler: async ({ queue_id, item_ids = [] }) => ({
        items: (await items.add(queue_id, item_ids)).map((item) => itemToWire(queue_id, item)),
      }),
    },
    removeItemsFromReviewQueue: {
      access: 'edit',
      of: 'review_queue',
      id: byQueue,
      handler: async ({ queue_id, item_ids = [] }, call) => {
        await items.remove(queue_id, item_ids, onlyFor(call, ...CHANGING));
        return {};
      },
    },
    listReviewQueueItems: {
      access: 'read',
      of: 'review_queue',
      id: byQueue,
      handler: async ({ queue_id, status, max_results, page_token }, call) => {
        const size = checkPageSize(max_results);
        const asked =
          status === undefined || status === 'REVIEW_STATUS_UNSPECIFIED' ? undefined : status;
        const page = await items.list(queue_id, asked, size, page_token, seen(call));
        return {
          ...(page.items.length > 0
            ? { items: page.items.map((item) => itemToWire(queue_id, item)) }
            : {}),
          next_page_token: page.token ?? '',
        };
      },
    },
    setReviewQueueItemStatus: {
      access: 'edit',
      of: 'review_queue',
      id: byQueue,
      handler: async ({ queue_id, item_id, completed_by, ...input }, call) => {
        const status = checkStatus(input.status);
        const signed = status === 'PENDING' ? undefined : call.caller.name;
        const by = call.caller.method === 'nobody' ? completed_by : signed;
        const judge = onlyFor(call, 'assigned');
        const item = await items.setStatus(queue_id, item_id, status, by, judge);
        return { item: itemToWire(queue_id, item) };
      },
    },
  };
}

const queueToWire = (queue: ReviewQueue) => ({
  queue_id: queue.queue_id,
  experiment_id: String(queue.experiment_id),
  name: queue.name,
  queue_type: queue.queue_type,
  ...(queue.created_by === null ? {} : { created_by: queue.created_by }),
  creation_time_ms: queue.creation_time_ms,
  last_update_time_ms: queue.last_update_time_ms,
  ...(queue.users.length > 0 ? { users: [...queue.users] } : {}),
  ...(queue.schema_ids.length > 0 ? { schema_ids: [...queue.schema_ids] } : {}),
});

const itemToWire = (queue_id: string, item: QueueItem) => ({
  queue_id,
  item_type: item.item_type,
  item_id: item.item_id,
  status: item.status,
  ...(item.completed_by === null ? {} : { completed_by: item.completed_by }),
  ...(item.completed_time_ms === null ? {} : { completed_time_ms: item.completed_time_ms }),
  creation_time_ms: item.creation_time_ms,
  last_update_time_ms: item.last_update_time_ms,
});
