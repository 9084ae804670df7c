import type { Database, Reader } from '../../platform/db/database.js';
import { named } from '../../platform/db/workspace.js';
import { DELETED } from '../../registry/versions/versions.js';
import { mergedParams } from '../gates/hyperparameters.js';
import { COMMIT_TAG } from '../gates/lineage.js';
import type { VersionDescription } from '../semver/bump.js';

/** What a version was made of, as runs and logged models say it now. */
export interface VersionIngredients {
  readonly version: number;
  readonly params: Readonly<Record<string, string>>;
  readonly datasetDigests: readonly string[];
  readonly commit: string | undefined;
  /** As they were found in the files when the version was registered. */
  readonly signature: VersionDescription['signature'];
  readonly weightsDigest: string | undefined;
}

interface Row {
  readonly version: number;
  readonly runParams: string;
  readonly modelParams: string;
  readonly datasets: string;
  readonly commit: string | null;
  readonly description: string | null;
}

/** SQL of what versions were made of. */
export class HyperparameterStore {
  readonly #named: string;
  readonly #versions: string;

  constructor(database: Pick<Database, 'dialect' | 'workspace'>) {
    const { jsonMap, jsonObjects } = database.dialect;
    this.#named = named(database, 'm');
    const ofRun = jsonMap('p.key', 'p.value', 'run_params p where p.run = r.id');
    const ofModel = jsonMap('p.key', 'p.value', 'logged_model_params p where p.model = l.id');
    const datasets = jsonObjects(
      { digest: 'd.digest' },
      'run_datasets i join datasets d on d.id = i.dataset where i.run = r.id',
      'd.digest',
    );
    this.#versions =
      `select v.version, coalesce(${ofRun}, '{}') as "runParams", ` +
      `coalesce(${ofModel}, '{}') as "modelParams", ${datasets} as datasets, ` +
      '(select t.value from run_tags t where t.run = r.id and t.key = ?) as "commit", ' +
      'e.description from registered_models m join model_versions v on v.model = m.id ' +
      'left join version_evidence e on e.model = v.model and e.version = v.version ' +
      "left join runs r on r.run_id = v.run_id and v.run_id <> '' " +
      // So that the index of logged models serves: what stands behind `models:/`.
      "left join logged_models l on l.model_id = substr(v.source, 9) and v.source like 'models:/m-%' " +
      `where ${this.#named} = ? and v.current_stage <> ? and v.version > ? ` +
      'order by v.version limit ?';
  }

  async modelKey(reader: Reader, name: string): Promise<number | undefined> {
    const sql = `select id from registered_models m where ${this.#named} = ?`;
    return (await reader.first<{ id: number }>({ sql, bindings: [name] }))?.id;
  }

  /** @returns the newest versions of a model, in their order */
  async newest(reader: Reader, name: string, limit: number): Promise<VersionIngredients[]> {
    const row = await reader.first<{ version: number | null }>({
      sql:
        'select max(v.version) as version from registered_models m ' +
        `join model_versions v on v.model = m.id where ${this.#named} = ?`,
      bindings: [name],
    });
    return this.versions(reader, name, Math.max((row?.version ?? 0) - limit, 0), limit);
  }

  /** @returns versions behind one, in their order */
  async versions(
    reader: Reader,
    name: string,
    after: number,
    limit: number,
  ): Promise<VersionIngredients[]> {
    const rows = await reader.all<Row>({
      sql: this.#versions,
      bindings: [COMMIT_TAG, name, DELETED, after, limit],
    });
    return rows.map((row) => {
      const made =
        row.description === null ? undefined : (JSON.parse(row.description) as VersionDescription);
      const digests = JSON.parse(row.datasets) as { readonly digest: string }[];
      return {
        version: row.version,
        params: mergedParams(JSON.parse(row.runParams), JSON.parse(row.modelParams)),
        datasetDigests: digests.map(({ digest }) => digest),
        commit: row.commit ?? undefined,
        signature: made?.signature,
        weightsDigest: made?.weightsDigest,
      };
    });
  }
}
