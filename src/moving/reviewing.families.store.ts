import { rankOf } from '../evaluation/issues/issues.js';
import { ISSUE_COLUMNS } from '../evaluation/issues/issues.store.js';
import { LABEL_SCHEMA_COLUMNS } from '../evaluation/label-schemas/label-schemas.store.js';
import { ITEMS } from '../evaluation/review-queues/queue-items.store.js';
import { QUEUE_COLUMNS } from '../evaluation/review-queues/review-queues.store.js';
import { alike } from './alike.js';
import type { Family, Reference, Row } from './family.js';

const QUEUE: Reference = { table: 'review_queues', by: { queue_id: 'queue_id' } };
const OF_QUEUE = {
  joins: 'join review_queues q on q.id = t.queue',
  read: { queue_id: 'q.queue_id' },
};

/** MLflow keeps the names of kinds in small letters. */
const inCapitals =
  (...names: readonly string[]) =>
  (row: Row): Row => ({
    ...row,
    ...Object.fromEntries(names.map((name) => [name, String(row[name]).toUpperCase()])),
  });

const LIST = /^\s*\[\s*\]\s*$/;
const listOrNull = (list: Row[string] | undefined): Row[string] =>
  typeof list !== 'string' || list === 'null' || LIST.test(list) ? null : list;

/** Numbers that Python prints and JSON has not are texts here, as are those beyond 2^53. */
const inTexts = (row: Row): Row =>
  row.input_type === 'numeric' || row.input_type === 'text'
    ? {
        ...row,
        input_config: String(row.input_config).replace(
          /(?<=:\s?)(?:NaN|-?Infinity|\d{16,}(?=[,}]))/g,
          '"$&"',
        ),
      }
    : row;

/** Issues, label schemas and review queues. */
export const REVIEWING: readonly Family[] = [
  {
    title: 'issues',
    source: {
      table: 'issues',
      key: ['issue_id'],
      columns: alike(ISSUE_COLUMNS, '', 'severity_rank'),
    },
    adapt: (row) => ({
      ...row,
      severity_rank: rankOf(typeof row.severity === 'string' ? row.severity : null),
      root_causes: listOrNull(row.root_causes),
      categories: listOrNull(row.categories),
    }),
    target: { table: 'issues', key: ['id'], columns: ISSUE_COLUMNS },
  },
  {
    title: 'label schemas',
    source: {
      table: 'label_schemas',
      key: ['schema_id'],
      columns: alike(LABEL_SCHEMA_COLUMNS, ''),
    },
    adapt: (row) => inTexts(inCapitals('type')(row)),
    target: { table: 'label_schemas', key: ['id'], columns: LABEL_SCHEMA_COLUMNS },
  },
  {
    title: 'review queues',
    source: { table: 'review_queues', key: ['queue_id'], columns: alike(QUEUE_COLUMNS, '') },
    adapt: inCapitals('queue_type'),
    target: { table: 'review_queues', key: ['id'], columns: QUEUE_COLUMNS },
  },
  {
    title: 'users of review queues',
    source: {
      table: 'review_queue_users',
      key: ['queue_id', 'user_id'],
      columns: { queue_id: 'queue_id', user_id: 'user_id' },
    },
    references: { queue: QUEUE },
    target: {
      table: 'review_queue_users',
      key: ['queue', 'user_id'],
      columns: { queue: 'bigint', user_id: 'text' },
      ...OF_QUEUE,
    },
  },
  {
    title: 'label schemas of review queues',
    source: {
      table: 'review_queue_label_schemas',
      key: ['queue_id', 'schema_id'],
      columns: { queue_id: 'queue_id', schema_id: 'schema_id' },
    },
    references: { queue: QUEUE },
    target: {
      table: 'review_queue_label_schemas',
      key: ['queue', 'schema_id'],
      columns: { queue: 'bigint', schema_id: 'text' },
      ...OF_QUEUE,
    },
  },
  {
    title: 'items of review queues',
    source: {
      table: 'review_queue_items',
      key: ['queue_id', 'item_id'],
      columns: { queue_id: 'queue_id', ...alike(ITEMS.columns, '', 'queue') },
    },
    adapt: inCapitals('item_type', 'status'),
    references: { queue: QUEUE },
    target: {
      table: 'review_queue_items',
      key: ['queue', 'item_id'],
      columns: ITEMS.columns,
      ...OF_QUEUE,
    },
  },
];
