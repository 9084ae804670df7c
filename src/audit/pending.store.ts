import type { Database, Reader, Transaction } from '../platform/db/database.js';

/** An entry that has no place in the log yet. */
export interface PendingRow {
  readonly id: number;
  readonly body: string;
}

const PENDING = { table: 'audit_pending', columns: { body: 'text' } } as const;

/** SQL of entries that wait for their place in the log. */
export class PendingStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  add(tx: Transaction, body: string): Promise<void> {
    return tx.put(PENDING, [[body]]);
  }

  async isEmpty(reader: Reader): Promise<boolean> {
    const sql = 'select id from audit_pending limit 1';
    return (await reader.first({ sql, bindings: [] })) === undefined;
  }

  /** Takes the oldest away. To be called by whoever holds the end of the log. */
  async take(tx: Transaction, limit: number): Promise<PendingRow[]> {
    const rows = await tx.all<PendingRow>({
      sql: 'select id, body from audit_pending order by id limit ?',
      bindings: [limit],
    });
    if (rows.length === 0) return rows;
    const { sql, bindings } = this.#database.dialect.isOneOf(
      'id',
      rows.map(({ id }) => id),
    );
    await tx.run({ sql: `delete from audit_pending where ${sql}`, bindings });
    return rows;
  }
}
