import type { Database, Reader } from '../../platform/db/database.js';
import { named } from '../../platform/db/workspace.js';
import { DELETED } from '../../registry/versions/versions.js';
import type { RunInput } from '../gates/lineage.js';
import type { Measurement } from '../gates/metric-gates.js';
import { isPerSample, type MetricHistory } from '../gates/percentiles.js';

type Texts = Readonly<Record<string, string>>;

/** A version as the registry has it. */
export interface VersionRow {
  readonly model: number;
  readonly stage: string;
  readonly source: string;
  readonly location: string;
  readonly runId: string;
  readonly description: string;
  readonly createdAt: number;
  readonly tags: Texts;
  /** Why its registration has failed, where it has. */
  readonly failure?: string | null;
}

/** The run that a version comes from. */
export interface RunRow {
  readonly id: number;
  readonly experimentId: number;
  readonly name: string;
  readonly artifactUri: string;
  /** The principal, where the server knew one. */
  readonly createdBy: string | undefined;
  /** As the client says. */
  readonly userId: string;
  readonly tags: Texts;
  readonly params: Texts;
}

/** The logged model of MLflow 3 that a version was made from. */
export interface LoggedModelRow {
  readonly id: number;
  readonly modelId: string;
  readonly name: string;
  readonly tags: Texts;
  readonly params: Texts;
}

/** Bounds of what one version may bring with it. */
const MOST_METRICS = 5_000;
const MOST_INPUTS = 1_000;
const MOST_HISTORIES = 8;
const MOST_POINTS = 20_000;

/** SQL of where versions come from: it reads what the registry and tracking have stored. */
export class OriginStore {
  readonly #version: string;
  readonly #run: string;
  readonly #model: string;
  readonly #inputs: string;

  constructor(database: Pick<Database, 'dialect' | 'workspace'>) {
    const { jsonMap } = database.dialect;
    const map = (from: string, alias: string) =>
      `coalesce(${jsonMap('t.key', 't.value', `${from} t where ${alias}`)}, '{}')`;
    this.#version =
      'select m.id as model, v.current_stage as stage, v.source, v.run_id as "runId", ' +
      "coalesce(nullif(v.storage_location, ''), v.source) as location, " +
      'coalesce(v.description, \'\') as description, v.creation_timestamp as "createdAt", ' +
      "case when v.status = 'FAILED_REGISTRATION' then v.status_message end as failure, " +
      `${map('model_version_tags', 't.model = v.model and t.version = v.version')} as tags ` +
      'from registered_models m join model_versions v on v.model = m.id ' +
      `where ${named(database, 'm')} = ? and v.version = ? and v.current_stage <> ?`;
    this.#run =
      'select r.id, r.experiment_id as "experimentId", r.name, r.artifact_uri as "artifactUri", ' +
      'r.created_by as "createdBy", r.user_id as "userId", ' +
      `${map('run_tags', 't.run = r.id')} as tags, ${map('run_params', 't.run = r.id')} as params ` +
      'from runs r where r.run_id = ?';
    this.#model =
      'select l.id, l.model_id as "modelId", l.name, ' +
      `${map('logged_model_tags', 't.model = l.id')} as tags, ` +
      `${map('logged_model_params', 't.model = l.id')} as params ` +
      'from logged_models l where l.model_id = ?';
    this.#inputs =
      'select d.name, d.digest, d.source, ' +
      `${map('run_dataset_tags', 't.run = i.run and t.dataset = i.dataset')} as tags ` +
      'from run_datasets i join datasets d on d.id = i.dataset where i.run = ? ' +
      `order by d.name, d.digest limit ${MOST_INPUTS}`;
  }

  async version(reader: Reader, name: string, version: number): Promise<VersionRow | undefined> {
    const row = await reader.first<Omit<VersionRow, 'tags'> & { readonly tags: string }>({
      sql: this.#version,
      bindings: [name, version, DELETED],
    });
    return row && { ...row, tags: texts(row.tags) };
  }

  async run(reader: Reader, runId: string): Promise<RunRow | undefined> {
    const row = await reader.first<
      Omit<RunRow, 'tags' | 'params' | 'createdBy'> & {
        readonly tags: string;
        readonly params: string;
        readonly createdBy: string | null;
      }
    >({ sql: this.#run, bindings: [runId] });
    if (row === undefined) return undefined;
    return {
      ...row,
      createdBy: row.createdBy ?? undefined,
      tags: texts(row.tags),
      params: texts(row.params),
    };
  }

  /** @param version whose source or location names the logged model */
  async loggedModel(
    reader: Reader,
    { source, location }: Pick<VersionRow, 'source' | 'location'>,
  ): Promise<LoggedModelRow | undefined> {
    const id =
      /^models:\/+(m-[\da-f]{32})(?:$|\/)/.exec(source)?.[1] ??
      /\/models\/(m-[\da-f]{32})\/artifacts(?:$|\/)/.exec(location)?.[1];
    if (id === undefined) return undefined;
    const row = await reader.first<
      Omit<LoggedModelRow, 'tags' | 'params'> & { readonly tags: string; readonly params: string }
    >({ sql: this.#model, bindings: [id] });
    return row && { ...row, tags: texts(row.tags), params: texts(row.params) };
  }

  async inputs(reader: Reader, run: number): Promise<RunInput[]> {
    const rows = await reader.all<Omit<RunInput, 'tags'> & { readonly tags: string }>({
      sql: this.#inputs,
      bindings: [run],
    });
    return rows.map((row) => ({ ...row, tags: texts(row.tags) }));
  }

  /** @returns the last value of each metric of a run and of a logged model, by data set */
  async metrics(
    reader: Reader,
    run: number | undefined,
    model: number | undefined,
  ): Promise<Measurement[]> {
    const ofRun = run === undefined ? [] : await metricsOfRun(reader, run);
    const ofModel = model === undefined ? [] : await metricsOfModel(reader, model);
    const linked = ofModel.map(({ name, value, datasetDigest }) => ({
      ...{ name, value },
      ...(datasetDigest === null ? {} : { datasetDigest }),
    }));
    const known = new Set(linked.map(({ name, value }) => `${name} ${value}`));
    // MLflow 3 logs one value to both: the one that names its data set says more.
    return [...linked, ...ofRun.filter(({ name, value }) => !known.has(`${name} ${value}`))];
  }

  /** @returns metrics of a run that have a point for each sample */
  async histories(scan: Reader, run: number): Promise<MetricHistory[]> {
    const keys = await scan.all<{ key: string }>({
      sql: 'select key from latest_metrics where run = ? order by key limit ?',
      bindings: [run, MOST_METRICS],
    });
    const names = keys.map(({ key }) => key).filter(isPerSample);
    const histories: MetricHistory[] = [];
    for (const name of names.slice(0, MOST_HISTORIES)) {
      const points = await scan.all<{ value: number }>({
        sql: 'select value from metrics where run = ? and key = ? and is_nan = 0 limit ?',
        bindings: [run, name, MOST_POINTS + 1],
      });
      // Half of a history is another distribution.
      if (points.length > MOST_POINTS) continue;
      histories.push({ name, values: points.map(({ value }) => value) });
    }
    return histories;
  }

  /** @returns the aliases that name a version */
  async aliases(reader: Reader, model: number, version: number): Promise<string[]> {
    const rows = await reader.all<{ alias: string }>({
      sql: 'select alias from registered_model_aliases where model = ? and version = ? order by alias',
      bindings: [model, version],
    });
    return rows.map(({ alias }) => alias);
  }
}

const texts = (json: string): Texts => JSON.parse(json) as Texts;

function metricsOfRun(reader: Reader, run: number): Promise<Measurement[]> {
  return reader.all<Measurement>({
    sql:
      'select key as name, value from latest_metrics where run = ? and is_nan = 0 ' +
      'order by key limit ?',
    bindings: [run, MOST_METRICS],
  });
}

function metricsOfModel(reader: Reader, model: number) {
  return reader.all<Measurement & { readonly datasetDigest: string | null }>({
    sql:
      'select name, value, dataset_digest as "datasetDigest" from (' +
      'select key as name, value, dataset_digest, row_number() over (' +
      'partition by key, dataset_digest order by timestamp desc, step desc) as place ' +
      'from logged_model_metrics where model = ?) latest where place = 1 order by name limit ?',
    bindings: [model, MOST_METRICS],
  });
}
