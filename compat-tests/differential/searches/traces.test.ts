import { afterAll, describe, inject, it } from 'vitest';
import { seededRandom } from '../../../src/platform/filter/testing/random.js';
import type { Answer } from '../support/ask.js';
import { compare, reportDifferences } from '../support/compare.js';
import { Pair } from '../support/pair.js';
import { compareSearch } from '../support/walk.js';
import * as cases from './search-cases.js';

const pair = new Pair(inject('urls'), inject('bindings'));
const random = seededRandom(cases.SEED);

const RLIKE_VALUES = ["'^a'", "'b$'", "'a|B'", "'[0-9]+'", "'.'", '"s1|s2"', "'^$'", "'x y'"];
const ASSESSED = ['feedback.q', 'feedback.a', 'feedback.`a b`', 'feedback.over', 'expectation.e'];
const COMPARINGS: readonly cases.Comparing[] = [
  {
    fields: [...cases.keyed('tags'), ...cases.keyed('metadata'), 'name', 'trace.name'],
    operators: cases.EQUAL,
    values: cases.QUOTED_TEXTS,
  },
  {
    fields: [...cases.keyed('tag'), ...cases.keyed('request_metadata'), 'name'],
    operators: cases.LIKE,
    values: cases.PATTERNS,
  },
  {
    fields: [...cases.keyed('tags'), ...cases.keyed('metadata'), 'name', 'run_id', ...ASSESSED],
    operators: cases.NULLS,
    values: [],
  },
  {
    fields: ['name', 'tags.a', 'metadata.mlflow.trace.session', 'status', 'span.name', 'span.type'],
    operators: ['RLIKE'],
    values: RLIKE_VALUES,
  },
  {
    fields: ['status', 'trace.status', 'client_request_id', 'attributes.request_id'],
    operators: [...cases.EQUAL, ...cases.LISTS],
    values: ["'OK'", "'ERROR'", "'a'", "'b'", "'tr-@{t1}'", "'tr-@{t2}'"],
  },
  {
    fields: ['timestamp_ms', 'trace.timestamp', 'end_time', 'attributes.end_time_ms'],
    operators: cases.NUMERIC,
    values: ['0', '1600000030000', '1600000050000', '1600000050000.5', '1e12'],
  },
  {
    fields: ['execution_time', 'execution_time_ms', 'trace.execution_time'],
    operators: cases.NUMERIC,
    values: ['0', '100', '500', '1000', '1500', '1e5', '0.5'],
  },
  { fields: ['timestamp'], operators: cases.NUMERIC, values: ['0', '1600000050000'] },
  { fields: ['run_id'], operators: ['=', '!='], values: ["'@{r1}'", "'@{r2}'", "'a'", "'none'"] },
  {
    fields: ['metadata.mlflow.trace.session'],
    operators: cases.EQUAL,
    values: ["'s1'", "'s2'", "'a'"],
  },
  {
    fields: ['span.name', 'span.type', 'span.status'],
    operators: [...cases.EQUAL, ...cases.LISTS],
    values: ["'a'", "'b'", "'abc'", "'LLM'", "'TOOL'", "'OK'", "'UNSET'", "'ERROR'"],
  },
  {
    fields: [
      'span.name',
      'trace.text',
      'span.content',
      'span.attributes.a',
      'span.attributes.`model`',
    ],
    operators: cases.LIKE,
    values: cases.PATTERNS,
  },
  {
    fields: ['span.attributes.a', 'span.attributes.model'],
    operators: ['RLIKE'],
    values: ["'^a$'", "'b'", "'^[aA]'", "'c$'"],
  },
  {
    fields: ASSESSED,
    operators: cases.EQUAL,
    values: ["'true'", "'yes'", "'no'", "'a'", "'1.0'", "'1'", "'0.5'", "'é'", "'null'"],
  },
  { fields: ASSESSED, operators: ['<', '<=', '>', '>='], values: cases.SMALL_NUMBERS },
  { fields: ASSESSED, operators: [...cases.LIKE, 'RLIKE'], values: ["'%a%'", "'y'", "'^.y'"] },
  { fields: ['issue.id'], operators: ['='], values: ["'iss-1'", "'none'"] },
];
const ORDERS = [
  ...[...cases.keyed('tags'), ...cases.keyed('metadata')],
  ...['timestamp', 'timestamp_ms', 'execution_time', 'status', 'name', 'run_id', 'trace.status'],
  ...['metadata.mlflow.trace.session', 'request_id', 'experiment_id'],
];
const EXPERIMENTS = ['@{ea}', '@{eb}', '@{ec}', '@{egone}', '999'];

/** Logarithms of two languages differ in the last digit. */
const rounded = (answer: Answer): Answer => ({
  ...answer,
  json: JSON.parse(JSON.stringify(answer.json), (key, value: unknown) =>
    key.startsWith('npmi')
      ? Number(value).toFixed(9).replace('-0.000000000', '0.000000000')
      : value,
  ),
});

const located = (ids: readonly string[]) =>
  ids.map((experiment_id) => ({
    ...{ type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id } },
  }));
const searches = cases
  .searchCases(random, 'traces', { odd: 300, plain: 320 }, COMPARINGS, ORDERS)
  .map(({ filter, order_by }) => ({
    experiments: random.chance(0.7)
      ? EXPERIMENTS.slice(0, 3)
      : EXPERIMENTS.filter(() => random.chance(0.4)),
    ...{ filter, order_by },
    max_results: random.pick([undefined, undefined, 500, 100, 25, 7, 4]),
  }));

describe(`traces/search, seed ${cases.SEED}`, () => {
  it.each(searches.map((fields, index) => ({ index, fields })))(
    'case $index: $fields.filter',
    async ({ fields: { experiments, ...fields } }) => {
      await compareSearch(pair, {
        ...{ method: 'POST', path: '/api/3.0/mlflow/traces/search', list: 'traces' },
        fields: { ...fields, locations: located(experiments) },
        orderedByIds: fields.order_by.some((clause) => /\brun_id\b|experiment_id/.test(clause)),
      });
    },
  );

  it.each(searches.slice(-60).map((fields, index) => ({ index, fields })))(
    'as MLflow 2 asks, case $index: $fields.filter',
    async ({ fields: { experiments, max_results, ...fields } }) => {
      await compareSearch(pair, {
        ...{ method: 'GET', path: '/api/2.0/mlflow/traces', list: 'traces' },
        fields: {
          ...{ ...fields, experiment_ids: experiments.length > 0 ? experiments : ['@{ea}'] },
          max_results: max_results ?? 100,
        },
        orderedByIds: fields.order_by.some((clause) => /\brun_id\b|experiment_id/.test(clause)),
      });
    },
  );

  it.each(searches.slice(-80).map(({ filter }, index) => ({ index, filter })))(
    'correlation $index: $filter',
    async ({ index, filter }) => {
      const body = {
        experiment_ids: EXPERIMENTS.slice(0, 3),
        filter_string1: filter,
        filter_string2: searches.at(-81 - index)?.filter,
        ...(random.chance(0.3) ? { base_filter: "status = 'OK'" } : {}),
      };
      const path = '/api/3.0/mlflow/traces/calculate-filter-correlation';
      const question = { method: 'POST', path, body };
      const { stock, ours } = await pair.ask(question);
      compare(pair, question, { stock: rounded(stock), ours: rounded(ours) });
    },
  );
  afterAll(reportDifferences);
});
