import type { Reader } from '../../platform/db/database.js';
import type { Dialect } from '../../platform/db/dialect.js';

/** A run, as far as lineage shows it. */
export interface LineageRun {
  readonly id: number;
  readonly runId: string;
  readonly name: string;
  readonly experimentId: number;
  readonly status: string;
  readonly startTime: number;
  readonly endTime: number | null;
  /** The principal, where the server knew one. */
  readonly createdBy: string | null;
  /** As the client says. */
  readonly userId: string;
}

/** A data set that a run has as an input. */
export interface LineageDataset {
  readonly name: string;
  readonly digest: string;
  readonly sourceType: string;
  readonly source: string;
  readonly schema: string | null;
  readonly tags: Readonly<Record<string, string>>;
}

/** A logged model that a run has read or written. */
export interface LineageModel {
  readonly modelId: string;
  readonly name: string;
  readonly modelType: string;
}

/** Runs above a run; more than this is no family. */
const MOST_PARENTS = 10;
const MOST_MODELS = 100;
/** A schema of more characters is not shown; its data set is. */
const LONGEST_SCHEMA = 100_000;
const MOST_ALIASES = 200;

const RUN =
  'r.id, r.run_id as "runId", r.name, r.experiment_id as "experimentId", r.status, ' +
  'r.start_time as "startTime", r.end_time as "endTime", r.created_by as "createdBy", ' +
  'r.user_id as "userId"';

/** SQL of what stands around a version. */
export class LineageStore {
  readonly #datasets: string;

  constructor({ jsonMap }: Pick<Dialect, 'jsonMap'>) {
    const tags = jsonMap(
      't.key',
      't.value',
      'run_dataset_tags t where t.run = i.run and t.dataset = i.dataset',
    );
    this.#datasets =
      'select d.name, d.digest, d.source_type as "sourceType", d.source, ' +
      `case when length(d.schema) > ${LONGEST_SCHEMA} then null else d.schema end as schema, ` +
      `coalesce(${tags}, '{}') as tags from run_datasets i join datasets d on d.id = i.dataset ` +
      'where i.run = ? and (d.name, d.digest) > (?, ?) order by d.name, d.digest limit ?';
  }

  /** @returns a run and those above it, the run first and then each one's parent */
  async family(reader: Reader, runId: string): Promise<LineageRun[]> {
    const rows = await reader.all<LineageRun & { readonly depth: number }>({
      sql:
        'with recursive chain(run_id, depth) as (' +
        'select run_id, 0 from runs where run_id = ? union all ' +
        'select t.value, c.depth + 1 from chain c join runs r on r.run_id = c.run_id ' +
        "join run_tags t on t.run = r.id and t.key = 'mlflow.parentRunId' " +
        `where c.depth < ${MOST_PARENTS}) ` +
        `select ${RUN}, c.depth as depth from chain c join runs r on r.run_id = c.run_id ` +
        'order by c.depth',
      bindings: [runId],
    });
    // A run that names itself or its child as its parent comes round again.
    const seen = new Set<string>();
    return rows.filter((row) => !seen.has(row.runId) && seen.add(row.runId));
  }

  /** @returns data sets behind one, in the order of their names and digests */
  async datasets(
    reader: Reader,
    run: number,
    after: readonly [string, string],
    limit: number,
  ): Promise<LineageDataset[]> {
    const rows = await reader.all<Omit<LineageDataset, 'tags'> & { readonly tags: string }>({
      sql: this.#datasets,
      bindings: [run, ...after, limit],
    });
    return rows.map((row) => ({ ...row, tags: JSON.parse(row.tags) as LineageDataset['tags'] }));
  }

  /** @returns logged models that a run was given, such as the one that it went on to train */
  inputModels(reader: Reader, run: number): Promise<LineageModel[]> {
    return reader.all<LineageModel>({
      sql:
        'select l.model_id as "modelId", l.name, l.model_type as "modelType" ' +
        'from run_input_models i join logged_models l on l.model_id = i.model_id ' +
        `where i.run = ? order by l.model_id limit ${MOST_MODELS}`,
      bindings: [run],
    });
  }

  async aliases(reader: Reader, model: number, version: number): Promise<string[]> {
    const rows = await reader.all<{ alias: string }>({
      sql:
        'select alias from registered_model_aliases where model = ? and version = ? ' +
        `order by alias limit ${MOST_ALIASES}`,
      bindings: [model, version],
    });
    return rows.map(({ alias }) => alias);
  }
}
