import type { Database, Reader, Transaction } from '../../platform/db/database.js';
import { isHere, named } from '../../platform/db/workspace.js';
import { type Page, type SearchRequest, searchPage } from '../search.js';
import { IS_PROMPT_TAG, saysPrompt, type Tag } from '../tags.js';
import { latestVersionsJson } from '../versions/versions.store.js';
import type { RegisteredModel } from './models.js';
import { MODEL_SEARCH } from './models.search.js';

/** A model as it is selected: lists are JSON text. */
type ModelRow = Omit<RegisteredModel, 'latest_versions' | 'tags' | 'aliases'> & {
  readonly latest_versions: string;
  readonly tags: string;
  readonly aliases: string;
};

const TAGS = {
  table: 'registered_model_tags',
  columns: { model: 'bigint', key: 'text', value: 'text' },
  conflict: 'on conflict (model, key) do update set value = excluded.value',
} as const;

/** SQL of the registered models and their tags; everywhere `m` is the model's row. */
export class ModelStore {
  readonly #database: Database;
  readonly #columns: string;
  readonly #find: string;
  readonly #lock: string;
  /** What the name of a model is compared with. */
  readonly #named: string;

  constructor(database: Database) {
    const { dialect } = database;
    this.#database = database;
    this.#named = named(database, 'm');
    const tags = dialect.jsonObjects(
      { key: 't.key', value: 't.value' },
      'registered_model_tags t where t.model = m.id',
      't.key',
    );
    const aliases = dialect.jsonObjects(
      { alias: 'a.alias', version: 'a.version' },
      'registered_model_aliases a where a.model = m.id',
      'a.alias',
    );
    this.#columns =
      'm.name, m.creation_timestamp, m.last_updated_timestamp, m.description, ' +
      `${tags} as tags, ${aliases} as aliases, ${latestVersionsJson(dialect)} as latest_versions`;
    this.#find = `select ${this.#columns} from registered_models m where ${this.#named} = ?`;
    this.#lock = `select id from registered_models m where ${this.#named} = ?${dialect.forUpdate}`;
  }

  async find(reader: Reader, name: string): Promise<RegisteredModel | undefined> {
    const row = await reader.first<ModelRow>({ sql: this.#find, bindings: [name] });
    return row && toModel(row);
  }

  /** @returns a page of the models that match */
  async search(request: SearchRequest): Promise<Page<RegisteredModel>> {
    const all = this.#database
      .sql('registered_models')
      .select('registered_models.*')
      .whereRaw(isHere(this.#database, 'registered_models'));
    request.scope?.models(all, { id: 'registered_models.id', name: 'registered_models.name' });
    const shown = { alias: 'm', columns: this.#columns };
    const { rows, token } = await searchPage<ModelRow>(
      this.#database,
      MODEL_SEARCH,
      request,
      all,
      shown,
    );
    return { rows: rows.map(toModel), token };
  }

  /** @returns names of models, in their order */
  async names(reader: Reader, limit: number): Promise<string[]> {
    const rows = await reader.all<{ name: string }>({
      sql:
        `select m.name from registered_models m where ${isHere(this.#database, 'm')} ` +
        'order by m.name limit ?',
      bindings: [limit],
    });
    return rows.map(({ name }) => name);
  }

  async exists(reader: Reader, name: string): Promise<boolean> {
    const sql = `select id from registered_models m where ${this.#named} = ?`;
    return (await reader.first({ sql, bindings: [name] })) !== undefined;
  }

  /** @returns whether the model of this name carries the tag of prompts */
  async isPrompt(reader: Reader, name: string): Promise<boolean> {
    const row = await reader.first({
      // An index has the key in its condition: where it is bound SQLite plans anew each time.
      sql:
        'select m.id from registered_models m join registered_model_tags t on t.model = m.id ' +
        `where ${this.#named} = ? and t.key = '${IS_PROMPT_TAG}'`,
      bindings: [name],
    });
    return row !== undefined;
  }

  /** @returns whether a model's tags say that it is a prompt, whoever holds its name */
  async saysPrompt(reader: Reader, model: number): Promise<boolean> {
    const tags = await reader.all<Tag>({
      sql: `select key, value from registered_model_tags where model = ? and key = '${IS_PROMPT_TAG}'`,
      bindings: [model],
    });
    return saysPrompt(tags);
  }

  async tag(reader: Reader, model: number, key: string): Promise<Tag | undefined> {
    return reader.first<Tag>({
      sql: 'select key, value from registered_model_tags where model = ? and key = ?',
      bindings: [model, key],
    });
  }

  /**
   * Holds a model until the transaction ends, so that all its changes come one after the other.
   *
   * @returns the key of its row, or undefined when there is no such model
   */
  async lock(tx: Transaction, name: string): Promise<number | undefined> {
    return (await tx.first<{ id: number }>({ sql: this.#lock, bindings: [name] }))?.id;
  }

  /** @returns the key of the new row, or undefined when the name is taken */
  async insert(
    tx: Transaction,
    name: string,
    description: string,
    now: number,
  ): Promise<number | undefined> {
    const row = await tx.first<{ id: number }>({
      sql:
        'insert into registered_models (workspace, name, creation_timestamp, ' +
        'last_updated_timestamp, description) values (?, ?, ?, ?, ?) ' +
        'on conflict (workspace, name) do nothing returning id',
      bindings: [this.#database.workspace, name, now, now, description],
    });
    return row?.id;
  }

  async describe(tx: Transaction, model: number, description: string, now: number): Promise<void> {
    await tx.send({
      sql: 'update registered_models set description = ?, last_updated_timestamp = ? where id = ?',
      bindings: [description, now, model],
    });
  }

  /** Renames a model; its versions count as changed too. */
  async rename(tx: Transaction, model: number, name: string, now: number): Promise<void> {
    await tx.run({
      sql: 'update registered_models set name = ?, last_updated_timestamp = ? where id = ?',
      bindings: [name, now, model],
    });
    await tx.run({
      sql: 'update model_versions set last_updated_timestamp = ? where model = ?',
      bindings: [now, model],
    });
  }

  /** Marks a model as changed. */
  async touch(tx: Transaction, model: number, now: number): Promise<void> {
    await tx.send({
      sql: 'update registered_models set last_updated_timestamp = ? where id = ?',
      joins: 'around',
      bindings: [now, model],
    });
  }

  /** Deletes a model with its versions, tags and aliases. */
  async delete(tx: Transaction, model: number): Promise<void> {
    await tx.send({ sql: 'delete from registered_models where id = ?', bindings: [model] });
  }

  async setTags(tx: Transaction, model: number, tags: readonly Tag[]): Promise<void> {
    await tx.put(
      TAGS,
      tags.map(({ key, value }) => [model, key, value]),
    );
  }

  async deleteTag(tx: Transaction, model: number, key: string): Promise<void> {
    await tx.send({
      sql: 'delete from registered_model_tags where model = ? and key = ?',
      bindings: [model, key],
    });
  }
}

/** Names each member: a row of a search has columns beyond those of a model. */
const toModel = (row: ModelRow): RegisteredModel => ({
  name: row.name,
  creation_timestamp: row.creation_timestamp,
  last_updated_timestamp: row.last_updated_timestamp,
  description: row.description,
  tags: JSON.parse(row.tags) as Tag[],
  aliases: JSON.parse(row.aliases) as RegisteredModel['aliases'],
  latest_versions: JSON.parse(row.latest_versions) as RegisteredModel['latest_versions'],
});
