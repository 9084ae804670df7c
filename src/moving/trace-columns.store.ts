import type { Family, Row, Source, Value } from './family.js';

/** What newer schemas keep in columns of a trace or span, and where older ones kept it. */
export interface Columns {
  readonly source: Source;
  /** Rows of the older place that the columns have taken over. */
  readonly unless: string;
}

/** @returns the family with what the columns hold, if the schema has them */
export function withMore(family: Family, hasColumns: boolean, columns: Columns): Family {
  if (!hasColumns) return family;
  const { source } = family;
  const where = [source.where, columns.unless].filter((part) => part !== undefined);
  return {
    ...family,
    source: { ...source, where: where.map((part) => `(${part})`).join(' and ') },
    more: [columns.source],
  };
}

const NAME = 'mlflow.traceName';
const SESSION = 'mlflow.trace.session';
const USAGE = 'mlflow.trace.tokenUsage';
const COST = 'mlflow.trace.cost';
const TOKENS = [
  'input_tokens',
  'output_tokens',
  'total_tokens',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
  'cache_creation_input_tokens_above_1hr',
];
const COSTS = ['input_cost', 'output_cost', 'total_cost'];

const same = (names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, name]));
const ofTrace = (column: string): string =>
  `(select i.${column} from trace_info i where i.request_id = s.request_id)`;
const listed = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ');
/** True where the column of this name is null, for the rows of the older place. */
const isEmpty = (names: readonly string[], column: (name: string) => string): string =>
  `case s.key ${names.map((name) => `when '${name}' then ${column(name)} is null`).join(' ')} else true end`;
/** True where none of the columns is set. */
const areEmpty = (names: readonly string[]): string =>
  names.map((name) => `${ofTrace(name)} is null`).join(' and ');

const pair = (row: Row, key: string, value: Value): Row => ({
  trace_id: row.trace_id ?? null,
  key,
  value,
});

export const NAMES: Columns = {
  source: {
    table: 'trace_info',
    key: ['request_id'],
    where: 's.trace_name is not null',
    columns: { trace_id: 'request_id', key: `'${NAME}'`, value: 'trace_name' },
  },
  unless: `s.key <> '${NAME}' or ${ofTrace('trace_name')} is null`,
};

/** The text that MLflow prints of the numbers, for clients. */
function printed(row: Row, names: readonly string[], isFloat: boolean): string | null {
  const members = names.flatMap((name) => {
    const value = row[name] ?? null;
    if (value === null) return [];
    const text = isFloat && Number.isInteger(value) ? `${value}.0` : String(value);
    return [`"${name}": ${text}`];
  });
  return members.length === 0 ? null : `{${members.join(', ')}}`;
}

export const COUNTED_COLUMNS: Columns = {
  source: {
    table: 'trace_info',
    key: ['request_id'],
    columns: {
      trace_id: 'request_id',
      session_id: 'session_id',
      ...same([...TOKENS, ...COSTS]),
    },
    explode: (row) =>
      [
        pair(row, SESSION, row.session_id ?? null),
        pair(row, USAGE, printed(row, TOKENS, false)),
        pair(row, COST, printed(row, COSTS, true)),
      ].filter(({ value }) => value !== null),
  },
  unless:
    `(s.key <> '${SESSION}' or ${ofTrace('session_id')} is null) and ` +
    `(s.key <> '${USAGE}' or (${areEmpty(TOKENS)})) and ` +
    `(s.key <> '${COST}' or (${areEmpty(COSTS)}))`,
};

export const TRACE_NUMBERS: Columns = {
  source: {
    table: 'trace_info',
    key: ['request_id'],
    columns: { trace_id: 'request_id', ...same([...TOKENS, ...COSTS]) },
    explode: (row) =>
      [...TOKENS, ...COSTS]
        .map((name) => pair(row, name, row[name] ?? null))
        .filter(({ value }) => value !== null),
  },
  unless:
    `s.key not in (${listed([...TOKENS, ...COSTS])}) or ` +
    `${isEmpty([...TOKENS, ...COSTS], ofTrace)}`,
};

const ofSpan = (column: string): string =>
  `(select i.${column} from spans i where i.trace_id = s.trace_id and i.span_id = s.span_id)`;

export const SPAN_COSTS: Columns = {
  source: {
    table: 'spans',
    key: ['trace_id', 'span_id'],
    columns: { trace_id: 'trace_id', span_id: 'span_id', ...same(COSTS) },
    explode: (row) =>
      COSTS.map((name) => pair(row, name, row[name] ?? null))
        .filter(({ value }) => value !== null)
        .map((number) => ({ ...number, span_id: row.span_id ?? null })),
  },
  unless: isEmpty(COSTS, ofSpan),
};
