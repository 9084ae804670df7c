import type { Database, Reader, Statement, Transaction } from '../../platform/db/database.js';
import type { Dialect } from '../../platform/db/dialect.js';
import { isHere, named } from '../../platform/db/workspace.js';
import { type Page, type SearchRequest, searchPage } from '../search.js';
import type { Tag } from '../tags.js';
import { toVersion, toVersionAlone, type VersionRow } from './version-rows.js';
import { DELETED, type ModelVersion, type NewVersion, type Stage } from './versions.js';
import { VERSION_SEARCH } from './versions.search.js';

const COLUMNS = [
  'version',
  'creation_timestamp',
  'last_updated_timestamp',
  'current_stage',
  'description',
  'source',
  'run_id',
  'run_link',
  'status',
  'status_message',
] as const;

const TAGS = {
  table: 'model_version_tags',
  columns: { model: 'bigint', version: 'bigint', key: 'text', value: 'text' },
  conflict: 'on conflict (model, version, key) do update set value = excluded.value',
} as const;

const ALIVE = `v.current_stage <> '${DELETED}'`;
const JOINED = 'registered_models m join model_versions v on v.model = m.id';

/** One row for each stage. Starting from the stages makes each maximum a single look-up. */
const LATEST =
  "(values ('None'), ('Staging'), ('Production'), ('Archived')) stages cross join model_versions v";
const IS_LATEST =
  'v.model = m.id and v.version = (select max(w.version) from model_versions w ' +
  'where w.model = m.id and w.current_stage = stages.column1)';

/** SQL of the versions and their tags; everywhere `m` is the model's row and `v` the version's. */
export class VersionStore {
  readonly #find: string;
  readonly #findByAlias: string;
  readonly #findNewest: string;
  readonly #latest: string;
  readonly #newestIn: string;
  readonly #next: string;
  readonly #database: Database;
  readonly #found: string;

  constructor(database: Database) {
    const { dialect } = database;
    this.#database = database;
    const aliases = dialect.jsonObjects(
      { alias: 'a.alias' },
      'registered_model_aliases a where a.model = m.id and a.version = v.version',
      'a.alias',
    );
    const model = named(database, 'm');
    const own = COLUMNS.map((name) => `v.${name}`).join(', ');
    const tags = tagsOfVersion(dialect);
    this.#found = `v.name, ${own}, ${tags} as tags`;
    const select = `select m.name, ${own}, ${tags} as tags, ${aliases} as aliases from`;
    this.#find = `${select} ${JOINED} where ${model} = ? and v.version = ? and ${ALIVE}`;
    this.#findByAlias =
      `${select} ${JOINED} join registered_model_aliases n on n.model = m.id and n.version = v.version ` +
      `where ${model} = ? and n.alias = ? and ${ALIVE}`;
    this.#findNewest = `${select} ${JOINED} where ${model} = ? and ${ALIVE} order by v.version desc limit 1`;
    this.#newestIn = `${select} ${JOINED} where ${model} = ? and v.current_stage = ? order by v.version desc limit 1`;
    this.#next =
      'select coalesce(max(v.version), 0) + 1 as next from model_versions v where v.model = ' +
      `(select m.id from registered_models m where ${model} = ?)`;
    this.#latest =
      `${select} registered_models m cross join ${LATEST} where ${model} = ? and ${IS_LATEST} ` +
      'order by v.version';
  }

  find(reader: Reader, name: string, version: number): Promise<ModelVersion | undefined> {
    return this.#one(reader, { sql: this.#find, bindings: [name, version] });
  }

  /**
   * @param beside columns to be read with those of the version, of a few fixed forms
   * @returns the version, and what was read beside it
   */
  async findBeside<Beside>(
    reader: Reader,
    name: string,
    version: number,
    beside: string,
  ): Promise<{ readonly version: ModelVersion; readonly beside: Beside } | undefined> {
    const sql = this.#find.replace('select', `select ${beside},`);
    const row = await reader.first<VersionRow & Beside>({ sql, bindings: [name, version] });
    return row && { version: toVersion(row), beside: row };
  }

  findByAlias(reader: Reader, name: string, alias: string): Promise<ModelVersion | undefined> {
    return this.#one(reader, { sql: this.#findByAlias, bindings: [name, alias] });
  }

  /** @returns the highest version of a model that is not deleted */
  findNewest(reader: Reader, name: string): Promise<ModelVersion | undefined> {
    return this.#one(reader, { sql: this.#findNewest, bindings: [name] });
  }

  /**
   * @param custom stages beside MLflow's four
   * @returns the highest version of each stage of a model
   */
  async latest(
    reader: Reader,
    name: string,
    custom: readonly Stage[] = [],
  ): Promise<ModelVersion[]> {
    const found = (await reader.all<VersionRow>({ sql: this.#latest, bindings: [name] })).map(
      toVersion,
    );
    for (const stage of custom) {
      const row = await this.#one(reader, { sql: this.#newestIn, bindings: [name, stage] });
      if (row !== undefined) found.push(row);
    }
    return custom.length === 0 ? found : found.sort((one, other) => one.version - other.version);
  }

  /** @returns a page of the versions that match, without their aliases */
  async search(request: SearchRequest): Promise<Page<Omit<ModelVersion, 'aliases'>>> {
    const all = this.#database
      .sql('model_versions')
      .join('registered_models', 'registered_models.id', 'model_versions.model')
      .select('registered_models.name', 'model_versions.*')
      .where('model_versions.current_stage', '<>', DELETED);
    const here = isHere(this.#database, 'registered_models');
    const { filter = '', orderBy = [] } = request;
    if (filter.trim() === '' && orderBy.length === 0) {
      // The newest of all. SQLite goes along their index only where a bound is in it.
      all.where('model_versions.last_updated_timestamp', '>=', 0);
      all.whereRaw(this.#database.dialect.likely(here));
    } else all.whereRaw(here);
    request.scope?.models(all, { id: 'registered_models.id', name: 'registered_models.name' });
    const shown = { alias: 'v', columns: this.#found };
    const { rows, token } = await searchPage<Omit<VersionRow, 'aliases'>>(
      this.#database,
      VERSION_SEARCH,
      request,
      all,
      shown,
    );
    return { rows: rows.map(toVersionAlone), token };
  }

  /** @returns where the files of a version lie */
  async location(reader: Reader, name: string, version: number): Promise<string | undefined> {
    const row = await reader.first<{ location: string }>({
      sql:
        "select coalesce(nullif(v.storage_location, ''), v.source) as location " +
        `from ${JOINED} where ${named(this.#database, 'm')} = ? and v.version = ? and ${ALIVE}`,
      bindings: [name, version],
    });
    return row?.location;
  }

  /**
   * @returns the number after the highest that was ever given to a version of the model, deleted
   *   ones included; only whoever holds the model can go by it
   */
  async nextNumber(tx: Transaction, name: string): Promise<number> {
    const row = await tx.first<{ next: number }>({ sql: this.#next, bindings: [name] });
    return row?.next ?? 1;
  }

  async insert(
    tx: Transaction,
    model: number,
    version: number,
    { source, storageLocation, runId, runLink, description }: NewVersion,
    now: number,
  ): Promise<void> {
    await tx.send({
      sql:
        'insert into model_versions (model, version, creation_timestamp, last_updated_timestamp, ' +
        'current_stage, description, source, storage_location, run_id, run_link, status) ' +
        "values (?, ?, ?, ?, 'None', ?, ?, ?, ?, ?, 'READY')",
      joins: 'around',
      bindings: [model, version, now, now, description, source, storageLocation, runId, runLink],
    });
  }

  async describe(
    tx: Transaction,
    model: number,
    version: number,
    description: string | null,
    now: number,
  ): Promise<void> {
    await tx.send({
      sql:
        'update model_versions set description = ?, last_updated_timestamp = ? ' +
        'where model = ? and version = ?',
      bindings: [description, now, model, version],
    });
  }

  async setStage(
    tx: Transaction,
    model: number,
    version: number,
    stage: Stage,
    now: number,
  ): Promise<void> {
    await tx.send({
      sql:
        'update model_versions set current_stage = ?, last_updated_timestamp = ? ' +
        'where model = ? and version = ?',
      joins: 'around',
      bindings: [stage, now, model, version],
    });
    if (stage !== 'None') await this.markRun(tx, model, version);
  }

  /** Tells the run that a version was made of that the version is in use. */
  async markRun(tx: Transaction, model: number, version: number): Promise<void> {
    await tx.send({
      sql:
        'update runs set is_promoted = 1 where is_promoted = 0 and run_id = ' +
        '(select run_id from model_versions where model = ? and version = ?)',
      joins: 'around',
      bindings: [model, version],
    });
  }

  /** Moves the other versions of a stage to `Archived`. */
  async archiveOthers(
    tx: Transaction,
    model: number,
    version: number,
    stage: Stage,
    now: number,
  ): Promise<number[]> {
    const rows = await tx.all<{ version: number }>({
      sql:
        "update model_versions set current_stage = 'Archived', last_updated_timestamp = ? " +
        'where model = ? and current_stage = ? and version <> ? returning version',
      bindings: [now, model, stage, version],
    });
    return rows.map(({ version: archived }) => archived).sort((one, other) => one - other);
  }

  /** Deletes a version for everybody; the row stays, so that its number is not given again. */
  async redact(tx: Transaction, model: number, version: number, now: number): Promise<void> {
    await tx.send({
      sql:
        "update model_versions set current_stage = ?, source = 'REDACTED-SOURCE-PATH', " +
        "run_id = 'REDACTED-RUN-ID', run_link = 'REDACTED-RUN-LINK', description = null, " +
        'status_message = null, last_updated_timestamp = ? where model = ? and version = ?',
      bindings: [DELETED, now, model, version],
    });
  }

  async setTags(
    tx: Transaction,
    model: number,
    version: number,
    tags: readonly Tag[],
  ): Promise<void> {
    await tx.put(
      TAGS,
      tags.map(({ key, value }) => [model, version, key, value]),
    );
  }

  async deleteTag(tx: Transaction, model: number, version: number, key: string): Promise<void> {
    await tx.send({
      sql: 'delete from model_version_tags where model = ? and version = ? and key = ?',
      bindings: [model, version, key],
    });
  }

  async #one(reader: Reader, statement: Statement): Promise<ModelVersion | undefined> {
    const row = await reader.first<VersionRow>(statement);
    return row && toVersion(row);
  }
}

const tagsOfVersion = (dialect: Dialect): string =>
  dialect.jsonObjects(
    { key: 't.key', value: 't.value' },
    'model_version_tags t where t.model = v.model and t.version = v.version',
    't.key',
  );

/** A sub-query for the row `m` of a model: its latest versions, without aliases, as JSON text. */
export function latestVersionsJson(dialect: Dialect): string {
  const members: Record<string, string> = { name: 'm.name' };
  for (const name of COLUMNS) members[name] = `v.${name}`;
  members.tags = dialect.jsonValue(tagsOfVersion(dialect));
  return dialect.jsonObjects(members, `${LATEST} where ${IS_LATEST}`, 'v.version');
}
