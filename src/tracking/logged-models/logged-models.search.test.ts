import { describe, expect, it } from 'vitest';
import { parseFilter } from '../../platform/filter/filter.js';
import { refusal } from '../../platform/filter/testing/refusal.js';
import { conditionOf, orderOf } from '../../platform/filter/testing/sql-of.js';
import { loggedModelSearch, parseLoggedModelOrder } from './logged-models.search.js';

const search = loggedModelSearch([]);
const metric =
  'exists (select 1 from logged_model_metrics as f where f.model = logged_models.id and f.key = ';
const status =
  "case logged_models.status when 0 then 'LOGGED_MODEL_STATUS_UNSPECIFIED' when 1 then 'LOGGED_MODEL_PENDING' when 2 then 'LOGGED_MODEL_READY' when 3 then 'LOGGED_MODEL_UPLOAD_FAILED' end";

describe('a filter of logged models becomes SQL', () => {
  it.each([
    [
      'metrics.loss >= 1e+3',
      `${metric}? and f.value >= ?)`,
      `${metric}$1 and f.value >= $2)`,
      ['loss', 1000],
    ],
    [
      'params.lr = 0.01 AND tags.t not in (\'a\', "b")',
      'exists (select 1 from logged_model_params as f where f.model = logged_models.id and f.key = ? and f.value = ?) and exists (select 1 from logged_model_tags as f where f.model = logged_models.id and f.key = ? and f.value not in (?, ?))',
      'exists (select 1 from logged_model_params as f where f.model = logged_models.id and f.key = $1 and f.value = $2) and exists (select 1 from logged_model_tags as f where f.model = logged_models.id and f.key = $3 and f.value not in ($4, $5))',
      ['lr', '0.01', 't', 'a', 'b'],
    ],
    ['name IN ()', '1 = 0', '1 = 0', []],
    ["status = 'READY'", `${status} = ?`, `${status} = $1`, ['LOGGED_MODEL_READY']],
    ["attributes.status = '2'", `${status} = ?`, `${status} = $1`, ['LOGGED_MODEL_READY']],
    [
      'creation_time > 5',
      'logged_models.creation_timestamp > ?',
      'logged_models.creation_timestamp > $1',
      [5],
    ],
    [
      'attributes.last_updated_timestamp_ms <= 1.5',
      'logged_models.last_updated_timestamp <= ?',
      'logged_models.last_updated_timestamp <= $1',
      [1],
    ],
    [
      "experiment_id = '1'",
      'cast(logged_models.experiment_id as text) = ?',
      'cast(logged_models.experiment_id as text) = $1',
      ['1'],
    ],
  ])('%s', (filter, sqlite, postgres, bindings) => {
    expect(conditionOf(filter, search)).toEqual({ sqlite, postgres, bindings });
  });

  it('counts metrics on the given datasets only', () => {
    const onDatasets = loggedModelSearch([
      { dataset_name: 'd', dataset_digest: '1' },
      { dataset_name: 'e' },
    ]);
    const on = '(f.dataset_name = ? and f.dataset_digest = ? or f.dataset_name = ?)';
    expect(conditionOf('metrics.a > 1', onDatasets)).toMatchObject({
      sqlite: `${metric}? and ${on} and f.value > ?)`,
      bindings: ['a', 'd', '1', 'e', 1],
    });
    expect(conditionOf('', onDatasets)).toMatchObject({
      sqlite: `exists (select 1 from logged_model_metrics as f where f.model = logged_models.id and ${on})`,
      bindings: ['d', '1', 'e'],
    });
  });
});

const SINGLE = 'Expected a single SQL expression.';

describe('a filter of logged models is refused', () => {
  it.each([
    [
      "bar.a = 'x'",
      "Invalid entity type: 'bar'. Expected one of ['attributes', 'metrics', 'params', 'tags'].",
    ],
    [
      "params.p > 'x'",
      "Invalid comparison operator for params.p: '>'. Expected one of ('=', '!=', 'LIKE', 'ILIKE', 'IN', 'NOT IN').",
    ],
    [
      "metrics.m LIKE 'x'",
      "Invalid comparison operator for metrics.m: 'LIKE'. Expected one of ('<', '<=', '>', '>=', '=', '!=').",
    ],
    [
      "name = 'a' OR name = 'b'",
      "Invalid filter string: \"name = 'a' OR name = 'b'\". Expected a list of comparisons separated by 'AND' (e.g. 'metrics.loss > 0.1 AND params.lr = 0.01').",
    ],
    [' ', `Invalid filter string: ' '. ${SINGLE}`],
    ['name = a; name = b', `Invalid filter string: 'name = a; name = b'. ${SINGLE}`],
    ['tags.t IS NULL', 'Invalid comparison: tags.t IS NULL. Expected a comparison with 3 tokens.'],
    ["metrics.m > 'x'", "Expected a numeric value for metrics.m. Found 'x'"],
  ])('%s', (filter, message) => {
    expect(refusal(() => parseFilter(filter, search))).toBe(`INVALID_PARAMETER_VALUE: ${message}`);
  });

  it('wants a name of every dataset', () => {
    expect(refusal(() => loggedModelSearch([{ dataset_name: '' }]))).toBe(
      'INVALID_PARAMETER_VALUE: `dataset_name` in the `datasets` clause must be specified.',
    );
  });
});

describe('an order of logged models', () => {
  it('sorts by the last value of a metric', () => {
    const terms = parseLoggedModelOrder([
      { field_name: 'metrics.a.b', ascending: false, dataset_name: 'd' },
      { field_name: 'creation_time' },
    ]);
    expect(orderOf(terms, search)).toBe(
      'select (select f.value from logged_model_metrics as f where f.model = logged_models.id and f.key = ? and f.dataset_name = ? order by f.timestamp desc, f.step desc, f.run_id limit 1) as sort_0, ' +
        'logged_models.creation_timestamp as sort_1, logged_models.model_id as sort_2 from `t` ' +
        'order by sort_0 desc nulls last, sort_1 asc, sort_2 asc',
    );
  });

  it.each([
    ['zz', 'Invalid order by field name: zz'],
    ['params.p', 'Invalid order by field name: params.p. Only metrics are supported.'],
  ])('%s is refused', (field_name, message) => {
    expect(refusal(() => parseLoggedModelOrder([{ field_name }]))).toBe(
      `INVALID_PARAMETER_VALUE: ${message}`,
    );
  });
});
