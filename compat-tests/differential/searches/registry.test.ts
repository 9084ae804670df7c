import { afterAll, describe, inject, it } from 'vitest';
import { seededRandom } from '../../../src/platform/filter/testing/random.js';
import { NAMES } from '../seed/values.js';
import { reportDifferences } from '../support/compare.js';
import { Pair } from '../support/pair.js';
import { compareSearch } from '../support/walk.js';
import * as cases from './search-cases.js';

const pair = new Pair(inject('urls'), inject('bindings'));
const random = seededRandom(cases.SEED);

const names = [...NAMES.map((name) => `'${name}'`), "'prompt 1'", "'none'"];
const TAGS: readonly cases.Comparing[] = [
  { fields: cases.keyed('tags'), operators: cases.EQUAL, values: cases.QUOTED_TEXTS },
  { fields: cases.keyed('tag'), operators: cases.LIKE, values: cases.PATTERNS },
  {
    fields: ['tags.mlflow.prompt.is_prompt', 'tag.`mlflow.prompt.is_prompt`'],
    operators: [...cases.EQUAL, 'LIKE', 'ILIKE'],
    values: ["'true'", "'false'", "'True'", "'TRUE'", "'x'", "'t%'"],
  },
];
const NAME: readonly cases.Comparing[] = [
  { fields: ['name'], operators: [...cases.EQUAL, ...cases.LISTS], values: names },
  { fields: ['name', 'attribute.name'], operators: cases.LIKE, values: cases.PATTERNS },
];
const VERSION: readonly cases.Comparing[] = [
  {
    fields: ['version_number'],
    operators: cases.NUMERIC,
    values: ['1', '2', "'3'", '0', '-1', "'x'", '99999999999'],
  },
  {
    fields: ['run_id'],
    operators: [...cases.EQUAL, ...cases.LISTS],
    values: ["'a'", "''", "'@{r1}'", "'none'"],
  },
  {
    fields: ['source_path', 'attribute.source_path'],
    operators: [...cases.EQUAL, ...cases.LIKE],
    values: ["'s3://bucket/a/1'", "'dummy-source'", "'%/2'", "'S3%'", "'%a%'"],
  },
];

const models = cases
  .searchCases(
    random,
    'models',
    { odd: 90, plain: 90 },
    [...NAME, ...TAGS],
    [...['name', 'timestamp', 'last_updated_timestamp', 'attribute.name']],
  )
  .map(({ filter, order_by }) => ({
    ...{ filter, order_by },
    max_results: random.pick([100, 1000, 7, 4]),
  }));

const versions = cases
  .searchCases(
    random,
    'versions',
    { odd: 90, plain: 90 },
    [...NAME, ...VERSION, ...TAGS],
    [...['name', 'version_number', 'creation_timestamp', 'last_updated_timestamp']],
  )
  .map(({ filter, order_by }) => ({
    ...{ filter, order_by },
    max_results: random.pick([10_000, 200_000, 20, 11]),
  }));

describe(`registered-models/search, seed ${cases.SEED}`, () => {
  it.each(models.map((fields, index) => ({ index, fields })))(
    'case $index: $fields.filter',
    async ({ fields }) => {
      const path = '/api/2.0/mlflow/registered-models/search';
      await compareSearch(pair, { method: 'GET', path, list: 'registered_models', fields });
    },
  );
});

describe(`model-versions/search, seed ${cases.SEED}`, () => {
  it.each(versions.map((fields, index) => ({ index, fields })))(
    'case $index: $fields.filter',
    async ({ fields }) => {
      const path = '/api/2.0/mlflow/model-versions/search';
      await compareSearch(pair, {
        ...{ method: 'GET', path, list: 'model_versions', fields },
        foundByIds: cases.findsByIds(fields.filter) && !fields.filter.includes('@{'),
      });
    },
  );
  afterAll(reportDifferences);
});
