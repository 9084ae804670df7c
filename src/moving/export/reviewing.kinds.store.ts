import { ISSUE_COLUMNS } from '../../evaluation/issues/issues.store.js';
import { LABEL_SCHEMA_COLUMNS } from '../../evaluation/label-schemas/label-schemas.store.js';
import { ITEMS } from '../../evaluation/review-queues/queue-items.store.js';
import { QUEUE_COLUMNS } from '../../evaluation/review-queues/review-queues.store.js';
import { alike } from '../alike.js';
import type { Kind } from './kind.js';

const OF_QUEUE = 'join review_queues q on q.id = t.queue';

/** Issues, label schemas and review queues. MLflow keeps the names of kinds in small letters. */
export const REVIEWING_KINDS: readonly Kind[] = [
  {
    title: 'issues',
    from: { table: 'issues', key: ['id'], columns: alike(ISSUE_COLUMNS, 't.', 'severity_rank') },
    into: 'issues',
    isWide: true,
  },
  {
    title: 'label schemas',
    from: {
      table: 'label_schemas',
      key: ['id'],
      columns: {
        ...alike(LABEL_SCHEMA_COLUMNS, 't.', 'input_config'),
        ...{ type: 'lower(t.type)', _config: 't.input_config' },
      },
    },
    makes: {
      // What is a text here because JSON has no such number is one that Python reads.
      input_config: ({ input_type, _config = null }) =>
        input_type === 'numeric' || input_type === 'text'
          ? String(_config).replace(/"(NaN|-?Infinity|\d+)"/g, '$1')
          : _config,
    },
    into: 'label_schemas',
  },
  {
    title: 'review queues',
    from: {
      table: 'review_queues',
      key: ['id'],
      columns: { ...alike(QUEUE_COLUMNS, 't.'), queue_type: 'lower(t.queue_type)' },
    },
    into: 'review_queues',
  },
  {
    title: 'users of review queues',
    from: {
      ...{ table: 'review_queue_users', key: ['queue', 'user_id'], joins: OF_QUEUE },
      columns: { queue_id: 'q.queue_id', user_id: 't.user_id' },
    },
    into: 'review_queue_users',
  },
  {
    title: 'label schemas of review queues',
    from: {
      ...{ table: 'review_queue_label_schemas', key: ['queue', 'schema_id'], joins: OF_QUEUE },
      columns: { queue_id: 'q.queue_id', schema_id: 't.schema_id' },
    },
    into: 'review_queue_label_schemas',
  },
  {
    title: 'items of review queues',
    from: {
      ...{ table: 'review_queue_items', key: ['queue', 'item_id'], joins: OF_QUEUE },
      columns: {
        ...{ queue_id: 'q.queue_id', ...alike(ITEMS.columns, 't.', 'queue') },
        ...{ item_type: 'lower(t.item_type)', status: 'lower(t.status)' },
      },
    },
    into: 'review_queue_items',
  },
];
