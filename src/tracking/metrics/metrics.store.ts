import type { Binding, Database, Reader, Transaction } from '../../platform/db/database.js';
import type { RunKey } from '../runs/runs.js';
import { byKey, type MetricPoint } from './metrics.js';

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

const IS_LATER =
  '(excluded.step, excluded.timestamp, excluded.value) > ' +
  '(latest_metrics.step, latest_metrics.timestamp, latest_metrics.value)';
/** Points that come in front of marks move what is behind them. */
const ARE_MARKS_MOVED =
  'latest_metrics.marks > 0 and (excluded.marked_timestamp, excluded.marked_step) <= ' +
  '(latest_metrics.marked_timestamp, latest_metrics.marked_step)';
const later = (column: string) =>
  `${column} = case when ${IS_LATER} then excluded.${column} else latest_metrics.${column} end`;

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
    // Of what is inserted these say where the new points begin; they mean nothing without marks.
    marked_timestamp: 'bigint',
    marked_step: 'bigint',
  },
  conflict:
    `on conflict (run, key) do update set ${['value', 'is_nan', 'step', 'timestamp'].map(later).join(', ')}, ` +
    `marks = case when ${ARE_MARKS_MOVED} then -latest_metrics.marks else latest_metrics.marks end ` +
    `where ${IS_LATER} or (${ARE_MARKS_MOVED})`,
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
    await tx.put(
      POINTS,
      points.map((p) => [id, p.key, p.timestamp, p.step, p.value, p.isNan]),
    );
    await tx.put(
      LATEST,
      byKey(points).map(({ latest: p, first }) => [
        ...[id, p.key, p.value, p.isNan, p.step, p.timestamp, experiment_id],
        ...[first.timestamp, first.step],
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
}
