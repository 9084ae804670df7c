import { afterAll, describe, inject, it } from 'vitest';
import { NAMES } from '../seed/values.js';
import {
  type Comparable,
  comparable,
  compareComparables,
  reportDifferences,
} from '../support/compare.js';
import { at, Pair } from '../support/pair.js';

/** The newest version in each stage, of every model and prompt that there is. */
const pair = new Pair(inject('urls'), inject('bindings'));

const PATH = '/api/2.0/mlflow/registered-models/get-latest-versions';
const MODELS = [...NAMES, ...Array.from({ length: 6 }, (_, index) => `prompt ${index}`), 'none'];
const STAGES: readonly (readonly string[])[] = [
  [],
  ['None'],
  ['Staging'],
  ['Production'],
  ['Archived'],
  ['production', 'STAGING'],
  ['None', 'Staging', 'Production', 'Archived'],
  ['Production', 'Production'],
];

/** Stages come in no order that means anything. */
function sorted(answer: Comparable): Comparable {
  const versions = at(answer.body, 'model_versions');
  if (!Array.isArray(versions)) return answer;
  return { ...answer, body: versions.map((version) => JSON.stringify(version)).toSorted() };
}

describe.each(MODELS)('get-latest-versions of %s', (name) => {
  it.each(STAGES.map((stages) => ({ stages })))('in $stages', async ({ stages }) => {
    const query = new URLSearchParams({ name });
    for (const stage of stages) query.append('stages', stage);
    for (const question of [
      { method: 'POST', path: PATH, body: { name, ...(stages.length > 0 && { stages }) } },
      { method: 'GET', path: `${PATH}?${query}` },
    ]) {
      const { stock, ours } = await pair.ask(question);
      const [one, other] = [comparable(pair, 'stock', stock), comparable(pair, 'ours', ours)];
      compareComparables(question, sorted(one), sorted(other));
    }
  });
  afterAll(reportDifferences);
});
