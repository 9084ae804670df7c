import { rmSync } from 'node:fs';
import { SqliteConnection } from '../../platform/db/sqlite-connection.js';
import { DEFAULT_WORKSPACE } from '../../platform/db/workspace.js';
import type { Value } from '../family.js';
import { STAGED_REVISION, type StagedRows, TABLES, type TableName } from './tables.js';

type Row = Readonly<Record<string, Value>>;

/** The part of the reading that is none: it says that the reading was gone on with. */
const STOPPED = 'stopped before';
const KEPT = new Set<string>(['metrics', 'spans', 'span_metrics']);

/** A metric of a run whose points are to be read. */
export interface UnreadMetric {
  readonly key: string;
  readonly run: string;
  /** Of its last point. */
  readonly step: number;
  /** They were read before, and there are others by now. */
  readonly isStale: boolean;
}

/** How far a part of the reading has come. */
export interface Place {
  readonly after: string | undefined;
  readonly isDone: boolean;
}

/**
 * SQL of the file that keeps what a server says until all of it is there: in the tables of
 * MLflow's own database, so that it is moved in like one, and with how far the reading has come.
 */
export class StagingStore {
  readonly file: string;
  /** What is put here lies in it, and what is asked for here as well. */
  readonly workspace: string;
  readonly #connection: SqliteConnection;

  /** @param file is made, or gone on with. @param part of another one: a workspace of it */
  constructor(file: string, part?: { readonly of: StagingStore; readonly workspace: string }) {
    this.file = file;
    this.workspace = part?.workspace ?? DEFAULT_WORKSPACE;
    if (part !== undefined) {
      this.#connection = part.of.#connection;
      return;
    }
    this.#connection = new SqliteConnection({ file, durability: 'relaxed' });
    for (const [table, [key, columns]] of Object.entries(TABLES)) {
      const names = [...key, ...columns].map((name) => `"${name}"`).join(', ');
      const keys = key.map((name) => `"${name}"`).join(', ');
      this.#run(
        `create table if not exists ${table} (${names}, primary key (${keys})) without rowid`,
      );
    }
    this.#run('create table if not exists alembic_version (version_num text primary key)');
    this.#run('insert or ignore into alembic_version values (?)', [STAGED_REVISION]);
    this.#run(
      'create table if not exists reading (part text primary key, after text, is_done integer)',
    );
    // What a metric's last point was when all of its points were read.
    this.#run(
      'create table if not exists points_read (key, run_uuid, value, timestamp, step, is_nan, ' +
        'primary key (key, run_uuid)) without rowid',
    );
    this.#run('create table if not exists notes (said text primary key)');
    this.#run('create table if not exists reading_of (source text primary key, began integer)');
  }

  /** The same file, for what lies in a workspace. */
  in(workspace: string): StagingStore {
    return new StagingStore(this.file, { of: this, workspace });
  }

  /**
   * @returns when this reading began, in ms since the epoch
   * @throws Error when the file keeps what another server has said
   */
  begin(source: string, now: number): number {
    const isKnown = this.rows('select 1 from reading_of').length > 0;
    if (isKnown) this.#run('insert or replace into reading values (?, null, 1)', [STOPPED]);
    this.#run('insert into reading_of select ?, ? where not exists (select 1 from reading_of)', [
      ...[source, now],
    ]);
    const [row] = this.rows('select source, began from reading_of');
    if (row?.source === source) return Number(row.began);
    throw new Error(
      `The file '${this.file}' keeps what ${row?.source} has said; name another one with --staging`,
    );
  }

  /** Whether what is kept was said at several times, between which it may have changed. */
  get isOfSeveralTimes(): boolean {
    return this.place(STOPPED).isDone;
  }

  /** Forgets all but points and spans, of which there may be many: they are read where they changed. */
  lookAgain(): void {
    this.#inOne(() => {
      for (const table of Object.keys(TABLES)) {
        if (!KEPT.has(table)) this.#run(`delete from ${table}`);
      }
      this.#run('delete from reading');
      this.#run('delete from notes');
    });
  }

  /** Metrics whose points are not read yet, or not all of them. @param after the last one of before */
  unreadMetrics(after: readonly [string, string], limit: number): UnreadMetric[] {
    return this.rows(
      'select l.key, l.run_uuid, l.step, p.key is not null as is_stale from latest_metrics l ' +
        'left join points_read p on p.key = l.key and p.run_uuid = l.run_uuid ' +
        'where exists (select 1 from runs r join experiments e on e.experiment_id = r.experiment_id ' +
        'where r.run_uuid = l.run_uuid and e.workspace = ?) and (l.key, l.run_uuid) > (?, ?) and (p.key is null or (p.value, p.timestamp, p.step, ' +
        'p.is_nan) is not (l.value, l.timestamp, l.step, l.is_nan)) ' +
        `order by l.key, l.run_uuid limit ${limit}`,
      [this.workspace, ...after],
    ).map(({ key, run_uuid, step, is_stale }) => ({
      ...{ key: String(key), run: String(run_uuid) },
      ...{ step: Number(step), isStale: is_stale === 1 },
    }));
  }

  /** Takes out the points of metrics that have got others since. */
  dropPoints(metrics: readonly { readonly key: string; readonly run: string }[]): void {
    this.#inOne(() => {
      for (const { key, run } of metrics) {
        this.#run('delete from metrics where key = ? and run_uuid = ?', [key, run]);
        this.#run('delete from points_read where key = ? and run_uuid = ?', [key, run]);
      }
    });
  }

  /** All points of these metrics have been read. */
  pointsRead(metrics: readonly { readonly key: string; readonly run: string }[]): void {
    this.#inOne(() => {
      for (const { key, run } of metrics) {
        this.#run(
          'insert or replace into points_read select key, run_uuid, value, timestamp, step, is_nan ' +
            'from latest_metrics where key = ? and run_uuid = ?',
          [key, run],
        );
      }
    });
  }

  /** Takes out points and spans of what is not there any more. */
  dropOrphans(): void {
    this.#inOne(() => {
      for (const table of ['metrics', 'points_read']) {
        this.#run(`delete from ${table} where run_uuid not in (select run_uuid from runs)`);
      }
      for (const table of ['spans', 'span_metrics']) {
        this.#run(`delete from ${table} where trace_id not in (select request_id from trace_info)`);
      }
    });
  }

  place(part: string): Place {
    const [row] = this.rows('select after, is_done from reading where part = ?', [
      this.#named(part),
    ]);
    return {
      after: typeof row?.after === 'string' ? row.after : undefined,
      isDone: row?.is_done === 1,
    };
  }

  /** Keeps rows and how far their part has come, all of it or nothing. */
  put(found: StagedRows, part?: string, place?: Place): void {
    this.#inOne(() => {
      for (const [table, rows] of Object.entries(found)) {
        const [key, columns] = TABLES[table as TableName];
        const names = [...key, ...columns];
        const sql =
          `insert or replace into ${table} (${names.map((name) => `"${name}"`).join(', ')}) ` +
          `values (${names.map(() => '?').join(', ')})`;
        for (const row of rows as readonly Row[]) {
          this.#connection.run({
            sql,
            bindings: names.map((name) => row[name] ?? this.#missing(name)),
          });
        }
      }
      if (part !== undefined && place !== undefined) {
        this.#run('insert or replace into reading values (?, ?, ?)', [
          ...[this.#named(part), place.after ?? null, place.isDone ? 1 : 0],
        ]);
      }
    });
  }

  /** Keeps something for the report. */
  note(said: string): void {
    this.#run('insert or ignore into notes values (?)', [said]);
  }

  notes(): string[] {
    return this.rows('select said from notes').map(({ said }) => String(said));
  }

  rows(sql: string, bindings: readonly Value[] = []): Row[] {
    return this.#connection.all<Row>({ sql, bindings });
  }

  /** The ids of experiments in their order. @param stage those of it alone */
  experiments(stage?: 'active'): string[] {
    const rows = this.rows(
      'select experiment_id from experiments where lifecycle_stage = coalesce(?, lifecycle_stage) ' +
        'and workspace = ? order by experiment_id',
      [stage ?? null, this.workspace],
    );
    return rows.map(({ experiment_id }) => String(experiment_id));
  }

  /** Ids of runs in their order. @param after the last one of before */
  runs(after: string, limit: number): string[] {
    return this.rows(
      'select run_uuid from runs where run_uuid > ? and experiment_id in ' +
        `(select experiment_id from experiments where workspace = ?) order by run_uuid limit ${limit}`,
      [after, this.workspace],
    ).map(({ run_uuid }) => String(run_uuid));
  }

  /** Names of workspaces beside the default one. */
  workspaces(): string[] {
    return this.rows('select name from workspaces order by name').map(({ name }) => String(name));
  }

  /** @returns when an experiment was deleted, and all of its runs with it, if it was */
  deletion(experiment: string): Value | undefined {
    const [row] = this.rows(
      'select last_update_time from experiments where experiment_id = cast(? as integer) ' +
        "and lifecycle_stage = 'deleted'",
      [experiment],
    );
    return row?.last_update_time ?? undefined;
  }

  close(): void {
    this.#connection.close();
  }

  /** Removes the file, once nothing of it is needed any more. */
  remove(): void {
    for (const end of ['', '-wal', '-shm']) rmSync(`${this.file}${end}`, { force: true });
  }

  #named(part: string): string {
    return this.workspace === DEFAULT_WORKSPACE ? part : `${this.workspace}: ${part}`;
  }

  #missing(column: string): Value {
    return column === 'workspace' ? this.workspace : null;
  }

  #inOne(work: () => void): void {
    this.#connection.exec('begin');
    try {
      work();
      this.#connection.exec('commit');
    } catch (error) {
      if (this.#connection.inTransaction) this.#connection.exec('rollback');
      throw error;
    }
  }

  #run(sql: string, bindings: readonly Value[] = []): void {
    this.#connection.run({ sql, bindings });
  }
}
