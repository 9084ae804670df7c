import type { Database, Transaction } from '../platform/db/database.js';
import type { Value } from './family.js';

/** A move that has been begun. */
export interface Import {
  readonly id: number;
  readonly source: string;
  readonly revision: string;
  readonly started_time: number;
  readonly finished_time: number | null;
}

/** How far one kind of rows has come. */
export interface Progress {
  readonly after: readonly Value[] | undefined;
  readonly copied: number;
  readonly isDone: boolean;
}

/** SQL of what has been moved in, and how far. */
export class ImportStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  all(): Promise<Import[]> {
    return this.#database.read.all<Import>({
      sql: 'select id, source, revision, started_time, finished_time from imports order by id',
      bindings: [],
    });
  }

  async begin(source: string, revision: string, now: number): Promise<void> {
    const sql = 'insert into imports (source, revision, started_time) values (?, ?, ?)';
    await this.#database.write((tx) => tx.run({ sql, bindings: [source, revision, now] }));
  }

  async finish(tx: Transaction, id: number, now: number): Promise<void> {
    const sql = 'update imports set finished_time = ? where id = ?';
    await tx.run({ sql, bindings: [now, id] });
  }

  /** Forgets how far an import has come. */
  async restart(tx: Transaction, id: number): Promise<void> {
    await tx.run({ sql: 'delete from import_progress where import = ?', bindings: [id] });
  }

  async progress(id: number, family: string): Promise<Progress> {
    const row = await this.#database.read.first<{
      after_key: string;
      copied: number;
      is_done: number;
    }>({
      sql: 'select after_key, copied, is_done from import_progress where import = ? and family = ?',
      bindings: [id, family],
    });
    if (row === undefined) return { after: undefined, copied: 0, isDone: false };
    return {
      after: row.after_key === '' ? undefined : decodeKey(row.after_key),
      copied: row.copied,
      isDone: row.is_done === 1,
    };
  }

  /** @throws Error when another import has gone on from the same place */
  async advance(
    tx: Transaction,
    id: number,
    family: string,
    from: Progress,
    to: Progress,
  ): Promise<void> {
    const changed = await tx.run({
      sql:
        'insert into import_progress (import, family, after_key, copied, is_done) ' +
        'values (?, ?, ?, ?, ?) on conflict (import, family) do update set ' +
        'after_key = excluded.after_key, copied = excluded.copied, is_done = excluded.is_done ' +
        'where import_progress.copied = ? and import_progress.after_key = ?',
      bindings: [
        ...[id, family, encodeKey(to.after), to.copied, to.isDone ? 1 : 0],
        ...[from.copied, encodeKey(from.after)],
      ],
    });
    if (changed !== 1) throw new Error('Another import into this database is running');
  }
}

/** JSON knows neither integers beyond 2^53 nor infinities. */
function encodeKey(key: readonly Value[] | undefined): string {
  if (key === undefined) return '';
  return JSON.stringify(key, (_, value: unknown) =>
    typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value))
      ? { text: String(value) }
      : value,
  );
}

function decodeKey(text: string): Value[] {
  return (JSON.parse(text) as (Value | { text: string })[]).map((value) => {
    if (typeof value !== 'object' || value === null) return value;
    return /^-?\d+$/.test(value.text) ? BigInt(value.text) : Number(value.text);
  });
}
