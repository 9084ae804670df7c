import { describe, expect, it } from 'vitest';
import { parseFilter } from '../../platform/filter/filter.js';
import { parseOrderBy } from '../../platform/filter/order-by.js';
import { refusal } from '../../platform/filter/testing/refusal.js';
import { conditionOf, orderOf } from '../../platform/filter/testing/sql-of.js';
import { RUN_SEARCH } from './runs.search.js';

const tag = 'exists (select 1 from run_tags as f where f.run = runs.id and f.key = ';
const metric = 'exists (select 1 from latest_metrics as f where f.run = runs.id and f.key = ';

describe('a filter of runs becomes SQL', () => {
  it.each([
    ['', '', '', []],
    [
      'metrics.acc > 0.5',
      `${metric}? and f.is_nan = 0 and f.value > ?)`,
      `${metric}$1 and f.is_nan = 0 and f.value > $2 offset 0)`,
      ['acc', 0.5],
    ],
    [
      'metrics.`a b` != -1e3',
      `${metric}? and (f.is_nan = 1 or f.value <> ?))`,
      `${metric}$1 and (f.is_nan = 1 or f.value <> $2) offset 0)`,
      ['a b', -1000],
    ],
    [
      "params.lr = '0.1' AND tags.\"mlflow.user\" LIKE 'a%'",
      `exists (select 1 from run_params as f where f.run = runs.id and f.key = ? and f.value = ?) and ${tag}? and f.value like ?)`,
      `exists (select 1 from run_params as f where f.run = runs.id and f.key = $1 and f.value = $2 offset 0) and ${tag}$3 and f.value like $4 escape '' offset 0)`,
      ['lr', '0.1', 'mlflow.user', 'a%'],
    ],
    [
      "tag.a ilike 'X' and tags.a is null and tags.b IS NOT NULL",
      `${tag}? and lower(f.value) like lower(?)) and not ${tag}?) and ${tag}?)`,
      `${tag}$1 and f.value ilike $2 escape '' offset 0) and not ${tag}$3 offset 0) and ${tag}$4 offset 0)`,
      ['a', 'X', 'a', 'b'],
    ],
    [
      "run_name != 'x'",
      `${tag}'mlflow.runName' and f.value <> ?)`,
      `${tag}'mlflow.runName' and f.value <> $1 offset 0)`,
      ['x'],
    ],
    ["attr.status = 'FINISHED'", 'runs.status = ?', 'runs.status = $1', ['FINISHED']],
    ["run_id IN ('a', 'b')", 'runs.run_id in (?, ?)', 'runs.run_id in ($1, $2)', ['a', 'b']],
    ["run.run_id NOT IN ('a')", 'runs.run_id not in (?)', 'runs.run_id not in ($1)', ['a']],
    ['created >= 5', 'runs.start_time >= ?', 'runs.start_time >= $1', [5]],
    ['end_time < 1.5', 'runs.end_time <= ?', 'runs.end_time <= $1', [1]],
    ['end_time > -1.5', 'runs.end_time > ?', 'runs.end_time > $1', [-2]],
    ['end_time = 1.5', '1 = 0', '1 = 0', []],
    ['end_time != 1.5', 'runs.end_time is not null', 'runs.end_time is not null', []],
    ['end_time < 1e300', 'runs.end_time is not null', 'runs.end_time is not null', []],
    ['end_time = 9007199254740993', 'runs.end_time = ?', 'runs.end_time = $1', [9007199254740993n]],
    [
      "dataset.name IN ('d', 'e')",
      'exists (select 1 from run_datasets as f join datasets as d on d.id = f.dataset where f.run = runs.id and d.name in (?, ?))',
      'exists (select 1 from run_datasets as f join datasets as d on d.id = f.dataset where f.run = runs.id and d.name in ($1, $2))',
      ['d', 'e'],
    ],
    [
      "datasets.context = 'train'",
      'exists (select 1 from run_dataset_tags as f where f.run = runs.id and f.key = ? and f.value = ?)',
      'exists (select 1 from run_dataset_tags as f where f.run = runs.id and f.key = $1 and f.value = $2)',
      ['mlflow.data.context', 'train'],
    ],
  ])('%s', (filter, sqlite, postgres, bindings) => {
    expect(conditionOf(filter, RUN_SEARCH)).toEqual({ sqlite, postgres, bindings });
  });
});

const operators = "'!=', '=', 'ILIKE', 'IN', 'LIKE', 'NOT IN'";

describe('a filter of runs is refused', () => {
  it.each([
    ['   ', "Invalid filter '   '. Could not be parsed."],
    ["metrics.acc > 1 OR params.p = 'x'", "Invalid clause(s) in filter string: 'OR'"],
    ['acc BETWEEN 1 AND 2', "Invalid clause(s) in filter string: 'acc', 'BETWEEN', '1', '2'"],
    [
      "user_id='a'; status='b'",
      "Search filter contained multiple expression \"user_id='a'; status='b'\". Provide AND-ed expression list.",
    ],
    [
      'foo.a = 1',
      "Invalid entity type 'foo'. Valid values are ['metric', 'parameter', 'tag', 'attribute', 'dataset']",
    ],
    ['metrics.a/b > 1', "Invalid comparison clause. Expected 'Identifier' found 'metrics.a/b'"],
    ['metrics.a:b > 1', "Invalid clause(s) in filter string: 'metrics.a', ':'"],
    ["'x' = 'x'", "Invalid comparison clause. Expected 'Identifier' found ''x''"],
    ["metrics.acc > 'x'", "Expected numeric value type for metric. Found 'x'"],
    ['metrics.acc == 1', "Invalid comparator '==' not one of '{'!=', '<', '<=', '=', '>', '>='}"],
    [
      'params.lr = 0.0',
      "Expected a quoted string value for parameter (e.g. 'my-value'). Got value 0.0",
    ],
    [
      'params.lr = lr',
      'Parameter value is either not quoted or unidentified quote types used for string value lr. Use either single or double quotes.',
    ],
    [
      "params.lr > 'a'",
      "Invalid comparator '>' not one of '{'!=', '=', 'ILIKE', 'IS NOT NULL', 'IS NULL', 'LIKE'}'",
    ],
    [
      "tags.lr NOT LIKE 'a'",
      "Invalid comparator 'NOT LIKE' not one of '{'!=', '=', 'ILIKE', 'IS NOT NULL', 'IS NULL', 'LIKE'}",
    ],
    [
      "foo = 'x'",
      "Invalid attribute key 'foo' specified. Valid keys are '{'Created', 'Run Name', 'Run name', 'artifact_uri', 'created', 'end_time', 'run name', 'run_id', 'run_name', 'start_time', 'status', 'user_id'}'",
    ],
    [
      "start_time > '10'",
      "Expected numeric value type for numeric attribute: start_time. Found '10'",
    ],
    ['start_time LIKE 1', `Invalid comparator 'LIKE' not one of '{${operators}}`],
    [
      "status IN ('a')",
      "Only ['run_id'] attributes support comparison with a list of quoted string values.",
    ],
    [
      'run_id IN ()',
      'While parsing a list in the query, expected a non-empty list of string values, but got empty list',
    ],
    [
      'run_id IN (1)',
      'While parsing a list in the query, expected string value, punctuation, or whitespace, but got different type in list: (1,)',
    ],
    [
      'run_id IN (a)',
      'While parsing a list in the query, expected a non-empty list of string values, but got ill-formed list.',
    ],
    ["run_id = ('a')", "The '=' comparator does not support a list of values."],
    [
      "dataset.foo = 'x'",
      "Invalid dataset key 'foo' specified. Valid keys are '{'context', 'digest', 'name'}'",
    ],
    ['dataset.name = 3', 'Expected a quoted string value for dataset attributes. Got value 3'],
    [
      'metrics.acc IS NULL',
      "IS NULL / IS NOT NULL is only supported for tags and params, not for 'metric' 'acc'",
    ],
    [
      'metrics.a > 1 /* c */ AND metrics.b > 1',
      'Invalid comparison clause. Expected 3 tokens found 4',
    ],
  ])('%s', (filter, message) => {
    expect(refusal(() => parseFilter(filter, RUN_SEARCH))).toBe(
      `INVALID_PARAMETER_VALUE: ${message}`,
    );
  });
});

describe('an order of runs', () => {
  it('falls back to the start, then the id', () => {
    expect(orderOf([], RUN_SEARCH)).toBe(
      'select runs.start_time as sort_0, runs.run_id as sort_1 from `t` order by sort_0 desc, sort_1 asc',
    );
  });

  it('joins what it sorts by', () => {
    const terms = parseOrderBy(['metrics.`a b` DESC', 'params.p', 'Created asc'], RUN_SEARCH);
    expect(orderOf(terms, RUN_SEARCH)).toBe(
      'select coalesce(by_0.is_nan, 2) as sort_0, by_0.value as sort_1, by_1.value as sort_2, ' +
        'runs.start_time as sort_3, runs.run_id as sort_4 from `t` ' +
        'left join latest_metrics as by_0 on by_0.run = runs.id and by_0.key = ? ' +
        'left join run_params as by_1 on by_1.run = runs.id and by_1.key = ? ' +
        'order by sort_0 asc, sort_1 desc nulls last, sort_2 asc nulls last, ' +
        'sort_3 asc, sort_4 asc',
    );
  });

  it.each([
    [['metrics.acc BAD'], "Invalid ordering key in order_by clause 'metrics.acc BAD'."],
    [
      ['metrics.acc DESC NULLS LAST'],
      "Invalid order_by clause 'metrics.acc DESC NULLS LAST'. Could not be parsed.",
    ],
    [[' metrics.acc'], "Invalid order_by clause ' metrics.acc'. Could not be parsed."],
    [[''], "Invalid order_by clause ''. Could not be parsed."],
    [['dataset.name'], "Invalid identifier type 'dataset'"],
    [
      ['start_time', 'Created DESC'],
      "`order_by` contains duplicate fields: ['start_time', 'Created DESC']",
    ],
    [
      ['`run name`'],
      "Invalid attribute key 'run name' specified. Valid keys are '{'Created', 'artifact_uri', 'created', 'end_time', 'run_id', 'run_name', 'start_time', 'status', 'user_id'}'",
    ],
  ])('%j is refused', (clauses, message) => {
    expect(refusal(() => parseOrderBy(clauses, RUN_SEARCH))).toBe(
      `INVALID_PARAMETER_VALUE: ${message}`,
    );
  });
});
