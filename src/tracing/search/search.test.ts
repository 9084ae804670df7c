import { describe, expect, it } from 'vitest';
import { postgresDialect } from '../../platform/db/postgres-dialect.js';
import { sqliteDialect } from '../../platform/db/sqlite-dialect.js';
import { parseFilter } from '../../platform/filter/filter.js';
import { parseOrderBy } from '../../platform/filter/order-by.js';
import { refusal } from '../../platform/filter/testing/refusal.js';
import { conditionOf, orderOf } from '../../platform/filter/testing/sql-of.js';
import { TRACE_LANGUAGE } from './search.language.js';
import { TRACE_ORDER } from './search.order.js';
import { traceStorage } from './search.storage.js';

const EXPERIMENTS = [1, 2];
const search = (dialect: Parameters<typeof traceStorage>[1]) => ({
  language: TRACE_LANGUAGE,
  storage: traceStorage(EXPERIMENTS, dialect),
});
const condition = (filter: string) => {
  const { sqlite, bindings } = conditionOf(filter, search(sqliteDialect));
  const { postgres } = conditionOf(filter, search(postgresDialect));
  return { sqlite, postgres, bindings };
};

const tag = 'exists (select 1 from trace_tags as f where f.trace = traces.id and f.key = ';
const meta = 'exists (select 1 from trace_metadata as f where f.trace = traces.id and f.key = ';
const span = 'exists (select 1 from spans as s where s.trace = traces.id and ';

describe('a filter of traces becomes SQL', () => {
  it.each([
    ['', '', '', []],
    ["status = 'OK'", 'traces.state = ?', 'traces.state = $1', ['OK']],
    [
      "trace.status IN ('OK', 'ERROR') AND attributes.request_id NOT IN ('a')",
      'traces.state in (?, ?) and traces.trace_id not in (?)',
      'traces.state in ($1, $2) and traces.trace_id not in ($3)',
      ['OK', 'ERROR', 'a'],
    ],
    [
      "client_request_id RLIKE '^a.b'",
      'traces.client_request_id regexp ?',
      'traces.client_request_id ~ $1',
      ['^a.b'],
    ],
    ['timestamp > 5', 'traces.timestamp_ms > ?', 'traces.timestamp_ms > $1', [5]],
    ["timestamp_ms <= '5'", 'traces.timestamp_ms <= ?', 'traces.timestamp_ms <= $1', [5]],
    ['execution_time != 5', 'traces.execution_time_ms <> ?', 'traces.execution_time_ms <> $1', [5]],
    [
      'end_time < 5.5',
      'traces.timestamp_ms + coalesce(traces.execution_time_ms, 0) <= ?',
      'traces.timestamp_ms + coalesce(traces.execution_time_ms, 0) <= $1',
      [5],
    ],
    [
      "name = 'x'",
      `${tag}? and f.value = ?)`,
      `${tag}$1 and f.value = $2)`,
      [TAGS('traceName'), 'x'],
    ],
    [
      "tags.a ILIKE 'X%' AND tag.`a b` IS NULL",
      `${tag}? and lower(f.value) like lower(?)) and not ${tag}?)`,
      `${tag}$1 and f.value ilike $2 escape '') and not ${tag}$3)`,
      ['a', 'X%', 'a b'],
    ],
    [
      "metadata.mlflow.trace.session != 's'",
      `${meta}? and f.value <> ?)`,
      `${meta}$1 and f.value <> $2)`,
      [TAGS('trace.session'), 's'],
    ],
    ['run_id IS NOT NULL', `${meta}?)`, `${meta}$1)`, [TAGS('sourceRun')]],
    [
      "run_id = 'r'",
      `(${meta}? and f.value = ?) or exists (select 1 from trace_run_links as l where l.trace_id = traces.trace_id and l.run_id = ?))`,
      `(${meta}$1 and f.value = $2) or exists (select 1 from trace_run_links as l where l.trace_id = traces.trace_id and l.run_id = $3))`,
      [TAGS('sourceRun'), 'r', 'r'],
    ],
    [
      "prompt = 'p/1'",
      'exists (select 1 from trace_prompt_links as l where l.trace_id = traces.trace_id and l.name = ? and l.version = ?)',
      'exists (select 1 from trace_prompt_links as l where l.trace_id = traces.trace_id and l.name = $1 and l.version = $2)',
      ['p', '1'],
    ],
    [
      "span.name = 'a' AND status = 'OK' AND span.type IN ('LLM')",
      `traces.state = ? and ${span}s.name = ? and s.type in (?))`,
      `traces.state = $1 and ${span}s.name = $2 and s.type in ($3))`,
      ['OK', 'a', 'LLM'],
    ],
    [
      "trace.text LIKE '%x%' AND span.attributes.`a.b` LIKE '%y'",
      `${span}s.content like ? and s.content like ?)`,
      `${span}s.content like $1 escape '' and s.content like $2 escape '')`,
      ['%x%', '%"a.b"%y%'],
    ],
    [
      "span.attributes.model RLIKE '^gpt$'",
      `${span}s.content regexp ?)`,
      `${span}s.content ~ $1)`,
      ['"model": "\\\\"gpt\\\\"'],
    ],
    [
      "issue.id = 'iss'",
      "exists (select 1 from assessments as a where a.trace = traces.id and a.kind = 'issue' and a.name = ?)",
      "exists (select 1 from assessments as a where a.trace = traces.id and a.kind = 'issue' and a.name = $1)",
      ['iss'],
    ],
  ])('%s', (filter, sqlite, postgres, bindings) => {
    expect(condition(filter)).toEqual({ sqlite, postgres, bindings });
  });

  it.each([
    ["feedback.q = 'yes'", ' and a.value in (?, ?)', ['yes', '"yes"']],
    ["feedback.q != 'é'", ' and a.value not in (?, ?)', ['é', '"\\u00e9"']],
    ['feedback.q > .5', ' and a.is_number = 1 and a.number > ?', [0.5]],
    ["feedback.q LIKE '%y%'", ' and a.value like ?', ['%y%']],
    ['feedback.q IS NOT NULL', '', []],
  ])('%s, of the trace or its session', (filter, test, values) => {
    const valid = `a.kind = ? and a.name = ? and a.valid = 1${test}`;
    expect(condition(filter)).toMatchObject({
      sqlite:
        `(exists (select 1 from assessments as a where a.trace = traces.id and ${valid})` +
        ' or exists (select 1 from trace_metadata as m where m.trace = traces.id and m.key = ?' +
        ' and m.value in (select s.value from assessments as a join traces as t on t.id = a.trace' +
        ' join trace_metadata as s on s.trace = a.trace and s.key = ?' +
        ` where a.in_session = 1 and ${valid}` +
        ' and t.experiment_id in (select value from json_each(?)))))',
      bindings: [
        ...['feedback', 'q', ...values],
        ...[TAGS('trace.session'), TAGS('trace.session'), 'feedback', 'q', ...values, '[1,2]'],
      ],
    });
  });

  it('turns the test around for what has no assessment', () => {
    expect(condition('expectation.e is null')).toMatchObject({
      postgres: expect.stringMatching(
        /^not \(exists \(.* = any\(cast\(\$7 as bigint\[\]\)\)\)\)\)$/,
      ),
    });
  });

  it('has some keys stand for others, whatever they are written with', () => {
    for (const [written, meant] of [
      ["tags.Name = 'x'", "name = 'x'"],
      ["feedback.run_id = 'x'", "metadata.mlflow.sourceRun = 'x'"],
      ["metadata.prompt = 'a/1'", "prompt = 'a/1'"],
      ["tags.text LIKE 'x'", "span.content LIKE 'x'"],
    ] as const) {
      expect(condition(written)).toEqual(condition(meant));
    }
  });
});

function TAGS(name: string): string {
  return `mlflow.${name}`;
}

const attributeKeys =
  "'{'client_request_id', 'end_time', 'end_time_ms', 'execution_time', 'execution_time_ms', 'name', 'prompt', 'request_id', 'run_id', 'status', 'text', 'timestamp', 'timestamp_ms'}'";
const listed = "'{'!=', '=', 'ILIKE', 'IN', 'LIKE', 'NOT IN', 'RLIKE'}";
const nulled = "'{'!=', '=', 'ILIKE', 'IS NOT NULL', 'IS NULL', 'LIKE', 'RLIKE'}";
const times =
  "'{'end_time', 'end_time_ms', 'execution_time', 'execution_time_ms', 'timestamp', 'timestamp_ms'}'";
const noList =
  "Only attributes in {'client_request_id', 'name', 'request_id', 'run_id', 'status'} supports comparison with a list of quoted string values.";

describe('a filter of traces is refused', () => {
  it.each([
    ['  ', "Invalid filter '  '. Could not be parsed."],
    ["state = 'OK'", `Invalid attribute key 'state' specified. Valid keys are ${attributeKeys}`],
    [
      "trace.trace_id = 'x'",
      `Invalid attribute key 'trace_id' specified. Valid keys are ${attributeKeys}`,
    ],
    [
      "foo.a = 'x'",
      "Invalid entity type 'foo'. Valid values are {'attribute', 'attributes', 'expectation', 'feedback', 'issue', 'metadata', 'request_metadata', 'span', 'tag', 'tags', 'trace'}",
    ],
    ["status = 'OK' OR status = 'x'", "Invalid clause(s) in filter string: 'OR'"],
    ["text LIKE '%x%'", "Invalid clause(s) in filter string: 'text', 'LIKE', ''%x%''"],
    ['status is null', `Invalid comparator 'IS NULL' not one of ${listed}'`],
    ["status > 'A'", `Invalid comparator '>' not one of ${listed}'`],
    ['status = 5', `Only the ${times} attributes support comparison with numeric values.`],
    ['timestamp is null', `Invalid comparator 'IS NULL' not one of ${listed}`],
    ["timestamp_ms in ('1')", noList],
    ["prompt in ('a')", noList],
    ["timestamp > 'x'", "Expected numeric value type for numeric attribute: timestamp. Found 'x'"],
    ["name in ('x')", `Invalid comparator 'IN' not one of ${nulled}`],
    ["run_id in ('x')", `Invalid comparator 'IN' not one of ${nulled}'`],
    ["tags.a > 'x'", `Invalid comparator '>' not one of ${nulled}`],
    ["tags.a = ('x')", "The '=' comparator does not support a list of values."],
    ['tags.a = 5', "Expected a quoted string value for tag (e.g. 'my-value'). Got value 5"],
    [
      "metadata.a in ('x')",
      "Expected a quoted string value for request_metadata (e.g. 'my-value'). Got value ('x')",
    ],
    [
      "metadata.mlflow.trace.cost LIKE '%'",
      "Comparator 'LIKE' is not supported for reserved metadata 'mlflow.trace.cost'. Only '=', '!=', 'IS NULL', and 'IS NOT NULL' are supported.",
    ],
    [
      "prompt = 'p'",
      'Invalid prompts filter value \'p\'. Expected format: prompt = "name/version"',
    ],
    [
      "prompt != 'p/1'",
      "Invalid comparator '!=' for prompts filter. Only '=' is supported with format: prompt = \"name/version\"",
    ],
    ["trace.text = 'x'", "span.content comparator '=' not one of '{'ILIKE', 'LIKE'}'"],
    [
      "span.foo = 'x'",
      "Invalid span attribute 'foo'. Supported attributes: name, status, type, attributes.<attribute_name>.",
    ],
    ["span.attributes. = 'x'", "Span attribute name cannot be empty after 'attributes.'"],
    ["span.name > 'x'", `span.name comparator '>' not one of ${listed}'`],
    ["span.attributes.a IN ('x')", 'span.attributes.a cannot be compared with a list of values.'],
    ["feedback. = 'x'", 'Assessment field name cannot be empty'],
    [
      'feedback.q = 3',
      "Expected a quoted string value for feedback (e.g. 'my-value'). Got value 3",
    ],
    [
      "expectation.q > '3'",
      "Expected a numeric value for expectation when using comparator '>'. Got value '3'",
    ],
    ["issue.foo = 'x'", "Invalid issue attribute 'foo'. Supported attributes: id"],
    ["issue.id != 'x'", "issue.id comparator '!=' not one of '{'='}'"],
  ])('%s', (filter, message) => {
    expect(refusal(() => parseFilter(filter, { language: TRACE_LANGUAGE }))).toBe(
      `INVALID_PARAMETER_VALUE: ${message}`,
    );
  });

  it('for a pattern that takes too long', () => {
    expect(refusal(() => condition("tags.a RLIKE '(a)\\1'"))).toMatch(/^INVALID_PARAMETER_VALUE: /);
  });
});

describe('an order of traces', () => {
  const order = (...clauses: string[]) =>
    orderOf(parseOrderBy(clauses, { order: TRACE_ORDER }), search(sqliteDialect));

  it('falls back to the newest first, then the id', () => {
    expect(order()).toBe(
      'select traces.timestamp_ms as sort_0, traces.trace_id as sort_1 from `t` order by sort_0 desc, sort_1 asc',
    );
  });

  it('joins what it sorts by', () => {
    expect(order('execution_time DESC', 'name', 'metadata.a', 'timestamp')).toBe(
      'select traces.execution_time_ms as sort_0, by_1.value as sort_1, by_2.value as sort_2, ' +
        'traces.timestamp_ms as sort_3, traces.trace_id as sort_4 from `t` ' +
        'left join trace_tags as by_1 on by_1.trace = traces.id and by_1.key = ? ' +
        'left join trace_metadata as by_2 on by_2.trace = traces.id and by_2.key = ? ' +
        'order by sort_0 desc nulls last, sort_1 asc nulls last, sort_2 asc nulls last, sort_3 asc, sort_4 asc',
    );
  });

  it.each([
    ['timestamp BAD', "Invalid order_by clause 'timestamp BAD'. Could not be parsed."],
    ['Timestamp', "Invalid order_by clause 'Timestamp'. Could not be parsed."],
    ['span.foo', "Invalid identifier type 'span'"],
    ['feedback.q', "Invalid identifier type 'feedback'"],
    ['tags.text', "Invalid identifier type 'span'"],
    [
      'client_request_id',
      "Invalid attribute key 'client_request_id' specified. Valid keys are '{'end_time', 'end_time_ms', 'execution_time', 'execution_time_ms', 'experiment_id', 'name', 'request_id', 'run_id', 'status', 'timestamp', 'timestamp_ms'}'",
    ],
    [
      'metadata.mlflow.trace.cost',
      "Ordering by reserved metadata 'mlflow.trace.cost' is not supported because it is represented by multiple columns.",
    ],
  ])('%j is refused', (clause, message) => {
    expect(refusal(() => order(clause))).toBe(`INVALID_PARAMETER_VALUE: ${message}`);
  });

  it('names each field once, by whatever name', () => {
    expect(refusal(() => order('tags.name', 'name'))).toBe(
      "INVALID_PARAMETER_VALUE: `order_by` contains duplicate fields: ['tags.name', 'name']",
    );
  });
});
