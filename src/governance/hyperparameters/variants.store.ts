import type { Database, Reader } from '../../platform/db/database.js';
import type { Scope } from '../../platform/http/scope.js';
import { DELETED } from '../../registry/versions/versions.js';
import { mergedParams } from '../gates/hyperparameters.js';
import { COMMIT_TAG } from '../gates/lineage.js';

/** Where a page of models ends: those of MLflow 3 come first, then those of runs alone. */
export interface VariantPlace {
  readonly kind: 'logged' | 'run';
  readonly before: number;
}

/** A model that a finished run has logged and no version was made from. */
export interface UnregisteredModel {
  /** What pages are cut by. */
  readonly key: number;
  readonly runId: string;
  readonly runName: string;
  readonly experimentId: number;
  readonly createdBy: string | null;
  readonly endTime: number | null;
  readonly modelId?: string | undefined;
  readonly name: string;
  readonly location: string;
  readonly params: Readonly<Record<string, string>>;
  readonly datasetDigests: readonly string[];
  readonly commit: string | undefined;
}

interface Row {
  readonly key: number;
  readonly runId: string;
  readonly runName: string;
  readonly experimentId: number;
  readonly createdBy: string | null;
  readonly endTime: number | null;
  readonly artifactUri: string;
  readonly params: string;
  readonly datasets: string;
  readonly commit: string | null;
}

interface LoggedRow extends Row {
  readonly modelId: string;
  readonly name: string;
  readonly location: string;
  readonly modelParams: string;
}

const HISTORY = 'mlflow.log-model.history';
/** Models that one run of MLflow 2 is looked at for. */
const MOST_MODELS = 20;

/** SQL of models that nobody has registered. */
export class VariantStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** @returns logged models of MLflow 3, the newest first */
  async logged(
    reader: Reader,
    model: number,
    before: number,
    limit: number,
    scope: Scope,
  ): Promise<UnregisteredModel[]> {
    const { sql, dialect } = this.#database;
    const params = dialect.jsonMap(
      'p.key',
      'p.value',
      'logged_model_params p where p.model = l.id',
    );
    const query = this.#ofRuns(model, scope)
      .join('logged_models as l', 'l.source_run_id', 'r.run_id')
      .select(
        'l.id as key',
        'l.model_id as modelId',
        'l.name as name',
        'l.artifact_uri as location',
        sql.raw(`coalesce(${params}, '{}') as "modelParams"`),
      )
      .where('l.lifecycle_stage', 'active')
      .where('l.id', '<', before)
      .whereRaw(
        'not exists (select 1 from model_versions v where v.run_id = r.run_id ' +
          'and v.current_stage <> ? and (' +
          "v.source = 'models:/' || l.model_id or v.storage_location = l.artifact_uri " +
          "or v.source = 'runs:/' || r.run_id || '/' || l.name " +
          "or v.source = r.artifact_uri || '/' || l.name))",
        [DELETED],
      )
      .orderBy('l.id', 'desc')
      .limit(limit);
    const rows = await reader.all<LoggedRow>(query);
    return rows.map((row) => {
      const { artifactUri: _, datasets, commit, params: own, modelParams, ...rest } = row;
      return {
        ...rest,
        params: mergedParams(JSON.parse(own), JSON.parse(modelParams)),
        ...shared({ datasets, commit }),
      };
    });
  }

  /** @returns models in the history of runs, as MLflow 2 logs them, by runs, the newest first */
  async ofRuns(
    reader: Reader,
    model: number,
    before: number,
    limit: number,
    scope: Scope,
  ): Promise<{ readonly runs: number; readonly last?: number; models: UnregisteredModel[] }> {
    const query = this.#ofRuns(model, scope)
      .join('run_tags as h', 'h.run', 'r.id')
      .select('r.id as key', 'h.value as history')
      .whereRaw(`h.key = '${HISTORY}'`)
      .where('r.id', '<', before)
      .whereRaw('not exists (select 1 from logged_models l where l.source_run_id = r.run_id)')
      .orderBy('r.id', 'desc')
      .limit(limit);
    const rows = await reader.all<Row & { readonly history: string }>(query);
    const taken = await this.#sources(
      reader,
      rows.map(({ runId }) => runId),
    );
    const models = rows.flatMap(({ history, artifactUri, datasets, commit, params, ...row }) =>
      pathsIn(history)
        .filter(
          (path) =>
            !taken.has(`${artifactUri}/${path}`) && !taken.has(`runs:/${row.runId}/${path}`),
        )
        .map((path) => ({
          ...row,
          ...{ name: path, location: `${artifactUri}/${path}` },
          params: JSON.parse(params) as Record<string, string>,
          ...shared({ datasets, commit }),
        })),
    );
    const last = rows.at(-1)?.key;
    return { runs: rows.length, ...(last === undefined ? {} : { last }), models };
  }

  /** @returns those of some fingerprints that a version of the model has */
  async fingerprints(
    reader: Reader,
    model: number,
    among: readonly string[],
  ): Promise<ReadonlySet<string>> {
    if (among.length === 0) return new Set();
    const one = this.#database.dialect.isOneOfText('fingerprint', among);
    const rows = await reader.all<{ fingerprint: string }>({
      sql: `select distinct fingerprint from version_evidence where model = ? and ${one.sql}`,
      bindings: [model, ...one.bindings],
    });
    return new Set(rows.map(({ fingerprint }) => fingerprint));
  }

  /** Finished runs of the experiments that versions of the model come from. */
  #ofRuns(model: number, scope: Scope) {
    const { sql, dialect } = this.#database;
    const params = dialect.jsonMap('p.key', 'p.value', 'run_params p where p.run = r.id');
    const datasets = dialect.jsonObjects(
      { digest: 'd.digest' },
      'run_datasets i join datasets d on d.id = i.dataset where i.run = r.id',
      'd.digest',
    );
    const query = sql('runs as r')
      .select(
        'r.run_id as runId',
        'r.name as runName',
        'r.experiment_id as experimentId',
        'r.created_by as createdBy',
        'r.end_time as endTime',
        'r.artifact_uri as artifactUri',
        sql.raw(`coalesce(${params}, '{}') as params`),
        sql.raw(`${datasets} as datasets`),
        sql.raw('(select t.value from run_tags t where t.run = r.id and t.key = ?) as "commit"', [
          COMMIT_TAG,
        ]),
      )
      .where({ 'r.status': 'FINISHED', 'r.lifecycle_stage': 'active' })
      .whereRaw(
        'r.experiment_id in (select x.experiment_id from model_versions v ' +
          'join runs x on x.run_id = v.run_id where v.model = ? and v.current_stage <> ?)',
        [model, DELETED],
      );
    scope.experiments(query, 'r.experiment_id');
    return query;
  }

  /** @returns what versions were made of, of some runs */
  async #sources(reader: Reader, runs: readonly string[]): Promise<ReadonlySet<string>> {
    if (runs.length === 0) return new Set();
    const one = this.#database.dialect.isOneOfText('run_id', runs);
    const rows = await reader.all<{ source: string; location: string }>({
      sql:
        'select source, storage_location as location from model_versions ' +
        `where current_stage <> ? and ${one.sql}`,
      bindings: [DELETED, ...one.bindings],
    });
    return new Set(rows.flatMap(({ source, location }) => [source, location]));
  }
}

const shared = ({ datasets, commit }: Pick<Row, 'datasets' | 'commit'>) => ({
  datasetDigests: (JSON.parse(datasets) as { digest: string }[]).map(({ digest }) => digest),
  commit: commit ?? undefined,
});

/** @returns the folders of models in a run's history; clients write it, so it may be anything */
function pathsIn(history: string): string[] {
  try {
    const list: unknown = JSON.parse(history);
    if (!Array.isArray(list)) return [];
    const paths = list.flatMap((one: { artifact_path?: unknown } | null) =>
      typeof one?.artifact_path === 'string' ? [one.artifact_path] : [],
    );
    return [...new Set(paths)].slice(0, MOST_MODELS);
  } catch {
    return [];
  }
}
