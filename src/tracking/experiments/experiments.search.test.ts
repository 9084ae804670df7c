import { describe, expect, it } from 'vitest';
import { parseFilter } from '../../platform/filter/filter.js';
import { parseOrderBy } from '../../platform/filter/order-by.js';
import { refusal } from '../../platform/filter/testing/refusal.js';
import { conditionOf, orderOf } from '../../platform/filter/testing/sql-of.js';
import { EXPERIMENT_SEARCH } from './experiments.search.js';

const tag =
  'exists (select 1 from experiment_tags as f where f.experiment_id = experiments.experiment_id and f.key = ';

describe('a filter of experiments becomes SQL', () => {
  it.each([
    ["name = 'a'", 'experiments.name = ?', 'experiments.name = $1', ['a']],
    ["name LIKE 'a%'", 'experiments.name like ?', "experiments.name like $1 escape ''", ['a%']],
    ['creation_time > 5', 'experiments.creation_time > ?', 'experiments.creation_time > $1', [5]],
    [
      "experiment_id IN ('1', ' 2 ')",
      'experiments.experiment_id in (?, ?)',
      'experiments.experiment_id in ($1, $2)',
      [1, 2],
    ],
    ["tags.a != 'x'", `${tag}? and f.value <> ?)`, `${tag}$1 and f.value <> $2)`, ['a', 'x']],
    ['tag.a IS NULL', `not ${tag}?)`, `not ${tag}$1)`, ['a']],
  ])('%s', (filter, sqlite, postgres, bindings) => {
    expect(conditionOf(filter, EXPERIMENT_SEARCH)).toEqual({ sqlite, postgres, bindings });
  });
});

describe('a filter of experiments is refused', () => {
  it.each([
    ["name = 'a' OR name = 'b'", 'Invalid clause(s) in filter string: OR'],
    [
      "attributes.name = 'a'",
      "Invalid entity type 'attributes'. Valid entity types are ('attribute', 'tag', 'tags')",
    ],
    [
      "foo = 'a'",
      "Invalid attribute key 'foo' specified. Valid keys are '{'creation_time', 'experiment_id', 'last_update_time', 'name'}'",
    ],
    ['creation_time > 1.5', "Invalid value for numeric attribute 'creation_time': '1.5'"],
    ['creation_time > 1e3', "Invalid value for numeric attribute 'creation_time': '1000.0'"],
    [
      "name IN ('a')",
      "Only ['experiment_id'] attributes support comparison with a list of quoted string values.",
    ],
    [
      "name like 'a'",
      "Invalid comparator 'like' not one of '{'!=', '=', 'ILIKE', 'IN', 'LIKE', 'NOT IN'}'",
    ],
    ["experiment_id < '1'", 'Invalid comparator for experiment_id: <'],
    ["experiment_id = 'x'", "Invalid experiment ID 'x'. Experiment ID must be a valid integer."],
    ['experiment_id = 1', 'Expected a quoted string value for attributes. Got value 1'],
    ["tags.a > 'x'", 'Invalid comparator for tag: >'],
    ['name IS NULL', "IS NULL / IS NOT NULL is only supported for tags, not for attribute 'name'"],
  ])('%s', (filter, message) => {
    expect(refusal(() => parseFilter(filter, EXPERIMENT_SEARCH))).toBe(
      `INVALID_PARAMETER_VALUE: ${message}`,
    );
  });
});

describe('an order of experiments', () => {
  it.each([
    [[], 'sort_0 desc, sort_1 asc'],
    [['name'], 'sort_0 asc, sort_1 desc'],
    [['experiment_id', 'name DESC', 'experiment_id DESC'], 'sort_0 asc, sort_1 desc'],
  ])('%j', (clauses, order) => {
    const terms = parseOrderBy(clauses, EXPERIMENT_SEARCH);
    expect(orderOf(terms, EXPERIMENT_SEARCH).split(' order by ')[1]).toBe(order);
  });

  it('is not by tags', () => {
    expect(refusal(() => parseOrderBy(['tags.a'], EXPERIMENT_SEARCH))).toBe(
      'INVALID_PARAMETER_VALUE: Invalid order_by entity: tag',
    );
  });
});
