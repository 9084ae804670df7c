import { describe, expect, it } from 'vitest';
import { parseFilter } from '../../platform/filter/filter.js';
import { parseOrderBy } from '../../platform/filter/order-by.js';
import { refusal } from '../../platform/filter/testing/refusal.js';
import { conditionOf, orderOf } from '../../platform/filter/testing/sql-of.js';
import { VERSION_SEARCH } from './versions.search.js';

const tag =
  'exists (select 1 from model_version_tags as f where f.model = model_versions.model and f.version = model_versions.version and f.key = ';
const hidden = `model_versions.model not in (select p.model from model_version_tags as p where p.key = 'mlflow.prompt.is_prompt' and p.value = 'true')`;
const PROMPT = 'mlflow.prompt.is_prompt';

describe('a filter of model versions becomes SQL', () => {
  it.each([
    ["name = 'm'", 'registered_models.name = ?', 'registered_models.name = $1', ['m']],
    [
      "run_id IN ('a', '')",
      'model_versions.run_id in (?, ?)',
      'model_versions.run_id in ($1, $2)',
      ['a', ''],
    ],
    [
      "source_path LIKE 's3%'",
      'model_versions.source like ?',
      "model_versions.source like $1 escape ''",
      ['s3%'],
    ],
    ['version_number >= 3', 'model_versions.version >= ?', 'model_versions.version >= $1', [3]],
    ["version_number = ' 3 '", 'model_versions.version = ?', 'model_versions.version = $1', [3]],
    ["tags.a = 'x'", `${tag}? and f.value = ?)`, `${tag}$1 and f.value = $2)`, ['a', 'x']],
  ])('%s', (filter, sqlite, postgres, bindings) => {
    const condition = conditionOf(filter, VERSION_SEARCH);
    expect(condition).toEqual({
      sqlite: `${sqlite} and ${hidden}`,
      postgres: `${postgres} and ${hidden}`,
      bindings,
    });
  });

  // SQLite makes joins of them, and the time to order joins grows with their third power.
  it('lets no database join as many tables as it names tags', () => {
    const { sqlite = '', postgres = '' } = conditionOf(
      Array.from({ length: 9 }, (_, at) => `tags.a${at} = 'x'`).join(' and '),
      VERSION_SEARCH,
    );
    expect(sqlite.match(/f\.value = \? limit 1 offset 0\)/g)).toHaveLength(9);
    expect(postgres.match(/f\.value = \$\d+ limit 1 offset 0\)/g)).toHaveLength(9);
  });

  it('shows prompts when asked by their tag', () => {
    expect(conditionOf(`tag.\`${PROMPT}\` = 'true'`, VERSION_SEARCH).sqlite).toBe(
      `${tag}? and f.value = ?)`,
    );
  });
});

describe('a filter of model versions is refused', () => {
  it.each([
    [
      "aliases = 'a'",
      "Invalid attribute key 'aliases' specified. Valid keys are '{'name', 'run_id', 'source_path', 'version_number'}'",
    ],
    [
      "source_path IN ('a')",
      "Only ['name', 'run_id'] attributes support comparison with a list of quoted string values.",
    ],
    ['version_number = 1.5', "Invalid value for numeric attribute 'version_number': 1.5"],
    ["version_number = 'x'", "Invalid value for numeric attribute 'version_number': 'x'"],
    ["version_number LIKE '1'", 'Invalid comparator for attribute version_number: LIKE'],
    [
      'name = 5',
      "Only the '{'creation_timestamp', 'last_updated_timestamp', 'version_number'}' attributes support comparison with numeric values.",
    ],
    ["run_id > 'a'", 'Invalid comparator for attribute: >'],
  ])('%s', (filter, message) => {
    expect(refusal(() => parseFilter(filter, VERSION_SEARCH))).toBe(
      `INVALID_PARAMETER_VALUE: ${message}`,
    );
  });
});

describe('an order of model versions', () => {
  it.each([
    [[], 'sort_0 desc, sort_1 asc, sort_2 desc'],
    [['version_number'], 'sort_0 asc, sort_1 asc'],
    [['creation_timestamp DESC'], 'sort_0 desc, sort_1 asc, sort_2 desc'],
  ])('%j', (clauses, order) => {
    const terms = parseOrderBy(clauses, VERSION_SEARCH);
    expect(orderOf(terms, VERSION_SEARCH).split(' order by ')[1]).toBe(order);
  });

  it.each([
    [
      ['foo'],
      "Invalid attribute key 'foo' specified. Valid keys are '{'creation_timestamp', 'last_updated_timestamp', 'name', 'version_number'}'",
    ],
    [
      ['tags.`a b` DESC'],
      "Invalid order by key 'a b' specified. Valid keys are {'creation_timestamp', 'last_updated_timestamp', 'name', 'version_number'}",
    ],
    [['name', 'name'], "`order_by` contains duplicate fields: ['name', 'name']"],
  ])('%j is refused', (clauses, message) => {
    expect(refusal(() => parseOrderBy(clauses, VERSION_SEARCH))).toBe(
      `INVALID_PARAMETER_VALUE: ${message}`,
    );
  });
});
