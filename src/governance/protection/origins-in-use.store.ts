import { joinLocation } from '../../artifacts/uri.js';
import type { Database, Reader, Statement, Transaction } from '../../platform/db/database.js';
import type { Origin } from '../../platform/keeper.js';
import { DELETED } from '../../registry/versions/versions.js';
import type { Reference } from '../evaluate/facts.js';

/** A version that was made of something, by the keys of its row. */
interface Made {
  readonly model: number;
  readonly version: number;
}

/** What one question may bring; a refusal names a few. */
const MOST = 1_000;

const MADE = `select v.model, v.version from model_versions v where v.current_stage <> '${DELETED}'`;
/** Each has an index of its own: the names that fit into one, and the few that are too long. */
const LENGTHS = ['length(v.storage_location) <= 600', 'length(v.storage_location) > 600'];
/** The place itself, and what lies in it. */
const IN_PLACE = '(v.storage_location = ? or (v.storage_location >= ? and v.storage_location < ?))';

/** @returns SQL of the versions, other than deleted ones, that lie in a place, whatever its length */
const liesIn = (columns: string, location: string): Statement => ({
  sql: LENGTHS.map(
    (length) =>
      `select ${columns} from model_versions v where v.current_stage <> '${DELETED}' ` +
      `and ${length} and ${IN_PLACE}`,
  )
    .join(' union all ')
    .concat(` limit ${MOST}`),
  // The sign behind the slash ends what begins with it.
  bindings: LENGTHS.flatMap(() => [location, `${location}/`, `${location}0`]),
});

/** SQL of which versions rest on a run, an experiment or a logged model. */
export class OriginsInUseStore {
  readonly #database: Pick<Database, 'dialect'>;

  constructor(database: Pick<Database, 'dialect'>) {
    this.#database = database;
  }

  /** @returns the versions that were made of it */
  async madeOf(reader: Reader, { kind, id }: Origin): Promise<Made[]> {
    switch (kind) {
      case 'run':
        return this.#ofRun(reader, id);
      case 'logged model':
        return this.#ofLoggedModel(reader, id);
      case 'experiment':
        return this.#ofExperiment(reader, id);
    }
  }

  /**
   * Holds the models of these versions until the transaction ends, so that none of them changes
   * its stage meanwhile.
   *
   * @returns where the versions stand now
   */
  async hold(tx: Transaction, made: readonly Made[]): Promise<Reference[]> {
    if (made.length === 0) return [];
    const { dialect } = this.#database;
    const models = [...new Set(made.map(({ model }) => model))].sort((a, b) => a - b);
    const held = dialect.isOneOf('id', models);
    await tx.all({
      sql: `select id from registered_models where ${held.sql} order by id${dialect.forUpdate}`,
      bindings: held.bindings,
    });
    const wanted = new Set(made.map(({ model, version }) => `${model}/${version}`));
    const { sql, bindings } = dialect.isOneOf('m.id', models);
    const rows = await tx.all<Made & { name: string; stage: string; aliases: string }>({
      sql:
        'select v.model, m.name, v.version, v.current_stage as stage, ' +
        `${dialect.jsonObjects(
          { alias: 'a.alias' },
          'registered_model_aliases a where a.model = v.model and a.version = v.version',
          'a.alias',
        )} as aliases from registered_models m join model_versions v on v.model = m.id ` +
        `where ${sql} and v.current_stage <> '${DELETED}' order by v.model, v.version`,
      bindings,
    });
    return rows
      .filter(({ model, version }) => wanted.has(`${model}/${version}`))
      .map(({ name, version, stage, aliases }) => ({
        ...{ model: name, version, stage },
        aliases: (JSON.parse(aliases) as { alias: string }[]).map(({ alias }) => alias),
      }));
  }

  async #ofRun(reader: Reader, id: string): Promise<Made[]> {
    const byId = await reader.all<Made>({
      sql: `${MADE} and v.run_id = ? limit ${MOST}`,
      bindings: [id],
    });
    const run = await reader.first<{ uri: string }>({
      sql: 'select artifact_uri as uri from runs where run_id = ?',
      bindings: [id],
    });
    return [...byId, ...(run === undefined ? [] : await this.#inside(reader, run.uri))];
  }

  async #ofLoggedModel(reader: Reader, id: string): Promise<Made[]> {
    const model = await reader.first<{ uri: string }>({
      sql: 'select artifact_uri as uri from logged_models where model_id = ?',
      bindings: [id],
    });
    return model === undefined ? [] : this.#inside(reader, model.uri);
  }

  async #ofExperiment(reader: Reader, text: string): Promise<Made[]> {
    const id = /^\d{1,15}$/.test(text) ? Number(text) : -1;
    const byRun = await reader.all<Made>({
      sql:
        `${MADE} and exists (select 1 from runs r where r.run_id = v.run_id ` +
        `and r.experiment_id = ?) limit ${MOST}`,
      bindings: [id],
    });
    const experiment = await reader.first<{ uri: string }>({
      sql: 'select artifact_location as uri from experiments where experiment_id = ?',
      bindings: [id],
    });
    if (experiment === undefined) return byRun;
    // Other experiments may lie in the same folder: the models say whose they are.
    const models = joinLocation(experiment.uri, 'models');
    const near = await reader.all<Made & { location: string }>(
      liesIn('v.model, v.version, v.storage_location as location', models),
    );
    const idOf = ({ location }: { location: string }) =>
      location.slice(models.length + 1).split('/')[0] ?? '';
    const { sql, bindings } = this.#database.dialect.isOneOfText('model_id', [
      ...new Set(near.map(idOf)),
    ]);
    const own = await reader.all<{ id: string }>({
      sql: `select model_id as id from logged_models where ${sql} and experiment_id = ?`,
      bindings: [...bindings, id],
    });
    const ids = new Set(own.map((row) => row.id));
    return [...byRun, ...near.filter((one) => ids.has(idOf(one)))];
  }

  #inside(reader: Reader, location: string): Promise<Made[]> {
    return reader.all<Made>(liesIn('v.model, v.version', location));
  }
}
