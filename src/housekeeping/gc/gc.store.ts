import type { Binding, Database, Reader, Transaction } from '../../platform/db/database.js';
import { DEFAULT_WORKSPACE } from '../../platform/db/workspace.js';
import type { Kind } from './kinds.js';

/** Something that may go. */
export interface Candidate {
  readonly key: number;
  readonly id: string;
  readonly location: string;
  readonly stage: string;
  /** When it was deleted, in ms since the epoch. */
  readonly time: number;
}

export interface DeletedExperiment {
  readonly key: number;
  readonly name: string;
  readonly location: string;
  readonly stage: string;
  readonly time: number;
}

/** Which of a kind are meant: what was deleted before a time, these, or all of an experiment. */
export type Meant =
  | { readonly deletedBefore: number }
  | { readonly ids: readonly string[] }
  | { readonly experiment: number };

/** Rows that go in one statement where there may be millions. */
const PIECE = 5_000;
/** No experiment: what is there is on its way out, and nobody finds it any more. */
const NOWHERE = -1;
/** What the id of something begins with that is on its way out. */
const GONE = '~';

const EXPERIMENT =
  'select experiment_id as key, name, artifact_location as location, ' +
  'lifecycle_stage as stage, last_update_time as time from experiments';

/** SQL of what is deleted for good. */
export class GcStore {
  readonly #database: Pick<Database, 'dialect'>;
  /** SQL of the ids of experiments that may be looked at. */
  readonly #here: { readonly sql: string; readonly bindings: Binding[] };

  /** @param workspace the only one that is looked at; all of them without it */
  constructor(database: Pick<Database, 'dialect'>, workspace?: string) {
    this.#database = database;
    this.#here =
      workspace === undefined
        ? { sql: '', bindings: [] }
        : {
            sql: ' and experiment_id in (select experiment_id from experiments where workspace = ?)',
            bindings: [workspace],
          };
  }

  /** @returns the next ones by their keys */
  page(reader: Reader, kind: Kind, meant: Meant, after: number, most: number) {
    const { sql, bindings } = this.#meant(kind, meant);
    return reader.all<Candidate>({
      sql:
        `select t.id as key, t.${kind.id} as id, coalesce(${kind.location}, '') as location, ` +
        `${kind.name === 'trace' ? "'active'" : 't.lifecycle_stage'} as stage, ` +
        `${kind.deletedTime} as time from ${kind.table} t ` +
        `where t.id > ? and t.experiment_id >= 0 and ${sql} order by t.id limit ?`,
      bindings: [after, ...bindings, most],
    });
  }

  /** Holds the rows until the transaction ends. @returns those that still are what was meant */
  async hold(tx: Transaction, kind: Kind, meant: Meant, keys: readonly number[]) {
    const { dialect } = this.#database;
    const given = dialect.isOneOf('t.id', keys);
    const { sql, bindings } = this.#meant(kind, meant);
    const deleted = 'ids' in meant ? ` and ${kind.isDeleted}` : '';
    const rows = await tx.all<{ key: number }>({
      sql:
        `select t.id as key from ${kind.table} t where ${given.sql} and t.experiment_id >= 0 ` +
        `and ${sql}${deleted} order by t.id${dialect.forUpdate}`,
      bindings: [...given.bindings, ...bindings],
    });
    return new Set(rows.map(({ key }) => key));
  }

  /** Takes things out of sight for good. What belongs to them goes afterwards, piece by piece. */
  async bury(tx: Transaction, kind: Kind, doomed: readonly Candidate[]): Promise<void> {
    const { dialect } = this.#database;
    const ids = doomed.map(({ id }) => id);
    for (const [table, column] of kind.links) {
      const links = dialect.isOneOfText(column, ids);
      await tx.run({ sql: `delete from ${table} where ${links.sql}`, bindings: links.bindings });
    }
    for (const [table, column] of kind.mentions) {
      const { sql, bindings } = dialect.isOneOfText(column, ids);
      await tx.run({ sql: `update ${table} set ${column} = null where ${sql}`, bindings });
    }
    const { sql, bindings } = dialect.isOneOf(
      'id',
      doomed.map(({ key }) => key),
    );
    // The key stays taken until nothing hangs on it: SQLite would give it to the next row.
    await tx.run({
      sql:
        `update ${kind.table} set experiment_id = ${NOWHERE}, ` +
        `${kind.id} = '${GONE}' || ${kind.id} where ${sql}`,
      bindings,
    });
  }

  /** @returns what is out of sight and not gone yet */
  async buried(reader: Reader, kind: Kind, after: number, most: number): Promise<Candidate[]> {
    const rows = await reader.all<Candidate>({
      sql:
        `select t.id as key, t.${kind.id} as id, coalesce(${kind.location}, '') as location, ` +
        `'' as stage, 0 as time from ${kind.table} t ` +
        `where t.experiment_id = ${NOWHERE} and t.id > ? order by t.id limit ?`,
      bindings: [after, most],
    });
    return rows.map((row) => ({ ...row, id: row.id.slice(GONE.length) }));
  }

  /** Deletes some of what there may be millions of. @returns whether some are left */
  async shorten(tx: Transaction, kind: Kind, key: number): Promise<boolean> {
    for (const { table, owner, key: columns } of kind.many) {
      const gone = await tx.run({
        sql:
          `delete from ${table} where (${columns}) in ` +
          `(select ${columns} from ${table} where ${owner} = ? limit ${PIECE})`,
        bindings: [key],
      });
      if (gone === PIECE) return true;
    }
    return false;
  }

  /** Deletes the rest of something, and itself. */
  async erase(tx: Transaction, kind: Kind, key: number): Promise<void> {
    if (kind.name === 'run') {
      const sql =
        'delete from metric_marks where marks in (select abs(marks) from latest_metrics where run = ?)';
      await tx.run({ sql, bindings: [key] });
    }
    for (const [table, column] of kind.children) {
      await tx.run({ sql: `delete from ${table} where ${column} = ?`, bindings: [key] });
    }
    await tx.run({ sql: `delete from ${kind.table} where id = ?`, bindings: [key] });
  }

  /** @returns deleted experiments by their ids */
  deletedExperiments(reader: Reader, before: number, after: number, most: number) {
    return reader.all<DeletedExperiment>({
      sql:
        `${EXPERIMENT} where experiment_id > ? and lifecycle_stage = 'deleted' ` +
        `and last_update_time <= ?${this.#here.sql} order by experiment_id limit ?`,
      bindings: [after, before, ...this.#here.bindings, most],
    });
  }

  experiments(reader: Reader, ids: readonly number[]): Promise<DeletedExperiment[]> {
    const { sql, bindings } = this.#database.dialect.isOneOf('experiment_id', ids);
    return reader.all({
      sql: `${EXPERIMENT} where ${sql}${this.#here.sql} order by experiment_id`,
      bindings: [...bindings, ...this.#here.bindings],
    });
  }

  /** @returns whether it is deleted still; its row is held until the transaction ends */
  async holdExperiment(tx: Transaction, id: number): Promise<boolean> {
    const sql =
      "select 1 as one from experiments where experiment_id = ? and lifecycle_stage = 'deleted'" +
      this.#database.dialect.forUpdate;
    return (await tx.first({ sql, bindings: [id] })) !== undefined;
  }

  /** @returns a run of the experiment that has been restored, if there is one */
  activeRun(reader: Reader, experiment: number): Promise<{ id: string } | undefined> {
    const sql =
      "select run_id as id from runs where experiment_id = ? and lifecycle_stage = 'active' limit 1";
    return reader.first({ sql, bindings: [experiment] });
  }

  /** Deletes an experiment in which nothing is left. @returns whether nothing was */
  async eraseExperiment(tx: Transaction, id: number): Promise<boolean> {
    for (const table of ['runs', 'logged_models', 'traces']) {
      const sql = `select 1 as one from ${table} where experiment_id = ? limit 1`;
      if ((await tx.first({ sql, bindings: [id] })) !== undefined) return false;
    }
    for (const table of ['experiment_tags', 'datasets', 'experiments']) {
      await tx.run({ sql: `delete from ${table} where experiment_id = ?`, bindings: [id] });
    }
    // SQLite may give the id to the next experiment, which must not inherit who may do what.
    await tx.run({
      sql:
        "delete from role_permissions where (resource_type = 'experiment' and resource_pattern = ?) " +
        "or (resource_type = 'scorer' and resource_pattern >= ? and resource_pattern < ?)",
      bindings: [String(id), `${id}/`, `${id}0`],
    });
    return true;
  }

  async hasWorkspace(reader: Reader, name: string): Promise<boolean> {
    if (name === DEFAULT_WORKSPACE) return true;
    const sql = 'select 1 as one from workspaces where name = ?';
    return (await reader.first({ sql, bindings: [name] })) !== undefined;
  }

  /** @returns those of these ids that something has, or had and is on its way out */
  async known(reader: Reader, kind: Kind, ids: readonly string[]): Promise<Set<string>> {
    const { sql, bindings } = this.#database.dialect.isOneOfText(
      kind.id,
      ids.flatMap((id) => [id, `${GONE}${id}`]),
    );
    const rows = await reader.all<{ id: string }>({
      sql: `select ${kind.id} as id from ${kind.table} where ${sql}`,
      bindings,
    });
    return new Set(rows.map(({ id }) => (id.startsWith(GONE) ? id.slice(GONE.length) : id)));
  }

  /** @returns whether a version of a model lies in a folder */
  async holdsVersion(reader: Reader, location: string): Promise<boolean> {
    const row = await reader.first({
      sql:
        "select 1 as one from model_versions v where v.current_stage <> 'Deleted_Internal' " +
        'and (v.storage_location = ? or substr(v.storage_location, 1, ?) = ?) limit 1',
      bindings: [location, location.length + 1, `${location}/`],
    });
    return row !== undefined;
  }

  #meant(kind: Kind, meant: Meant): { readonly sql: string; readonly bindings: Binding[] } {
    if ('experiment' in meant) return { sql: 't.experiment_id = ?', bindings: [meant.experiment] };
    const { sql, bindings } = this.#named(kind, meant);
    return { sql: `${sql}${this.#here.sql}`, bindings: [...bindings, ...this.#here.bindings] };
  }

  #named(kind: Kind, meant: Exclude<Meant, { readonly experiment: number }>) {
    if ('ids' in meant) {
      const { sql, bindings } = this.#database.dialect.isOneOfText(`t.${kind.id}`, meant.ids);
      return { sql, bindings: [...bindings] };
    }
    const sql = `${kind.isDeleted} and ${kind.deletedTime} <= ?`;
    return { sql, bindings: [meant.deletedBefore] };
  }
}
