import type { OperationCases } from './request-case.js';

const AT = '/api/3.0/mlflow/traces/tr-x/assessments';
const SOURCE = { source_type: 'HUMAN', source_id: 'bob' };
const FEEDBACK = { assessment_name: 'q', source: SOURCE, feedback: { value: true } };
const serialized = (value: string, serialization_format = 'JSON_FORMAT') => ({
  expectation: { serialized_value: { serialization_format, value } },
});

const NEW = [
  ...[{}, 'x', [], null, { assessment_name: 'x' }, { error: { error_code: 'E' } }],
  ...[0, 3, 1.5, 1e30, -0.1, '', 'é', null, [], [1, { a: null }], { b: 1, a: [2] }].map(
    (value) => ({
      feedback: { value },
    }),
  ),
  ...['', 'x', 5, true, 0.00001, [], { b: [1, 'é'] }, null].map((value) => ({
    expectation: { value },
  })),
  ...['{"z":1,"a":2.0}', '"plain"', '5', 'null', '{bad', 'NaN', ''].map((text) => serialized(text)),
  ...[serialized('1', 'X'), { expectation: { serialized_value: { value: '1' } } }],
  ...[{ issue: { issue_name: 'n' } }, { issue: {} }, { feedback: {} }, { expectation: {} }],
  ...[
    { feedback: { error: {} } },
    { feedback: { value: 'x', error: { error_code: 'E', error_message: 'm', stack_trace: 's' } } },
    { feedback: { error: { error_code: 'E', stack_trace: 'x'.repeat(12_000) } } },
  ],
  ...['CODE', 'LLM_JUDGE', 'AI_JUDGE', 'human', 2, ''].map((source_type) => ({
    ...{ feedback: { value: 1 }, source: { source_type } },
  })),
  { ...FEEDBACK, rationale: 'r', metadata: { a: 'b' }, span_id: 's' },
  { ...FEEDBACK, source: { source_type: 'HUMAN', source_id: '' }, rationale: '' },
  { ...FEEDBACK, overrides: 'a-none' },
  { ...FEEDBACK, overrides: 'a-f' },
  { ...FEEDBACK, trace_id: 'tr-none', valid: false, create_time: '2020-01-01T00:00:00.5Z' },
  { ...FEEDBACK, last_update_time: '2020-01-01T00:00:00+01:00' },
  { ...FEEDBACK, expectation: { value: 1 } },
  { expectation: { value: 1 }, rationale: 'r', overrides: 'a-e' },
  { ...FEEDBACK, assessment_id: 'a-mine' },
  { ...FEEDBACK, assessment_id: 'a-mine' },
  { ...FEEDBACK, metadata: { a: 5 } },
];

const change = (id: string): Partial<OperationCases> & Pick<OperationCases, 'method' | 'path'> => ({
  method: 'PATCH',
  path: `${AT}/${id}`,
});
const NAMES = ['rationale', 'metadata', 'assessmentName', 'feedback', 'expectation'];

export const assessmentCases: readonly OperationCases[] = [
  {
    ...{ method: 'POST', path: AT, good: { assessment: FEEDBACK } },
    values: { assessment: NEW },
  },
  ...['tr-none', 'tr-xother'].map(
    (id): OperationCases => ({
      ...{ method: 'POST', path: AT.replace('tr-x', id), good: { assessment: FEEDBACK } },
    }),
  ),
  ...['a-f', 'a-e', 'a-i', 'none', 'a-mine'].map(
    (id): OperationCases => ({ method: 'GET', path: `${AT}/${id}`, good: {}, repeatable: true }),
  ),
  ...['tr-none', 'tr-xother'].map(
    (id): OperationCases => ({ method: 'GET', path: `${AT.replace('tr-x', id)}/a-f`, good: {} }),
  ),
  {
    ...{ ...change('a-f'), good: { assessment: { rationale: 'new' }, update_mask: 'rationale' } },
    values: {
      update_mask: [...NAMES, 'rationale,metadata', 'bogus', 'rationale,', 'feedback.value'],
      assessment: [{}, { rationale: '' }, { trace_id: 'tr-none', rationale: 'x' }],
    },
    others: [
      { assessment: { metadata: { c: 'd', a: 'e' } }, update_mask: 'metadata' },
      { assessment: { assessment_name: 'g' }, update_mask: 'assessmentName' },
      { assessment: { feedback: { value: 'no' } }, update_mask: 'feedback' },
      { assessment: { feedback: { error: { error_code: 'E' } } }, update_mask: 'feedback' },
      { assessment: { expectation: { value: 1 } }, update_mask: 'expectation' },
      { assessment: { expectation: { value: 1 } }, update_mask: 'expectation,feedback' },
      { assessment: { valid: false }, update_mask: 'valid' },
      { assessment: { source: SOURCE }, update_mask: 'source' },
    ],
  },
  {
    ...{ ...change('a-e'), good: { assessment: { rationale: 'x' }, update_mask: 'rationale' } },
    others: [
      { assessment: { expectation: { value: [1, { x: 2 }] } }, update_mask: 'expectation' },
      { assessment: { feedback: { value: 1 } }, update_mask: 'feedback' },
      { assessment: { metadata: { x: 'y' } }, update_mask: 'metadata' },
    ],
  },
  ...['none', '../tr-xother/assessments/a-f'].map(
    (id): OperationCases => ({
      ...{ ...change(id), good: { assessment: { rationale: 'x' }, update_mask: 'rationale' } },
    }),
  ),
  { method: 'GET', path: '/api/3.0/mlflow/traces/tr-xother', good: {} },
  ...['a-mine', 'a-f', 'none'].map(
    (id): OperationCases => ({
      ...{ method: 'DELETE', path: `${AT}/${id}` },
      good: { trace_id: 'tr-x', assessment_id: id },
    }),
  ),
];
