import type { Reader, Transaction } from '../../platform/db/database.js';

/** Tokens that make the first administrator. */
export class SetupStore {
  async add(tx: Transaction, hash: string, now: number): Promise<void> {
    await tx.run({
      sql:
        'insert into setup_tokens (token_hash, creation_timestamp) values (?, ?) ' +
        'on conflict (token_hash) do nothing',
      bindings: [hash, now],
    });
  }

  async hasAdmin(reader: Reader): Promise<boolean> {
    const row = await reader.first({
      sql: 'select 1 as found from users where is_admin = 1 limit 1',
      bindings: [],
    });
    return row !== undefined;
  }

  async isGood(reader: Reader, hash: string, since: number): Promise<boolean> {
    const row = await reader.first({
      sql: 'select 1 as found from setup_tokens where token_hash = ? and creation_timestamp >= ?',
      bindings: [hash, since],
    });
    return row !== undefined;
  }

  /**
   * Takes all tokens away, and with them their rows' locks: of two set-ups at once the second one
   * waits here and then finds none.
   *
   * @returns their hashes, without those made before a time
   */
  async takeAll(tx: Transaction, since: number): Promise<string[]> {
    const rows = await tx.all<{ token_hash: string; creation_timestamp: number }>({
      sql: 'delete from setup_tokens returning token_hash, creation_timestamp',
      bindings: [],
    });
    return rows
      .filter(({ creation_timestamp }) => creation_timestamp >= since)
      .map(({ token_hash }) => token_hash);
  }

  async dropOld(tx: Transaction, before: number): Promise<void> {
    await tx.run({
      sql: 'delete from setup_tokens where creation_timestamp < ?',
      bindings: [before],
    });
  }
}
