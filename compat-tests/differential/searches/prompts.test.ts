import { afterAll, describe, inject, it } from 'vitest';
import { seededRandom } from '../../../src/platform/filter/testing/random.js';
import { reportDifferences } from '../support/compare.js';
import { Pair } from '../support/pair.js';
import { compareSearch } from '../support/walk.js';
import * as cases from './search-cases.js';

/** Prompts are registered models with a tag: the searches of `search_prompts` and its kin. */
const pair = new Pair(inject('urls'), inject('bindings'));
const random = seededRandom(cases.SEED);

/** As clients put it before the filter of their user, and behind it. */
const ONLY = "tags.`mlflow.prompt.is_prompt` = 'true'";
const ONLY_BEHIND = "tag.`mlflow.prompt.is_prompt` = 'true'";
const NONE_BEHIND = "tag.`mlflow.prompt.is_prompt` != 'true'";

const NAMES = ["'prompt 0'", "'prompt 1'", "'prompt 3'", "'zebra'", "'none'", "'a'"];
const COMPARINGS: readonly cases.Comparing[] = [
  { fields: ['name'], operators: [...cases.EQUAL, ...cases.LISTS], values: NAMES },
  { fields: ['name'], operators: cases.LIKE, values: ["'prompt%'", "'%1'", "'P%'", "'%'", "'_'"] },
  { fields: cases.keyed('tags'), operators: cases.EQUAL, values: cases.QUOTED_TEXTS },
  { fields: cases.keyed('tag'), operators: cases.LIKE, values: cases.PATTERNS },
  {
    // How a client asks for the prompts of an experiment.
    fields: ['tags.`_mlflow_experiment_ids`'],
    operators: cases.LIKE,
    values: ["'%,1,%'", "'%,%'"],
  },
];
const ORDERS = ['name', 'timestamp', 'last_updated_timestamp'];

const filters = cases
  .searchCases(random, 'models', { odd: 30, plain: 90 }, COMPARINGS, ORDERS)
  .map(({ filter, order_by }, index) => ({
    filter: [
      [ONLY, filter],
      [filter, ONLY_BEHIND],
      [filter, NONE_BEHIND],
    ][index % 3]
      ?.filter((part) => part !== '')
      .join(' AND '),
    order_by,
    max_results: random.pick([100, 1000, 2, 1]),
  }));

describe(`prompts by registered-models/search, seed ${cases.SEED}`, () => {
  it.each(filters.map((fields, index) => ({ index, fields })))(
    'case $index: $fields.filter',
    async ({ fields }) => {
      const path = '/api/2.0/mlflow/registered-models/search';
      await compareSearch(pair, { method: 'GET', path, list: 'registered_models', fields });
    },
  );
});

const versions = [...NAMES, "''"].flatMap((name) =>
  [`name = ${name}`, `name=${name} AND ${ONLY_BEHIND}`, `${ONLY} AND name = ${name}`].map(
    (filter) => ({ filter, max_results: random.pick([1000, 2, 1]) }),
  ),
);

describe('versions of prompts by model-versions/search', () => {
  it.each(versions)('$filter, pages of $max_results', async (fields) => {
    const path = '/api/2.0/mlflow/model-versions/search';
    await compareSearch(pair, { method: 'GET', path, list: 'model_versions', fields });
  });
  afterAll(reportDifferences);
});
