import type { Binding, Database, Reader, Transaction } from '../../platform/db/database.js';
import type { Int64, RunKey } from '../runs/runs.js';
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

/** Where a point stands in its history. */
export interface PointKey {
  readonly timestamp: Int64;
  readonly step: Int64;
  readonly value: number;
  readonly is_nan: number;
}

/** The order of a history in time, which is that of its key. */
export const COLUMNS = 'm.timestamp, m.step, m.value, m.is_nan';
const BEHIND = `and (${COLUMNS}) > (?, ?, ?, ?)`;
const valuesOf = ({ timestamp, step, value, is_nan }: PointKey): readonly Binding[] => [
  ...[timestamp, step, value, is_nan],
];

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

  /**
   * @param after the last point of the part before
   * @returns points of a history, ordered by time, step and value, as JSON with commas in between,
   *   and the last of them where more may follow
   */
  async historyPart(
    reader: Reader,
    runId: string,
    key: string,
    limit: number,
    after?: PointKey,
  ): Promise<{ readonly list: string; readonly last: PointKey | undefined }> {
    const { dialect } = this.#database;
    const points = dialect.jsonRows({
      key: { json: '?' },
      value: { double: 'p.value', isNan: 'p.is_nan' },
      timestamp: { integer: 'p.timestamp' },
      step: { integer: 'p.step' },
    });
    const behind = after ? BEHIND : '';
    const history =
      `select ${COLUMNS} from metrics m where m.run = (select r.id from runs r where r.run_id = ?) ` +
      `and m.key = ? ${behind} order by ${COLUMNS}`;
    const bindings = [runId, key, ...(after ? valuesOf(after) : []), limit];
    const row = await reader.first<{ list: string | null; more: number } & PointKey>({
      sql:
        'select part.list, case when p.step is null then 0 else 1 end as more, ' +
        'p.timestamp, p.step, p.value, p.is_nan ' +
        `from (select ${points} as list from (${history} limit ?) as p) as part ` +
        `left join (${history} limit 1 offset ?) as p on 1 = 1`,
      bindings: [JSON.stringify(key), ...bindings, ...bindings.slice(0, -1), limit - 1],
      inOrder: true,
    });
    return { list: row?.list ?? '', last: row?.more === 1 ? row : undefined };
  }

  /** @returns up to `limit` points behind `after` (timestamp, step, value, is_nan) */
  historyPage(
    reader: Reader,
    runId: string,
    key: string,
    limit: number,
    after: readonly Binding[] | undefined,
  ): Promise<HistoryRow[]> {
    const behind = after ? BEHIND : '';
    return reader.all<HistoryRow>({
      sql:
        'select cast(? as text) as run_id, m.value, m.is_nan, m.timestamp, m.step from metrics m ' +
        'where m.run = (select r.id from runs r where r.run_id = ?) and m.key = ? ' +
        `${behind} order by ${COLUMNS} limit ?`,
      bindings: [runId, runId, key, ...(after ?? []), limit],
      inOrder: true,
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
        `order by r.run_id, ${COLUMNS} limit ?`,
      bindings: [key, ...bindings, limit],
    });
  }
}
