import type { Transaction } from '../../platform/db/database.js';

/** SQL of the aliases. */
export class AliasStore {
  /** @returns the version that an alias names */
  async find(tx: Transaction, model: number, alias: string): Promise<number | undefined> {
    const row = await tx.first<{ version: number }>({
      sql: 'select version from registered_model_aliases where model = ? and alias = ?',
      bindings: [model, alias],
    });
    return row?.version;
  }

  /** Points an alias at a version, away from the one it named before. */
  async set(tx: Transaction, model: number, alias: string, version: number): Promise<void> {
    await tx.send({
      sql:
        'insert into registered_model_aliases (model, alias, version) values (?, ?, ?) ' +
        'on conflict (model, alias) do update set version = excluded.version',
      bindings: [model, alias, version],
    });
  }

  async delete(tx: Transaction, model: number, alias: string): Promise<void> {
    await tx.send({
      sql: 'delete from registered_model_aliases where model = ? and alias = ?',
      bindings: [model, alias],
    });
  }

  async deleteAllOf(tx: Transaction, model: number, version: number): Promise<void> {
    await tx.send({
      sql: 'delete from registered_model_aliases where model = ? and version = ?',
      bindings: [model, version],
    });
  }
}
