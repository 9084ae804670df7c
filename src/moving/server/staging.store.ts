import { rmSync } from 'node:fs';
import { SqliteConnection } from '../../platform/db/sqlite-connection.js';
import type { Value } from '../family.js';
import { STAGED_REVISION, type StagedRows, TABLES, type TableName } from './tables.js';

type Row = Readonly<Record<string, Value>>;

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
  readonly #connection: SqliteConnection;

  /** @param file is made, or gone on with */
  constructor(file: string) {
    this.file = file;
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
    this.#run('create table if not exists notes (said text primary key)');
    this.#run('create table if not exists reading_of (source text primary key, began integer)');
  }

  /**
   * @returns when this reading began, in ms since the epoch
   * @throws Error when the file keeps what another server has said
   */
  begin(source: string, now: number): number {
    this.#run('insert into reading_of select ?, ? where not exists (select 1 from reading_of)', [
      ...[source, now],
    ]);
    const [row] = this.rows('select source, began from reading_of');
    if (row?.source === source) return Number(row.began);
    throw new Error(
      `The file '${this.file}' keeps what ${row?.source} has said; name another one with --staging`,
    );
  }

  place(part: string): Place {
    const [row] = this.rows('select after, is_done from reading where part = ?', [part]);
    return {
      after: typeof row?.after === 'string' ? row.after : undefined,
      isDone: row?.is_done === 1,
    };
  }

  /** Keeps rows and how far their part has come, all of it or nothing. */
  put(found: StagedRows, part?: string, place?: Place): void {
    this.#connection.exec('begin');
    try {
      for (const [table, rows] of Object.entries(found)) {
        const [key, columns] = TABLES[table as TableName];
        const names = [...key, ...columns];
        const sql =
          `insert or replace into ${table} (${names.map((name) => `"${name}"`).join(', ')}) ` +
          `values (${names.map(() => '?').join(', ')})`;
        for (const row of rows as readonly Row[]) {
          this.#connection.run({ sql, bindings: names.map((name) => row[name] ?? null) });
        }
      }
      if (part !== undefined && place !== undefined) {
        this.#run('insert or replace into reading values (?, ?, ?)', [
          ...[part, place.after ?? null, place.isDone ? 1 : 0],
        ]);
      }
      this.#connection.exec('commit');
    } catch (error) {
      if (this.#connection.inTransaction) this.#connection.exec('rollback');
      throw error;
    }
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
        'order by experiment_id',
      [stage ?? null],
    );
    return rows.map(({ experiment_id }) => String(experiment_id));
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

  #run(sql: string, bindings: readonly Value[] = []): void {
    this.#connection.run({ sql, bindings });
  }
}
