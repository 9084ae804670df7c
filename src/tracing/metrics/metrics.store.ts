import type { Database } from '../../platform/db/database.js';
import { integerBinding } from '../../platform/filter/integers.js';
import { keysetAfter, type SortColumn } from '../../platform/filter/keyset.js';
import { decodePageToken, nextPage } from '../../platform/filter/page-token.js';
import type { Fragment } from '../../platform/filter/storage.js';
import { VIEWS } from './metrics.catalogue.js';
import type { Aggregation, MetricQuery } from './metrics.request.js';

/** One point of a chart: `d0`, `d1` ... are its dimensions, `a0`, `a1` ... its numbers. */
export type MetricRow = Readonly<Record<string, string | number | bigint | null>>;

const NS_PER_MS = 1_000_000n;

/**
 * Computes the numbers of a chart in the database: the rows of the view with their dimensions and
 * the value, ranked where a percentile is asked for, then one row for each group.
 */
export async function queryMetrics(
  { scan, dialect }: Database,
  query: MetricQuery,
): Promise<{ rows: MetricRow[]; token: string | undefined }> {
  const columns = groupColumns(query);
  const position = decodePageToken(query.pageToken, query.token, columns);
  const experiments = dialect.isOneOf('t.experiment_id', query.experimentIds);
  const groups = grouped(query, columns, experiments as Fragment);
  if (columns.length === 0) return { rows: await scan.all<MetricRow>(groups), token: undefined };
  const behind =
    position !== undefined && 'after' in position
      ? keysetAfter(columns, position.after)
      : undefined;
  const offset = position !== undefined && behind === undefined ? ` offset ${position.seen}` : '';
  const order = columns.map(({ name }) => name).join(', ');
  const rows = await scan.all<MetricRow>({
    sql:
      `select * from (${groups.sql}) p${behind ? ` where ${behind.sql}` : ''}` +
      ` order by ${order} limit ${query.maxResults + 1}${offset}`,
    bindings: [...groups.bindings, ...(behind?.bindings ?? [])],
  });
  return nextPage(rows, query.maxResults, columns, query.token, position);
}

/** Time first, then the dimensions; each group is one value of each. */
function groupColumns({ bucketSeconds, dimensions }: MetricQuery): SortColumn[] {
  const types = [
    ...(bucketSeconds === undefined ? [] : (['integer'] as const)),
    ...dimensions.map(() => 'text' as const),
  ];
  return types.map((type, index) => {
    const name = `d${index}`;
    return { name, sql: name, bindings: [], type, ascending: true, nullable: false };
  });
}

function grouped(
  query: MetricQuery,
  columns: readonly SortColumn[],
  experiments: Fragment,
): Fragment {
  const { sql, bindings } = valuesOf(query, experiments);
  const names = columns.map(({ name }) => name);
  const numbers = query.aggregations.map(
    (aggregation, index) => `${aggregate(aggregation, query)} as a${index}`,
  );
  const isRanked = query.aggregations.some(({ type }) => type === 'PERCENTILE');
  const rows = isRanked ? ranked(sql, names) : sql;
  const by = names.length === 0 ? '' : ` group by ${names.join(', ')}`;
  return { sql: `select ${[...names, ...numbers].join(', ')} from (${rows}) g${by}`, bindings };
}

/** Numbers the rows of each group by their value, from 0 to `last`. */
function ranked(rows: string, names: readonly string[]): string {
  const group = names.length === 0 ? '' : `partition by ${names.join(', ')} `;
  return (
    `select r.*, row_number() over (${group}order by v) - 1 as place,` +
    ` count(*) over (${group.trimEnd()}) - 1 as last from (${rows}) r`
  );
}

function aggregate({ type, share }: Aggregation, { metric }: MetricQuery): string {
  if (type === 'COUNT') return metric.distinct ? 'count(distinct v)' : 'count(v)';
  if (type !== 'PERCENTILE') return `${type.toLowerCase()}(v)`;
  // Between two values the percentile lies on the line from one to the other.
  const at = `(cast(${share} as double precision) * last)`;
  const below = `max(case when place = floor(${at}) then v end)`;
  const above = `max(case when place = floor(${at}) + 1 then v end)`;
  return `${below} + max(${at} - floor(${at})) * (coalesce(${above}, ${below}) - ${below})`;
}

function valuesOf(query: MetricQuery, experiments: Fragment): Fragment {
  const view = VIEWS[query.view];
  const { value, aggregations } = query.metric;
  const dimensions = query.dimensions.flatMap((name) => view.dimensions[name] ?? []);
  const groups = [
    ...(query.bucketSeconds === undefined ? [] : [bucket(view.time, query.bucketSeconds)]),
    ...dimensions.map(({ sql }) => sql),
  ];
  const isNumber = !aggregations.includes('COUNT');
  const selected = [
    ...groups.map((sql, index) => `${sql} as d${index}`),
    `${isNumber ? `cast(${value.sql} as double precision)` : value.sql} as v`,
  ];
  const joins = [value, ...dimensions].flatMap(({ join }) => join ?? []);
  const present = [value, ...dimensions].map(({ sql }) => `${sql} is not null`);
  const conditions = [experiments, ...timeRange(query), ...query.filters];
  return {
    sql:
      `select ${selected.join(', ')} from ${[view.from, ...joins].join(' ')} where ` +
      [...conditions.map(({ sql }) => sql), ...present].join(' and '),
    bindings: conditions.flatMap(({ bindings }) => bindings),
  };
}

/** The start of the bucket in ms, also of times before 1970. */
function bucket(time: 'ms' | 'ns', seconds: number): string {
  const [column, size] =
    time === 'ms'
      ? ['t.timestamp_ms', BigInt(seconds) * 1_000n]
      : ['s.start_time_ns', BigInt(seconds) * 1_000n * NS_PER_MS];
  const start = `(${column} - ((${column} % ${size}) + ${size}) % ${size})`;
  return time === 'ms' ? start : `(${start} / ${NS_PER_MS})`;
}

function timeRange({ metric, start, end }: MetricQuery): Fragment[] {
  const [column, from, to] =
    metric.bySpanTime === true
      ? // Every ns of the last ms is inside.
        ['s.start_time_ns', start && start * NS_PER_MS, end && (end + 1n) * NS_PER_MS - 1n]
      : ['t.timestamp_ms', start, end];
  return [
    ...(from === undefined ? [] : [{ sql: `${column} >= ?`, bindings: [integerBinding(from)] }]),
    ...(to === undefined ? [] : [{ sql: `${column} <= ?`, bindings: [integerBinding(to)] }]),
  ];
}
