import type { BulkRow, Database, Reader, Repeated, Scanner } from '../../platform/db/database.js';
import type { Int64 } from '../runs/runs.js';
import { COLUMNS, type HistoryRow } from './metrics.store.js';

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

/** What is known of the history of a run: its marks, which are null where none hold. */
export interface RunState extends Omit<Marked, 'marks'> {
  readonly run_id: string;
  readonly marks: number | null;
  /** Of the last mark. */
  readonly place: number | null;
  readonly timestamp: Int64 | null;
  readonly step: Int64 | null;
  readonly value: number | null;
  readonly is_nan: number | null;
  readonly is_long: number;
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

export const HISTORY = 'metrics m where m.run = ? and m.key = ?';
/** Points behind this step go back. SQLite takes twice as long to find the step right before. */
export const HIGHEST =
  'max(step) over (order by timestamp, step, value, is_nan rows unbounded preceding)';
const FROM_MARK = `${HISTORY} and (${COLUMNS}) >= (?, ?, ?, ?)`;

/** Of a point at a place among `total`: whether it is the first of one of so many `buckets`. */
const IS_FIRST =
  'case when place < total % buckets * (total / buckets + 1) then place % (total / buckets + 1) ' +
  'else (place - total % buckets) % (total / buckets) end = 0';

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
   * size of which the first row each is kept, and the last row of all is always kept. It reads and
   * sorts every point.
   */
  sampled(
    reader: Reader,
    runIds: readonly string[],
    key: string,
    buckets: number,
    steps: Steps | undefined,
  ): Promise<SampledRow[]> {
    const { sql, bindings } = this.#database.dialect.isOneOfText('r.run_id', runIds);
    const within = steps ? 'and m.step between ? and ?' : '';
    const among = [key, ...(steps ?? [])];
    return reader.all({
      sql: `
        with asked as materialized (
          select r.id, r.run_id, cast(? as bigint) as buckets,
            (select count(*) from metrics m where m.run = r.id and m.key = ? ${within}) as total
          from runs r where ${sql}
        )
        select run_id, value, is_nan, timestamp, step, total,
          case when place = total - 1 then 1 else 0 end as is_last
        from (
          select a.run_id, m.value, m.is_nan, m.timestamp, m.step, a.total, a.buckets,
            row_number() over (
              partition by a.id order by m.step, m.timestamp, m.value, m.is_nan
            ) - 1 as place
          from asked a join metrics m on m.run = a.id and m.key = ? ${within}
        ) as placed
        where place = total - 1 or ${IS_FIRST}
        order by run_id, place`,
      bindings: [buckets, ...among, ...bindings, ...among],
    });
  }

  /** @returns what is known of each of the runs that has the metric */
  states(
    reader: Reader,
    runIds: readonly string[],
    key: string,
    long: number,
  ): Promise<RunState[]> {
    const { sql, bindings } = this.#database.dialect.isOneOfText('r.run_id', runIds);
    return reader.all({
      sql:
        'select r.run_id, l.run, l.key, k.marks, k.place, k.timestamp, k.step, k.value, k.is_nan, ' +
        'case when k.place is not null then 1 else coalesce((select 1 from metrics m ' +
        `where m.run = l.run and m.key = l.key order by ${COLUMNS} limit 1 offset ?), 0) end as is_long ` +
        'from runs r join latest_metrics l on l.run = r.id and l.key = ? left join metric_marks k ' +
        'on l.marks > 0 and k.marks = l.marks and k.place = ' +
        '(select max(o.place) from metric_marks o where o.marks = l.marks) ' +
        `where ${sql}`,
      bindings: [long - 1, key, ...bindings],
      inOrder: true,
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
        'select count(*) as points, coalesce(sum(case when step < highest then 1 else 0 end), 0) ' +
        `as back from (select step, ${HIGHEST} as highest ` +
        `from (select ${COLUMNS} from ${FROM_MARK} order by ${COLUMNS} limit ?) as t) as s`,
      bindings: [...from(history, mark), most],
      inOrder: true,
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
      inOrder: true,
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
      inOrder: true,
    });
  }
}
