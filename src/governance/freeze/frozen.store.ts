import type { Database, Reader, Transaction } from '../../platform/db/database.js';
import type { Fragment } from '../../platform/db/dialect.js';
import { boundsBelow, selfAndAbove } from './places.js';

/** A place that must stay as it is, and the version of a model that it belongs to. */
export interface FrozenPlace {
  readonly place: string;
  readonly name: string;
  readonly version: number;
  /** Whether the version has gone to where it serves: its card was approved with it. */
  readonly isApproved: boolean;
}

/** SQL of the places that must stay as they are. */
export class FrozenStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Freezes a place; one that is frozen for this version already stays so. */
  async freeze(tx: Transaction, place: string, model: number, version: number): Promise<void> {
    await tx.run({
      sql:
        'insert into frozen_prefixes (place, model, version) values (?, ?, ?) ' +
        'on conflict (place, model, version) do nothing',
      bindings: [place, model, version],
    });
  }

  /** This version no longer holds its place; others may. */
  async release(tx: Transaction, model: number, version: number): Promise<void> {
    await tx.run({
      sql: 'delete from frozen_prefixes where model = ? and version = ?',
      bindings: [model, version],
    });
  }

  /** @returns a frozen place that this one is or lies in */
  above(reader: Reader, place: string): Promise<FrozenPlace | undefined> {
    const isOne = this.#database.dialect.isOneOfText('f.place', selfAndAbove(place));
    return first(reader, isOne);
  }

  /** @returns a frozen place that lies in this one */
  below(reader: Reader, place: string): Promise<FrozenPlace | undefined> {
    return first(reader, { sql: 'f.place >= ? and f.place < ?', bindings: boundsBelow(place) });
  }
}

async function first(reader: Reader, condition: Fragment): Promise<FrozenPlace | undefined> {
  const row = await reader.first<
    Omit<FrozenPlace, 'isApproved'> & { readonly approved: number | null }
  >({
    sql:
      'select f.place, m.name, f.version, c.version as approved from frozen_prefixes f ' +
      'join registered_models m on m.id = f.model ' +
      'left join version_serving_cards c on c.model = f.model and c.version = f.version ' +
      // Of several versions with these files, one that is approved holds the card.
      `where ${condition.sql} order by case when c.version is null then 1 else 0 end, ` +
      'f.place, f.model, f.version limit 1',
    bindings: condition.bindings,
  });
  if (row === undefined) return undefined;
  const { approved, ...place } = row;
  return { ...place, isApproved: approved !== null };
}
