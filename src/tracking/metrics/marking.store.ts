import type { Binding, Database, Reader, Transaction } from '../../platform/db/database.js';
import { COLUMNS } from './metrics.store.js';
import { GAP, HIGHEST, HISTORY, type Mark, type Marked, UNORDERED } from './sampling.store.js';

/** The time and step up to which a history is marked. */
export interface Until {
  readonly timestamp: number | bigint;
  readonly step: number | bigint;
}

/** What a history says of its marks. */
export interface MarkState {
  /** Names its marks; negative where they hold no more, null where there have been none. */
  readonly marks: number | null;
}

const MARKS = {
  table: 'metric_marks',
  columns: {
    marks: 'bigint',
    place: 'bigint',
    timestamp: 'bigint',
    step: 'bigint',
    value: 'double precision',
    is_nan: 'smallint',
  },
  conflict: 'on conflict do nothing',
} as const;

/** SQL that puts marks into histories. */
export class MarkingStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Holds the history for this transaction: whoever adds to it waits until this one ends. */
  hold(tx: Transaction, run: number, key: string): Promise<MarkState | undefined> {
    const { forUpdate } = this.#database.dialect;
    return tx.first<MarkState>({
      sql: `select marks from latest_metrics where run = ? and key = ?${forUpdate}`,
      bindings: [run, key],
    });
  }

  /** @returns the point that stands so many before the last one, in the order of time */
  fromEnd(
    reader: Reader,
    { run, key }: Omit<Marked, 'marks'>,
    distance: number,
  ): Promise<Until | undefined> {
    const backwards = COLUMNS.replaceAll(',', ' desc,');
    return reader.first<Until>({
      sql: `select m.timestamp, m.step from ${HISTORY} order by ${backwards} desc limit 1 offset ?`,
      bindings: [run, key, distance],
      inOrder: true,
    });
  }

  last(reader: Reader, marks: number): Promise<Mark | undefined> {
    return reader.first<Mark>({
      sql:
        'select place, timestamp, step, value, is_nan from metric_marks where marks = ? ' +
        'order by place desc limit 1',
      bindings: [marks],
    });
  }

  /** From here on a point at or before that time and step makes the marks hold no more. */
  async guard(tx: Transaction, { run, key, marks }: Marked, until: Until): Promise<void> {
    await tx.run({
      sql:
        'update latest_metrics set marks = ?, marked_timestamp = ?, marked_step = ? ' +
        'where run = ? and key = ? and (coalesce(marks, 0) <> ? or ' +
        '(marked_timestamp, marked_step) < (?, ?))',
      bindings: [
        ...[marks, until.timestamp, until.step, run, key],
        ...[marks, until.timestamp, until.step],
      ],
    });
  }

  async remove(tx: Transaction, marks: number): Promise<void> {
    await tx.run({ sql: 'delete from metric_marks where marks = ?', bindings: [marks] });
  }

  /** Leaves a sign that this history can't be marked. */
  async setUnordered(tx: Transaction, marks: number): Promise<void> {
    await this.remove(tx, marks);
    await tx.put(MARKS, [[marks, UNORDERED, 0, 0, 0, 0]]);
  }

  async insert(tx: Transaction, marks: number, list: readonly Mark[]): Promise<void> {
    await tx.put(
      MARKS,
      list.map((m) => [marks, m.place, m.timestamp, m.step, m.value, m.is_nan]),
    );
  }

  /**
   * Reads on from a mark, or from the beginning.
   *
   * @param most how many points it reads
   * @returns the marks of these points, among them each point that goes back in steps
   */
  read(
    reader: Reader,
    { run, key }: Omit<Marked, 'marks'>,
    mark: Mark | undefined,
    until: Until,
    most: number,
  ): Promise<(Mark & { readonly back: number })[]> {
    const behind: Binding[] = mark ? [mark.timestamp, mark.step, mark.value, mark.is_nan] : [];
    const order = 'order by timestamp, step, value, is_nan';
    return reader.all({
      sql: `
        select place, timestamp, step, value, is_nan, back from (
          select timestamp, step, value, is_nan, row_number() over (${order}) - 1 + ? as place,
            case when step < ${HIGHEST} then 1 else 0 end as back
          from (
            select ${COLUMNS} from ${HISTORY} ${mark ? `and (${COLUMNS}) >= (?, ?, ?, ?)` : ''}
            and (m.timestamp, m.step) <= (?, ?) order by ${COLUMNS} limit ?
          ) as points
        ) as placed
        where place % ${GAP} = 0 or back = 1 order by place limit ?`,
      bindings: [
        ...[mark?.place ?? 0, run, key, ...behind, until.timestamp, until.step],
        ...[most, most / GAP + 1],
      ],
      inOrder: true,
    });
  }
}
