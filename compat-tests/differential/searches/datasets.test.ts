import { afterAll, describe, inject, it } from 'vitest';
import { seededRandom } from '../../../src/platform/filter/testing/random.js';
import { compare, reportDifferences } from '../support/compare.js';
import { Pair } from '../support/pair.js';
import { SEED } from './search-cases.js';

/** Datasets of runs, which have neither filter nor pages: what is asked for is experiments. */
const pair = new Pair(inject('urls'), inject('bindings'));
const random = seededRandom(SEED);

const EXPERIMENTS = ['@{ea}', '@{eb}', '@{ec}', '@{e3}', '@{egone}', '0', '999'];
const LISTS: readonly (readonly string[])[] = [
  ...EXPERIMENTS.map((id) => [id]),
  ...Array.from({ length: 30 }, () => EXPERIMENTS.filter(() => random.chance(0.5))),
  ...Array.from({ length: 10 }, () =>
    Array.from({ length: 1 + random.int(20) }, () => random.pick(EXPERIMENTS)),
  ),
];

describe('experiments/search-datasets', () => {
  it.each(LISTS.map((ids) => ({ ids })))('of $ids', async ({ ids }) => {
    const path = '/ajax-api/2.0/mlflow/experiments/search-datasets';
    const question = { method: 'POST', path, body: { experiment_ids: ids } };
    compare(pair, question, await pair.ask(question));
  });
  afterAll(reportDifferences);
});
