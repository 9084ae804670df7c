import { afterAll, describe, inject, it } from 'vitest';
import { seededRandom } from '../../../src/platform/filter/testing/random.js';
import { KEYS } from '../seed/values.js';
import { reportDifferences } from '../support/compare.js';
import { Pair } from '../support/pair.js';
import { compareSearch } from '../support/walk.js';
import * as cases from './search-cases.js';

const pair = new Pair(inject('urls'), inject('bindings'));
const random = seededRandom(cases.SEED);

const single = (values: readonly string[]) => values.filter((value) => value.startsWith("'"));
const COMPARINGS: readonly cases.Comparing[] = [
  { fields: cases.keyed('metrics'), operators: cases.NUMERIC, values: cases.SMALL_NUMBERS },
  {
    fields: [...cases.keyed('params'), ...cases.keyed('tags')],
    operators: [...cases.EQUAL, ...cases.LISTS],
    values: single(cases.QUOTED_TEXTS),
  },
  {
    fields: [...cases.keyed('params'), ...cases.keyed('tags')],
    operators: cases.LIKE,
    values: cases.PATTERNS,
  },
  {
    fields: ['name', 'attributes.name', 'model_type', 'attributes.status'],
    operators: [...cases.EQUAL, ...cases.LISTS, ...cases.LIKE],
    values: ["'a'", "'b'", "'Agent'", "''", "'%a%'", "'1'", "'LOGGED_MODEL_READY'"],
  },
  {
    fields: ['creation_timestamp', 'last_updated_timestamp', 'attributes.creation_time'],
    operators: cases.NUMERIC,
    values: cases.TIMES,
  },
  {
    fields: ['model_id', 'source_run_id'],
    operators: [...cases.EQUAL, ...cases.LISTS],
    values: ["'@{m1}'", "'@{r1}'", "'a'", "''"],
  },
];
const ORDER_NAMES = [
  ...['name', 'creation_timestamp', 'creation_time', 'last_updated_timestamp', 'model_type'],
  ...['status', 'attributes.name', 'zz', 'params.a', 'metrics.', 'source_run_id', 'model_id'],
];

function orderBy(): unknown {
  return Array.from({ length: random.int(3) }, () => ({
    field_name: random.chance(0.5) ? `metrics.${random.pick(KEYS)}` : random.pick(ORDER_NAMES),
    ...(random.chance(0.7) ? { ascending: random.chance(0.5) } : {}),
    ...(random.chance(0.2) ? { dataset_name: random.pick(['a', 'b', 'none']) } : {}),
    ...(random.chance(0.1) ? { dataset_digest: random.pick(['a', '1']) } : {}),
  }));
}

function datasets(): unknown {
  if (random.chance(0.75)) return undefined;
  return Array.from({ length: random.int(3) }, () => ({
    ...(random.chance(0.95) ? { dataset_name: random.pick(['a', 'b', 'x y', 'none']) } : {}),
    ...(random.chance(0.7) ? { dataset_digest: random.pick(['a', '1']) } : {}),
  }));
}

const COUNTS = { odd: 110, plain: 130 };

/** `name DESC` as this search has it. */
function asObject(clause: string): unknown {
  const [, field_name, direction] = /^(.*?)(?: (asc|desc))?$/i.exec(clause) ?? [];
  const ascending = direction && { ascending: direction.toLowerCase() === 'asc' };
  return { field_name, ...ascending };
}

const searches = cases
  .searchCases(random, 'loggedModels', COUNTS, COMPARINGS, ['name'])
  .map(({ filter, order_by }, index) => ({
    experiment_ids: random.chance(0.8) ? ['@{ea}', '@{eb}', '@{ec}'] : ['@{ea}', '999'],
    filter,
    order_by: index < COUNTS.odd + COUNTS.plain ? orderBy() : order_by.map(asObject),
    datasets: datasets(),
    max_results: random.pick([undefined, undefined, 100, 7, 4, 0]),
  }));

describe(`logged-models/search, seed ${cases.SEED}`, () => {
  it.each(searches.map((fields, index) => ({ index, fields })))(
    'case $index: $fields.filter',
    async ({ fields }) => {
      const order = JSON.stringify(fields.order_by);
      await compareSearch(pair, {
        ...{ method: 'POST', path: '/api/2.0/mlflow/logged-models/search', list: 'models', fields },
        orderedByIds: /"(?:attributes\.)?(?:model_id|source_run_id|artifact_location)"/.test(order),
        foundByIds: cases.findsByIds(fields.filter) && !fields.filter.includes('@{'),
      });
    },
  );
  afterAll(reportDifferences);
});
