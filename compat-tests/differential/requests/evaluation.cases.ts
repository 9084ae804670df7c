import { at, type Pair } from '../support/pair.js';
import type { OperationCases } from './request-case.js';

const DATASETS = '/api/3.0/mlflow/datasets';
const SCORERS = '/api/3.0/mlflow/scorers';
const DATASET = `${DATASETS}/@{xdataset}`;
const RECORDS = JSON.stringify([
  { inputs: { q: 1 }, outputs: 'a', expectations: { e: [1.5, null] } },
  { inputs: { q: 'é' }, source: { source_type: 'trace', source_data: { trace_id: 'tr-x' } } },
]);

/** A dataset with a record, and a scorer with two versions. */
export async function makeEvaluationFixtures(pair: Pair): Promise<void> {
  for (const name of ['xdataset', 'xgodataset', 'xotherdataset']) {
    const body = { name, experiment_ids: ['@{xa}'], tags: '{"a": "1"}' };
    const made = await pair.must('POST', `${DATASETS}/create`, body);
    pair.bind(name, 'id', made, (json) => at(json, 'dataset', 'dataset_id'));
  }
  await pair.must('POST', `${DATASET}/records`, { records: '[{"inputs": {"first": 1}}]' });
  for (const serialized_scorer of ['{}', '{"a": 1}']) {
    const body = { experiment_id: '@{xa}', name: 'xscorer', serialized_scorer };
    await pair.must('POST', `${SCORERS}/register`, body);
  }
}

/** Searches first: from then on one side may have accepted what the other refuses. */
const datasetCases: readonly OperationCases[] = [
  {
    method: 'POST',
    path: `${DATASETS}/search`,
    good: { experiment_ids: ['@{xa}'], order_by: ['created_time'] },
    optional: { filter_string: "name LIKE 'x%'", max_results: 2 },
    values: {
      filter_string: ["name = 'xdataset'", "tags.a = '1'", "name like 'x'", "name == 'x'", 'foo'],
      max_results: [1, 50_000, 50_001],
      page_token: ['x', 'zz'],
      order_by: [['foo'], ['name', 'name'], ['created_time DESC']],
    },
    repeatable: true,
  },
  { method: 'GET', path: DATASET, good: {}, repeatable: true },
  { method: 'GET', path: `${DATASETS}/none`, good: {} },
  { method: 'GET', path: `${DATASET}/experiment-ids`, good: {}, repeatable: true },
  { method: 'GET', path: `${DATASETS}/none/experiment-ids`, good: {} },
  {
    method: 'GET',
    path: `${DATASET}/records`,
    good: {},
    optional: { max_results: 5 },
    repeatable: true,
  },
  { method: 'GET', path: `${DATASETS}/none/records`, good: {} },
  {
    method: 'POST',
    path: `${DATASETS}/create`,
    good: { name: 'xmade' },
    optional: { tags: '{"k": "v"}', experiment_ids: ['@{xa}'] },
    values: { name: ['é'], tags: ['', '{}', '{', '[1]', '5', 'null'] },
  },
  {
    method: 'PATCH',
    path: `${DATASET}/tags`,
    good: { tags: '{"b": "2", "n": 1, "t": true, "none": null}' },
    values: { tags: ['{', '[1]', '"x"', 'null', '{}'] },
  },
  { method: 'PATCH', path: `${DATASETS}/none/tags`, good: { tags: '{}' } },
  { method: 'DELETE', path: `${DATASET}/tags/b`, good: {} },
  { method: 'DELETE', path: `${DATASETS}/none/tags/b`, good: {} },
  {
    method: 'POST',
    path: `${DATASET}/records`,
    good: { records: RECORDS },
    values: {
      records: [
        ...['[]', '{', '5', 'null', '[1]', '[{"inputs": null}]', '[{"inputs": [1]}]'],
        ...['[{"inputs": {"x": 1}, "tags": 5}]', '[{"inputs": {"x": 1}, "expectations": 5}]'],
        ...['[{"inputs": {"x": 1}, "source": 5}]', '[{"inputs": {"x": 2}, "source": {}}]'],
        '[{"inputs": {"x": 1}, "source": {"source_type": "ZZ"}}]',
      ],
    },
  },
  {
    method: 'DELETE',
    path: `${DATASET}/records`,
    good: { dataset_record_ids: ['dr-none'] },
  },
  { method: 'POST', path: `${DATASET}/add-experiments`, good: { experiment_ids: ['@{xb}'] } },
  { method: 'POST', path: `${DATASET}/remove-experiments`, good: { experiment_ids: ['@{xb}'] } },
  { method: 'POST', path: `${DATASETS}/none/add-experiments`, good: { experiment_ids: ['0'] } },
  { method: 'DELETE', path: `${DATASETS}/@{xgodataset}`, good: {} },
];

const scorerCases: readonly OperationCases[] = [
  {
    method: 'GET',
    path: `${SCORERS}/list`,
    good: { experiment_id: '@{xa}' },
    values: { experiment_id: ['@{xdeleted}', '999999'] },
    repeatable: true,
  },
  { method: 'GET', path: `${SCORERS}/list`, good: { experiment_ids: ['@{xa}', '@{xdeleted}'] } },
  {
    method: 'GET',
    path: `${SCORERS}/versions`,
    good: { experiment_id: '@{xa}', name: 'xscorer' },
    repeatable: true,
  },
  {
    method: 'GET',
    path: `${SCORERS}/get`,
    good: { experiment_id: '@{xa}', name: 'xscorer' },
    optional: { version: 1 },
    values: { version: [2, 3, 0] },
    repeatable: true,
  },
  { method: 'GET', path: `${SCORERS}/online-configs`, good: { scorer_ids: ['none'] } },
  {
    method: 'POST',
    path: `${SCORERS}/register`,
    good: { experiment_id: '@{xb}', name: 'xmade', serialized_scorer: '{"a": 1}' },
    values: {
      experiment_id: ['@{xdeleted}', '999999'],
      name: [' ', 'é'],
      serialized_scorer: [
        ...['{', '[]', '5', 'null', '{"call_source": "x"}'],
        '{"instructions_judge_pydantic_data": {"model": "gateway:/e"}}',
        '{"instructions_judge_pydantic_data": {"model": " "}}',
      ],
    },
  },
  {
    method: 'DELETE',
    path: `${SCORERS}/delete`,
    good: { experiment_id: '@{xa}', name: 'xscorer', version: 2 },
    values: { version: [9], name: ['none'], experiment_id: ['@{xdeleted}', '999999'] },
  },
];

/** Evaluation datasets and scorers. */
export const evaluationCases: readonly OperationCases[] = [...datasetCases, ...scorerCases];
