import type { Database, Reader, Transaction } from '../../platform/db/database.js';
import { fullName, isNamedHere, shortName } from '../../platform/db/workspace.js';

export type ChangeKind =
  | 'stage'
  | 'alias'
  | 'alias_deleted'
  | 'version_created'
  | 'version_deleted'
  | 'semver'
  | 'card'
  | 'quarantined'
  | 'model_renamed'
  | 'model_deleted';

/** Something that may change what the selectors of a model yield. */
export interface SelectorChange {
  readonly kind: ChangeKind;
  readonly version?: number | undefined;
  /** The stage, the alias, the semantic version or the new name. */
  readonly target?: string | undefined;
}

export interface StoredChange extends SelectorChange {
  /** In the order of the commits, for all models together, without a gap. */
  readonly seq: number;
  readonly model: string;
  readonly generation: number;
  readonly time: number;
}

interface Row {
  readonly seq: number;
  readonly model: string;
  readonly generation: number;
  readonly kind: ChangeKind;
  readonly version: number | null;
  readonly target: string | null;
  readonly time: number;
}

const COLUMNS = 'seq, model_name as model, generation, kind, version, target, changed_time as time';

/** SQL of the changes that servers of models watch for. */
export class ChangeStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Stores what has changed, in the transaction that changes it. From then on to its end the
   * numbering is held: it comes before the audit log's lock, and what takes its time before both.
   */
  async record(
    tx: Transaction,
    model: string,
    changes: readonly SelectorChange[],
    time: number,
  ): Promise<void> {
    if (changes.length === 0) return;
    const key = fullName(this.#database, model);
    await tx.send({
      sql: 'update selector_head set seq = seq + ? where id = 1',
      joins: 'around',
      bindings: [changes.length],
    });
    await tx.send({
      sql:
        'insert into selector_generations (model_name, generation) values (?, 1) ' +
        'on conflict (model_name) do update set ' +
        'generation = selector_generations.generation + 1',
      joins: 'around',
      bindings: [key],
    });
    // The database knows the numbers, and nobody here has to wait for them.
    for (const [index, { kind, version, target }] of changes.entries()) {
      await tx.send({
        sql:
          'insert into selector_changes (seq, model_name, generation, kind, version, target, ' +
          'changed_time) select h.seq - ?, g.model_name, g.generation, ?, ?, ?, ? ' +
          'from selector_head h, selector_generations g where h.id = 1 and g.model_name = ?',
        joins: 'behind',
        bindings: [changes.length - 1 - index, kind, version ?? null, target ?? null, time, key],
      });
    }
  }

  /** @returns the number of the last change; 0 before the first */
  async head(reader: Reader): Promise<number> {
    const sql = 'select seq from selector_head where id = 1';
    return (await reader.first<{ seq: number }>({ sql, bindings: [] }))?.seq ?? 0;
  }

  /** @returns the number of the oldest change that is kept; undefined where there is none */
  async oldest(reader: Reader): Promise<number | undefined> {
    const sql = 'select seq from selector_changes order by seq limit 1';
    return (await reader.first<{ seq: number }>({ sql, bindings: [] }))?.seq;
  }

  async generation(reader: Reader, model: string): Promise<number> {
    const sql = 'select generation from selector_generations where model_name = ?';
    const bindings = [fullName(this.#database, model)];
    return (await reader.first<{ generation: number }>({ sql, bindings }))?.generation ?? 0;
  }

  /** @returns the changes behind one, of all models or of some, in their order */
  async after(
    reader: Reader,
    seq: number,
    limit: number,
    models?: readonly string[],
  ): Promise<StoredChange[]> {
    const among =
      models === undefined
        ? { sql: isNamedHere(this.#database, 'model_name'), bindings: [] }
        : this.#database.dialect.isOneOfText(
            'model_name',
            models.map((model) => fullName(this.#database, model)),
          );
    const rows = await reader.all<Row>({
      sql:
        `select ${COLUMNS} from selector_changes where seq > ? and ${among.sql} ` +
        'order by seq limit ?',
      bindings: [seq, ...among.bindings, limit],
    });
    return rows.map(({ version, target, model, ...row }) => ({
      ...row,
      model: shortName(model),
      ...(version === null ? {} : { version }),
      ...(target === null ? {} : { target }),
    }));
  }

  /** Forgets changes that are older than this. */
  async prune(tx: Transaction, before: number): Promise<void> {
    await tx.send({
      sql: 'delete from selector_changes where changed_time < ?',
      bindings: [before],
    });
  }
}
