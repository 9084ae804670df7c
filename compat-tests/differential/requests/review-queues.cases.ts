import { at, type Pair } from '../support/pair.js';
import type { OperationCases } from './request-case.js';

const QUEUES = '/api/3.0/mlflow/review-queues';
const LONG = 'n'.repeat(251);
const MANY = Array.from({ length: 11 }, (_, index) => `u${index}`);

/** Queues with users, a schema and two traces, and one of a user. */
export async function makeReviewQueueFixtures(pair: Pair): Promise<void> {
  const schema = { name: 'xasked', type: 'FEEDBACK', input: { text: {} } };
  const asked = await pair.must('POST', '/api/3.0/mlflow/label-schemas/create', {
    ...{ ...schema, experiment_id: '@{xa}' },
  });
  pair.bind('xasked', 'id', asked, (json) => at(json, 'label_schema', 'schema_id'));
  for (const [name, more] of [
    ['xqueue', { users: ['zoe', 'Ann'], schema_ids: ['@{xasked}'] }],
    ['xother', { users: ['ann'] }],
    ['xgoqueue', {}],
    ['xuser', { queue_type: 'USER' }],
  ] as const) {
    const body = { experiment_id: '@{xa}', name, queue_type: 'CUSTOM', ...more };
    const made = await pair.must('POST', `${QUEUES}/create`, body);
    pair.bind(name, 'id', made, (json) => at(json, 'review_queue', 'queue_id'));
  }
  const items = { queue_id: '@{xqueue}', item_ids: ['tr-xother', 'tr-x'] };
  await pair.must('POST', `${QUEUES}/items/add`, items);
}

/** Review queues; lists first, since one side may accept what the other refuses. */
export const reviewQueueCases: readonly OperationCases[] = [
  {
    method: 'GET',
    path: `${QUEUES}/list`,
    good: { experiment_id: '@{xa}' },
    optional: { max_results: 2, user: 'ann', item_id: 'tr-x' },
    values: {
      experiment_id: ['@{xdeleted}', '999999', 'abc'],
      user: ['ANN', 'none', ' ann ', 'xuser'],
      max_results: [1, 0, 50_000, 50_001],
      page_token: ['x'],
    },
    repeatable: true,
  },
  { method: 'GET', path: `${QUEUES}/get`, good: { queue_id: '@{xqueue}' }, repeatable: true },
  { method: 'GET', path: `${QUEUES}/get`, good: { queue_id: '@{xuser}' } },
  {
    method: 'GET',
    path: `${QUEUES}/get-by-name`,
    good: { experiment_id: '@{xa}', name: 'xqueue' },
    values: {
      experiment_id: ['@{xdeleted}', '999999', 'abc'],
      name: ['XQUEUE', ' xqueue', 'none'],
    },
    repeatable: true,
  },
  {
    method: 'GET',
    path: `${QUEUES}/items/list`,
    good: { queue_id: '@{xqueue}' },
    optional: { max_results: 1 },
    values: {
      status: ['PENDING', 'COMPLETE', 'REVIEW_STATUS_UNSPECIFIED'],
      max_results: [0, 50_001],
      page_token: ['x'],
    },
    repeatable: true,
  },
  {
    method: 'POST',
    path: `${QUEUES}/create`,
    good: { experiment_id: '@{xb}', name: '@{fresh}', queue_type: 'CUSTOM' },
    optional: { users: ['ann'], created_by: 'bob' },
    values: {
      experiment_id: ['@{xdeleted}', '999999', 'abc'],
      name: ['é', LONG, '  ', ' Pad '],
      queue_type: ['USER', 'REVIEW_QUEUE_TYPE_UNSPECIFIED', 2, 0],
      users: [['z', 'A', 'a'], [''], MANY, ['u'.repeat(251)], Array(11).fill('same')],
      schema_ids: [['none'], [''], ['@{xasked}'], ['s'.repeat(37)], ['none', '@{xlabel}', 'two']],
    },
    others: [
      { experiment_id: '@{xa}', name: 'XQueue', queue_type: 'CUSTOM' },
      { experiment_id: '@{xa}', name: 'XUser', queue_type: 'USER' },
      { experiment_id: '@{xb}', name: 'One', queue_type: 'USER', users: ['ONE'] },
      { experiment_id: '@{xb}', name: 'two', queue_type: 'USER', users: ['two', 'three'] },
      { experiment_id: '@{xb}', name: 'two', queue_type: 'USER', users: ['three'] },
      { experiment_id: '@{xb}', name: 'two', queue_type: 'USER', schema_ids: ['@{xlabel}'] },
      { experiment_id: '999999', name: 'two', queue_type: 'CUSTOM', users: [''] },
    ],
  },
  {
    method: 'POST',
    path: `${QUEUES}/get-or-create-user`,
    good: { experiment_id: '@{xa}', user: 'Nora' },
    optional: { created_by: 'bob' },
    values: {
      experiment_id: ['@{xdeleted}', '999999', 'abc'],
      user: ['XUSER', 'xqueue', LONG, '  ', 'nora'],
    },
  },
  {
    method: 'POST',
    path: `${QUEUES}/update`,
    good: { queue_id: '@{xother}', name: 'xrenamed' },
    optional: { new_owner: 'olga', update_users: true },
    values: { name: ['XRENAMED', 'xqueue', '', LONG], new_owner: ['', ' p ', LONG] },
    others: [
      { queue_id: '@{xother}' },
      { queue_id: 'none', name: 'x' },
      { queue_id: '@{xother}', users: ['x'], schema_ids: ['none'] },
      { queue_id: '@{xother}', update_users: true, users: ['b', 'A'] },
      { queue_id: '@{xother}', update_users: true, users: MANY },
      { queue_id: '@{xother}', update_users: true, users: [''] },
      { queue_id: '@{xother}', update_schema_ids: true, schema_ids: ['@{xasked}'] },
      { queue_id: '@{xother}', update_schema_ids: true, schema_ids: ['none', '@{xasked}'] },
      { queue_id: '@{xother}', update_schema_ids: true },
      { queue_id: '@{xuser}' },
      { queue_id: '@{xuser}', name: 'x' },
    ],
  },
  {
    method: 'POST',
    path: `${QUEUES}/items/add`,
    good: { queue_id: '@{xother}', item_ids: ['tr-x', 'tr-xother', 'tr-x'] },
    optional: { item_type: 'TRACE' },
    values: {
      item_ids: [[], ['none'], ['none', 'tr-x', 'two'], [''], ['i'.repeat(51)]],
      item_type: ['REVIEW_ITEM_TYPE_UNSPECIFIED', 1],
      queue_id: ['none', '@{xuser}'],
    },
  },
  {
    method: 'POST',
    path: `${QUEUES}/items/set-status`,
    good: { queue_id: '@{xqueue}', item_id: 'tr-x', status: 'COMPLETE', completed_by: 'ann' },
    values: {
      status: ['DECLINED', 'PENDING', 'REVIEW_STATUS_UNSPECIFIED', 2],
      item_id: ['none', ''],
      queue_id: ['none'],
      completed_by: ['', '  ', LONG, ' Bob '],
    },
    others: [
      { queue_id: '@{xqueue}', item_id: 'tr-x', status: 'COMPLETE' },
      { queue_id: '@{xqueue}', item_id: 'tr-xother', status: 'DECLINED', completed_by: ' Bob ' },
      { queue_id: '@{xqueue}', item_id: 'tr-x', status: 'PENDING' },
      { queue_id: '@{xqueue}', item_id: 'tr-x', status: 'PENDING', completed_by: '' },
    ],
  },
  {
    method: 'POST',
    path: `${QUEUES}/items/remove`,
    good: { queue_id: '@{xqueue}', item_ids: ['tr-x', 'none'] },
    values: { item_ids: [[], [''], ['i'.repeat(51)]], queue_id: ['none'] },
  },
  { method: 'GET', path: `${QUEUES}/items/list`, good: { queue_id: '@{xqueue}' } },
  {
    method: 'POST',
    path: `${QUEUES}/delete`,
    good: { queue_id: '@{xgoqueue}' },
    others: [{ queue_id: 'none' }],
  },
];
