import type { Dialect } from '../../platform/db/dialect.js';
import type { Comparison, Field } from '../../platform/filter/language.js';
import type { SortTerm } from '../../platform/filter/order-by.js';
import {
  type Column,
  type Compare,
  type Composed,
  columns,
  type Fragment,
  type RowSource,
  type SortSource,
  type Storage,
  sortByText,
  textByKey,
} from '../../platform/filter/storage.js';
import { printLikePython } from '../../platform/python-json.js';
import { METADATA } from '../traces/traces.js';
import { attributeOf } from './search.language.js';
import { PROMPTS_TAG } from './search.rules.js';

const TAGS = { table: 'trace_tags', owner: (alias: string) => `${alias}.trace = traces.id` };
const META = { ...TAGS, table: 'trace_metadata' };

const column = columns('traces', {
  request_id: { sql: 'traces.trace_id', type: 'text' },
  client_request_id: 'text',
  status: { sql: 'traces.state', type: 'text' },
  experiment_id: 'integer',
  timestamp_ms: 'integer',
  execution_time_ms: { sql: 'traces.execution_time_ms', type: 'integer', nullable: true },
  end_time_ms: {
    sql: 'traces.timestamp_ms + coalesce(traces.execution_time_ms, 0)',
    type: 'integer',
  },
});

const isNull = ({ operator }: Comparison): boolean => operator === 'IS NULL';
const isNullTest = ({ operator }: Comparison): boolean => operator.endsWith('NULL');

/** A run has the traces that say so in their metadata, and those that were linked to it. */
const ofRun: Composed = {
  compose(compare) {
    const [said, linked] = [compare('f.value', 'text'), compare('l.run_id', 'text')];
    return {
      sql:
        `(exists (select 1 from trace_metadata as f where ${META.owner('f')} and f.key = ? and ${said.sql})` +
        ' or exists (select 1 from trace_run_links as l where l.trace_id = traces.trace_id' +
        ` and ${linked.sql}))`,
      bindings: [METADATA.sourceRun, ...said.bindings, ...linked.bindings],
    };
  },
};

function ofPrompt({ value }: Comparison): Composed {
  const [name = '', version = ''] = String(value).split('/');
  return {
    compose: () => ({
      sql:
        'exists (select 1 from trace_prompt_links as l where l.trace_id = traces.trace_id' +
        ' and l.name = ? and l.version = ?)',
      bindings: [name, version],
    }),
  };
}

const ofIssue: RowSource = {
  from: 'assessments as a',
  where: "a.trace = traces.id and a.kind = 'issue'",
  bindings: [],
  value: 'a.name',
  type: 'text',
};

/** Compares the JSON text of a value; equality is with the text itself or with what it quotes. */
function compareJson(comparison: Comparison, compare: Compare): Fragment {
  const { operator, value } = comparison;
  if (typeof value === 'number') {
    const { sql, bindings } = compare('a.number', 'double');
    return { sql: `a.is_number = 1 and ${sql}`, bindings };
  }
  if (operator !== '=' && operator !== '!=') return compare('a.value', 'text');
  return {
    sql: `a.value ${operator === '=' ? 'in' : 'not in'} (?, ?)`,
    bindings: [String(value), printLikePython(value)],
  };
}

/**
 * Valid assessments of the trace; and those that a trace of the same session, in one of the
 * experiments of the search, has for the whole session.
 */
function assessed(comparison: Comparison, experiments: Fragment): Composed {
  return {
    compose(compare) {
      const test: Fragment = isNullTest(comparison)
        ? { sql: '', bindings: [] }
        : compareJson(comparison, compare);
      const condition = `a.kind = ? and a.name = ? and a.valid = 1${test.sql === '' ? '' : ` and ${test.sql}`}`;
      const bindings = [comparison.entity, comparison.key, ...test.bindings];
      const sessions =
        'select s.value from assessments as a join traces as t on t.id = a.trace' +
        ' join trace_metadata as s on s.trace = a.trace and s.key = ?' +
        ` where a.in_session = 1 and ${condition} and ${experiments.sql}`;
      return {
        sql:
          `${isNull(comparison) ? 'not ' : ''}(exists (select 1 from assessments as a` +
          ` where a.trace = traces.id and ${condition})` +
          ` or exists (select 1 from trace_metadata as m where ${META.owner('m')} and m.key = ?` +
          ` and m.value in (${sessions})))`,
        bindings: [
          ...bindings,
          METADATA.session,
          METADATA.session,
          ...bindings,
          ...experiments.bindings,
        ],
      };
    },
  };
}

/** All comparisons of spans must hold for one and the same span. */
function ofOneSpan(
  comparisons: readonly Comparison[],
  comparing: (comparison: Comparison) => Compare,
): Fragment {
  const parts = comparisons.map((comparison) => spanCondition(comparison, comparing));
  return {
    sql:
      'exists (select 1 from spans as s where s.trace = traces.id' +
      `${parts.map(({ sql }) => ` and ${sql}`).join('')})`,
    bindings: parts.flatMap(({ bindings }) => bindings),
  };
}

function spanCondition(
  comparison: Comparison,
  comparing: (comparison: Comparison) => Compare,
): Fragment {
  const attribute = attributeOf(comparison.key);
  if (attribute === undefined) return comparing(comparison)(`s.${comparison.key}`, 'text');
  const value = inContent(attribute, comparison);
  return comparing({ ...comparison, value })('s.content', 'text');
}

/**
 * Attributes are looked for in the JSON text of the span, where each value is JSON in a string:
 * `"model": "\"gpt\""`.
 */
function inContent(attribute: string, { operator, value }: Comparison): string {
  if (operator !== 'RLIKE') return `%"${attribute}"${value}%`;
  const pattern = String(value);
  const begin = pattern.startsWith('^') ? '"\\\\"' : '"\\\\".*';
  const end = pattern.endsWith('$') ? '\\\\"' : '';
  const inner = pattern.replace(/^\^/, '').replace(/\$$/, '');
  return `"${attribute}": ${begin}${inner}${end}`;
}

/**
 * Where the fields of traces lie. The query selects from `traces`.
 * @param experimentIds what the search is limited to
 */
export function traceStorage(
  experimentIds: readonly number[],
  dialect: Pick<Dialect, 'isOneOf'>,
): Storage {
  const experiments = dialect.isOneOf('t.experiment_id', experimentIds) as Fragment;
  return {
    filterBy: (comparison) => sourceOf(comparison, experiments),
    sortBy,
    narrow(comparisons, comparing) {
      const spans = comparisons.filter(({ entity }) => entity === 'span');
      if (spans.length === 0) return { comparisons, conditions: [] };
      return {
        comparisons: comparisons.filter(({ entity }) => entity !== 'span'),
        conditions: [ofOneSpan(spans, comparing)],
      };
    },
    defaultOrder: [],
    tieBreakers: [
      { entity: 'attribute', key: 'timestamp_ms', ascending: false },
      { entity: 'attribute', key: 'request_id', ascending: true },
    ],
  };
}

function sourceOf(comparison: Comparison, experiments: Fragment): Column | RowSource | Composed {
  const { entity, key, operator } = comparison;
  switch (entity) {
    case 'tag':
      return key === PROMPTS_TAG ? ofPrompt(comparison) : textByKey(TAGS, key);
    case 'request_metadata':
      return key === METADATA.sourceRun && operator === '=' ? ofRun : textByKey(META, key);
    case 'feedback':
    case 'expectation':
      return assessed(comparison, experiments);
    case 'issue':
      return ofIssue;
    default:
      return column(comparison);
  }
}

function sortBy(field: Omit<SortTerm, 'ascending'> & Field, alias: string): SortSource {
  switch (field.entity) {
    case 'tag':
      return sortByText(TAGS, field.key, alias);
    case 'request_metadata':
      return sortByText(META, field.key, alias);
    default:
      return { columns: [column(field)] };
  }
}
