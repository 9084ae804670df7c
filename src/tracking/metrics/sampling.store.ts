import type { BulkRow, Database, Reader, Repeated, Scanner } from '../../platform/db/database.js';
import type { HistoryRow } from './metrics.store.js';

type Int64 = number | bigint;

export type Steps = readonly [start: Int64, end: Int64];

/** A point that histories are cut at, and how many points come before it. */
export interface Mark {
  readonly place: number;
  readonly timestamp: Int64;
  readonly step: Int64;
  readonly value: number;
  readonly is_nan: number;
}

/** A history with marks. */
export interface Marked {
  readonly run: number;
  readonly key: string;
  /** What names its marks. */
  readonly marks: number;
}

/** A point of a sample, as it is read back. */
export type SampledRow = HistoryRow & {
  readonly is_last: number;
  /** How many points the history has within the steps that were asked for. */
  readonly total: number;
};

/** Every so many points of a history stands a mark. */
export const GAP = 64;
/** Stands in place of marks where time and steps run in different orders. */
export const UNORDERED = -1;

/** The order of a history in time, which is that of its key. */
export const COLUMNS = 'm.timestamp, m.step, m.value, m.is_nan';
export const HISTORY = 'metrics m where m.run = ? and m.key = ?';
const FROM_MARK = `${HISTORY} and (${COLUMNS}) >= (?, ?, ?, ?)`;

const NTH: Repeated = {
  sql: `select ${COLUMNS} from ${FROM_MARK} order by ${COLUMNS} limit 1 offset ?`,
  types: ['bigint', 'text', 'bigint', 'bigint', 'double precision', 'smallint', 'bigint'],
};

const from = ({ run, key }: Omit<Marked, 'marks'>, mark: Mark) =>
  [run, key, mark.timestamp, mark.step, mark.value, mark.is_nan] as const;

/** SQL of samples of histories, and of the marks by which long ones are read. */
export class SamplingStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Samples the history of each run: its rows, ordered by step, fall into `buckets` parts of equal
   * size of which the first row each is kept, and the last row of all is always kept. It reads
   * every point.
   */
  sampled(
    reader: Reader,
    runIds: readonly string[],
    key: string,
    buckets: number,
    steps: Steps | undefined,
  ): Promise<SampledRow[]> {
    const { sql, bindings } = this.#database.dialect.isOneOfText('r.run_id', runIds);
    const order = 'order by m.step, m.timestamp, m.value, m.is_nan';
    const within = steps ? 'and m.step between ? and ?' : '';
    return reader.all({
      sql: `
        select run_id, value, is_nan, timestamp, step, total,
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
    });
  }

  /** @returns those of the runs whose history has marks that hold, each with its last one */
  marked(
    reader: Reader,
    runIds: readonly string[],
    key: string,
  ): Promise<(Marked & Mark & { readonly run_id: string })[]> {
    const { sql, bindings } = this.#database.dialect.isOneOfText('r.run_id', runIds);
    return reader.all({
      sql:
        'select r.run_id, l.run, l.key, l.marks, k.place, k.timestamp, k.step, k.value, k.is_nan ' +
        'from runs r join latest_metrics l on l.run = r.id and l.key = ? join metric_marks k ' +
        'on k.marks = l.marks and k.place = ' +
        '(select max(o.place) from metric_marks o where o.marks = l.marks) ' +
        `where ${sql} and l.marks > 0`,
      bindings: [key, ...bindings],
    });
  }

  async areValid(reader: Reader, { run, key, marks }: Marked): Promise<boolean> {
    const sql = 'select marks from latest_metrics where run = ? and key = ?';
    return (await reader.first<{ marks: number }>({ sql, bindings: [run, key] }))?.marks === marks;
  }

  /** @returns how many points there are from a mark on, and how many of them go back in steps */
  async tail(
    reader: Reader,
    history: Marked,
    mark: Mark,
    most: number,
  ): Promise<{ readonly points: number; readonly back: number }> {
    const row = await reader.first<{ points: number; back: number }>({
      sql:
        'select count(*) as points, coalesce(sum(case when step < previous then 1 else 0 end), 0) ' +
        `as back from (select step, lag(step) over (order by timestamp, step, value, is_nan) as previous ` +
        `from (select ${COLUMNS} from ${FROM_MARK} order by ${COLUMNS} limit ?) as t) as s`,
      bindings: [...from(history, mark), most],
    });
    return { points: Number(row?.points), back: Number(row?.back) };
  }

  /** @returns the last mark with a lesser step, or also an equal one */
  markBelow(
    reader: Reader,
    { marks }: Marked,
    step: Int64,
    orEqual: boolean,
  ): Promise<Mark | undefined> {
    return reader.first<Mark>({
      sql:
        'select place, timestamp, step, value, is_nan from metric_marks where marks = ? and ' +
        `step ${orEqual ? '<=' : '<'} ? order by place desc limit 1`,
      bindings: [marks, step],
    });
  }

  /** @returns how many of the points from a mark on have a lesser step, or also an equal one */
  async countBelow(
    reader: Reader,
    history: Marked,
    mark: Mark,
    most: number,
    step: Int64,
    orEqual: boolean,
  ): Promise<number> {
    const row = await reader.first<{ points: number }>({
      sql:
        `select count(*) as points from (select m.step from ${FROM_MARK} order by ${COLUMNS} ` +
        `limit ?) as t where step ${orEqual ? '<=' : '<'} ?`,
      bindings: [...from(history, mark), most, step],
    });
    return Number(row?.points);
  }

  /** @returns the marks at these places */
  marksAt(reader: Reader, { marks }: Marked, places: readonly number[]): Promise<Mark[]> {
    const { sql, bindings } = this.#database.dialect.isOneOf('place', places);
    return reader.all<Mark>({
      sql:
        'select place, timestamp, step, value, is_nan from metric_marks ' +
        `where marks = ? and ${sql} order by place`,
      bindings: [marks, ...bindings],
    });
  }

  /** @returns the points that stand so many points behind marks, in their order */
  behind(
    scanner: Scanner,
    history: Marked,
    places: readonly { readonly mark: Mark; readonly distance: number }[],
  ): Promise<Omit<HistoryRow, 'run_id'>[]> {
    return scanner.each(
      NTH,
      places.map(({ mark, distance }): BulkRow => [...from(history, mark), distance]),
    );
  }

  /** @returns the points at these places among those from the last mark on */
  inTail(
    reader: Reader,
    history: Marked,
    mark: Mark,
    distances: readonly number[],
    most: number,
  ): Promise<Omit<HistoryRow, 'run_id'>[]> {
    const { sql, bindings } = this.#database.dialect.isOneOf('distance', distances);
    return reader.all({
      sql:
        'select timestamp, step, value, is_nan from (select timestamp, step, value, is_nan, ' +
        'row_number() over (order by timestamp, step, value, is_nan) - 1 as distance ' +
        `from (select ${COLUMNS} from ${FROM_MARK} order by ${COLUMNS} limit ?) as t) as s ` +
        `where ${sql} order by distance`,
      bindings: [...from(history, mark), most, ...bindings],
    });
  }
}
