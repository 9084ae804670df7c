import type { Binding, Database, Query, Reader, Transaction } from '../../platform/db/database.js';
import type { RunKey } from '../runs/runs.js';
import { latestOfEach, type MetricPoint } from './metrics.js';

const POINTS = {
  table: 'metrics',
  columns: {
    run: 'bigint',
    key: 'text',
    timestamp: 'bigint',
    step: 'bigint',
    value: 'double precision',
    is_nan: 'smallint',
  },
  conflict: 'on conflict do nothing',
} as const;

const LATEST = {
  table: 'latest_metrics',
  columns: {
    run: 'bigint',
    key: 'text',
    value: 'double precision',
    is_nan: 'smallint',
    step: 'bigint',
    timestamp: 'bigint',
    experiment_id: 'bigint',
  },
  conflict:
    'on conflict (run, key) do update set value = excluded.value, is_nan = excluded.is_nan, ' +
    'step = excluded.step, timestamp = excluded.timestamp ' +
    'where (excluded.step, excluded.timestamp, excluded.value) > ' +
    '(latest_metrics.step, latest_metrics.timestamp, latest_metrics.value)',
} as const;

/** A point as it is read back. */
export interface HistoryRow {
  readonly run_id: string;
  readonly value: number;
  readonly is_nan: number;
  readonly timestamp: number | bigint;
  readonly step: number | bigint;
}

/** SQL of the points of metrics. */
export class MetricStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Adds points to a run's history, without those it has already, and moves its latest values. */
  async append(tx: Transaction, run: RunKey, points: readonly MetricPoint[]): Promise<void> {
    if (points.length === 0) return;
    const { id, experiment_id } = run;
    await tx.insert(
      POINTS,
      points.map((p) => [id, p.key, p.timestamp, p.step, p.value, p.isNan]),
    );
    await tx.insert(
      LATEST,
      latestOfEach(points).map((p) => [
        ...[id, p.key, p.value, p.isNan, p.step, p.timestamp],
        experiment_id,
      ]),
    );
  }

  /** @returns the whole history of a metric as a JSON array, ordered by time, step, value */
  async historyJson(reader: Reader, runId: string, key: string): Promise<string> {
    const { dialect } = this.#database;
    const list = dialect.jsonObjects(
      {
        key: 'm.key',
        value: dialect.jsonDouble('m.value', 'm.is_nan'),
        timestamp: 'm.timestamp',
        step: 'm.step',
      },
      'metrics m where m.key = ? and m.run = (select r.id from runs r where r.run_id = ?)',
      'm.timestamp, m.step, m.value, m.is_nan',
    );
    const row = await reader.first<{ list: string }>({
      sql: `select ${list} as list`,
      bindings: [key, runId],
    });
    return row?.list ?? '[]';
  }

  /** @returns up to `limit` points behind `after` (timestamp, step, value, is_nan) */
  historyPage(
    reader: Reader,
    runId: string,
    key: string,
    limit: number,
    after: readonly Binding[] | undefined,
  ): Promise<HistoryRow[]> {
    const behind = after ? 'and (m.timestamp, m.step, m.value, m.is_nan) > (?, ?, ?, ?)' : '';
    return reader.all<HistoryRow>({
      sql:
        'select r.run_id, m.value, m.is_nan, m.timestamp, m.step from metrics m ' +
        `join runs r on r.id = m.run where r.run_id = ? and m.key = ? ${behind} ` +
        'order by m.timestamp, m.step, m.value, m.is_nan limit ?',
      bindings: [runId, key, ...(after ?? []), limit],
    });
  }

  /** @returns points of many runs, ordered by run id, time, step and value, cut at `limit` */
  historyOfMany(
    reader: Reader,
    runIds: readonly string[],
    key: string,
    limit: number,
  ): Promise<HistoryRow[]> {
    const { sql, bindings } = this.#database.dialect.isOneOfText('r.run_id', runIds);
    return reader.all<HistoryRow>({
      sql:
        'select r.run_id, m.value, m.is_nan, m.timestamp, m.step from runs r ' +
        `join metrics m on m.run = r.id and m.key = ? where ${sql} ` +
        'order by r.run_id, m.timestamp, m.step, m.value, m.is_nan limit ?',
      bindings: [key, ...bindings, limit],
    });
  }

  /**
   * Samples the history of each run: its rows, ordered by step, fall into `buckets` parts of equal
   * size of which the first row each is kept, and the last row of all is always kept.
   */
  sampled(
    reader: Reader,
    runIds: readonly string[],
    key: string,
    buckets: number,
    steps: readonly [start: number | bigint, end: number | bigint] | undefined,
  ): Promise<(HistoryRow & { readonly is_last: number })[]> {
    const { sql, bindings } = this.#database.dialect.isOneOfText('r.run_id', runIds);
    const order = 'order by m.step, m.timestamp, m.value, m.is_nan';
    const within = steps ? 'and m.step between ? and ?' : '';
    const query: Query = {
      sql: `
        select run_id, value, is_nan, timestamp, step,
          case when place = total then 1 else 0 end as is_last
        from (
          select run_id, value, is_nan, timestamp, step, place, total,
            row_number() over (partition by run_id, bucket order by place) as place_in_bucket
          from (
            select r.run_id, m.value, m.is_nan, m.timestamp, m.step,
              row_number() over (partition by r.run_id ${order}) as place,
              count(*) over (partition by r.run_id) as total,
              ntile(cast(? as integer)) over (partition by r.run_id ${order}) as bucket
            from runs r join metrics m on m.run = r.id and m.key = ?
            where ${sql} ${within}
          ) as placed
        ) as sampled
        where place_in_bucket = 1 or place = total
        order by run_id, place`,
      bindings: [buckets, key, ...bindings, ...(steps ?? [])],
    };
    return reader.all(query);
  }
}
