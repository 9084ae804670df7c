import { at, type Pair } from '../support/pair.js';
import type { OperationCases } from './request-case.js';

const SCHEMAS = '/api/3.0/mlflow/label-schemas';
const LONG = 'n'.repeat(251);

/** A schema for each way to answer, in an experiment that has its own question too. */
export async function makeLabelSchemaFixtures(pair: Pair): Promise<void> {
  for (const [name, input] of [
    ['xlabel', { pass_fail: { positive_label: 'Y', negative_label: 'N' } }],
    ['xchoice', { categorical: { options: ['a', 'b'] } }],
    ['xnumber', { numeric: { min_value: 1, max_value: 2.5 } }],
    ['xtext', { text: { max_length: 5 } }],
    ['xgone', { text: {} }],
  ] as const) {
    const body = { experiment_id: '@{xb}', name, type: 'FEEDBACK', input, instruction: 'do' };
    const made = await pair.must('POST', `${SCHEMAS}/create`, body);
    pair.bind(name, 'id', made, (json) => at(json, 'label_schema', 'schema_id'));
  }
  const listed = await pair.must('GET', `${SCHEMAS}/list?experiment_id=@{xb}`);
  pair.bind('xdefault', 'id', listed, (json) => at(json, 'label_schemas', 0, 'schema_id'));
}

const INPUTS = [
  ...[{}, { pass_fail: {} }, { pass_fail: { positive_label: 'a' } }],
  ...[
    { pass_fail: { positive_label: 'a', negative_label: 'a' } },
    { pass_fail: { positive_label: ' ', negative_label: 'x'.repeat(64) } },
    { pass_fail: { positive_label: 'x'.repeat(65), negative_label: 'a' } },
  ],
  ...[{ categorical: {} }, { categorical: { options: ['a', 'a'] } }],
  ...[{ categorical: { options: [''] } }, { categorical: { options: ['x'.repeat(65)] } }],
  { categorical: { options: ['a'], multi_select: true } },
  { categorical: { options: Array.from({ length: 11 }, (_, index) => `${index}`) } },
  ...[{ numeric: {} }, { numeric: { min_value: 5 } }, { numeric: { min_value: 5, max_value: 5 } }],
  ...[{ numeric: { min_value: 1e308, max_value: -1 } }, { numeric: { min_value: 'NaN' } }],
  ...[{ numeric: { max_value: '-Infinity' } }, { text: {} }, { text: { max_length: 0 } }],
  ...[{ text: { max_length: '9223372036854775807' } }, { text: { max_length: -1 } }],
  { text: {}, numeric: {} },
];

/** Label schemas; lists first, since one side may accept what the other refuses. */
export const labelSchemaCases: readonly OperationCases[] = [
  {
    method: 'GET',
    path: `${SCHEMAS}/list`,
    good: { experiment_id: '@{xb}' },
    optional: { max_results: 2 },
    values: {
      experiment_id: ['@{xdeleted}', '999999', 'abc', '@{xgo}'],
      max_results: [1, 0, -1, 50_000, 50_001],
      page_token: ['x', 'zz'],
    },
    repeatable: true,
  },
  { method: 'GET', path: `${SCHEMAS}/get`, good: { schema_id: '@{xlabel}' }, repeatable: true },
  { method: 'GET', path: `${SCHEMAS}/get`, good: { schema_id: '@{xdefault}' } },
  {
    method: 'GET',
    path: `${SCHEMAS}/get-by-name`,
    good: { experiment_id: '@{xb}', name: 'xchoice' },
    values: {
      experiment_id: ['@{xdeleted}', '999999', 'abc'],
      name: ['XCHOICE', 'none', 'Feedback', 'xnumber', 'xtext'],
    },
    repeatable: true,
  },
  {
    method: 'POST',
    path: `${SCHEMAS}/create`,
    good: { experiment_id: '@{xa}', name: '@{fresh}', type: 'EXPECTATION', input: { text: {} } },
    optional: { instruction: 'do', enable_comment: true },
    values: {
      experiment_id: ['@{xdeleted}', '999999', 'abc'],
      name: ['é', LONG, 'Feedback', 'feedback', ' x '],
      type: ['FEEDBACK', 'LABEL_SCHEMA_TYPE_UNSPECIFIED', 'foo', 1, 0],
      input: INPUTS,
      instruction: ['', 'z'.repeat(1_000), 'z'.repeat(1_001)],
    },
    others: [
      { experiment_id: '@{xb}', name: 'xtext', type: 'FEEDBACK', input: { text: {} } },
      { experiment_id: '@{xa}', name: LONG, type: 'FEEDBACK', input: {} },
      { experiment_id: '@{xa}', name: 'Feedback', type: 'FEEDBACK', input: { numeric: {} } },
      { experiment_id: '999999', name: 'a', type: 'FEEDBACK', input: { pass_fail: {} } },
    ],
  },
  {
    method: 'PATCH',
    path: `${SCHEMAS}/update`,
    good: { schema_id: '@{xlabel}' },
    optional: { instruction: 'other', enable_comment: true },
    values: { input: INPUTS, name: ['xlabel', 'xtext', '', LONG, 'FEEDBACK', 'xrenamed', 5] },
    others: [
      { schema_id: '@{xchoice}', input: { categorical: { options: ['c'] } } },
      { schema_id: '@{xchoice}', input: { categorical: { options: ['c'], multi_select: true } } },
      { schema_id: '@{xnumber}', input: { numeric: { max_value: 3 } }, name: 'xnumbers' },
      { schema_id: '@{xdefault}', instruction: 'x' },
      { schema_id: '@{xdefault}' },
      { schema_id: 'none', name: 'x' },
      { schema_id: 'none', input: {} },
    ],
  },
  {
    method: 'DELETE',
    path: `${SCHEMAS}/delete`,
    good: { schema_id: '@{xgone}' },
    others: [{ schema_id: '@{xdefault}' }, { schema_id: 'none' }],
  },
];
