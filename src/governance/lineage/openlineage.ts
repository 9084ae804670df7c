import { createHash } from 'node:crypto';
import type { JsonObject, JsonValue } from '../../platform/json-value.js';
import { isObject } from '../documents/unfit.js';
import type { LineageDataset, LineageRun } from './lineage.store.js';
import { gitOf, type Surroundings, trainerOf } from './lineage-graph.js';

const SPEC = 'https://openlineage.io/spec';
const EVENT = `${SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent`;
const NAMESPACE = 'runledger';

/** How the states of a run are called there; a run that goes on has only begun. */
const ENDS: Readonly<Record<string, string>> = {
  FINISHED: 'COMPLETE',
  FAILED: 'FAIL',
  KILLED: 'ABORT',
};

/**
 * @param producer the server's own address on the web of programs
 * @returns events of OpenLineage: of the training run, and of the registration of the version
 */
export function runEvents(around: Surroundings, producer: string): readonly JsonObject[] {
  const facet = (name: string, version: string, members: JsonObject): JsonObject => ({
    _producer: producer,
    _schemaURL: `${SPEC}/facets/${version}/${name}.json#/$defs/${name}`,
    ...members,
  });
  const event = (eventType: string, at: number, members: JsonObject): JsonObject => ({
    ...{ eventType, eventTime: new Date(at).toISOString() },
    ...{ producer, schemaURL: EVENT },
    ...members,
  });
  const { origin, model, version } = around;
  const [run, parent] = around.family;
  const made: JsonObject = {
    namespace: NAMESPACE,
    name:
      origin.loggedModel === undefined
        ? origin.row.location
        : `models/${origin.loggedModel.modelId}`,
    facets: {},
  };
  const events: JsonObject[] = [];
  if (run !== undefined) {
    const job: JsonObject = { ...jobOf(run, around), facets: jobFacets(around, facet) };
    const above: JsonObject =
      parent === undefined
        ? {}
        : {
            parent: facet('ParentRunFacet', '1-0-1', {
              run: { runId: uuidOf(parent.runId) },
              job: jobOf(parent, around),
            }),
          };
    const members: JsonObject = {
      run: { runId: uuidOf(run.runId), facets: above },
      job,
      inputs: around.datasets.map((dataset) => datasetOf(dataset, facet)),
      outputs: [made],
    };
    events.push(event('START', run.startTime, members));
    const end = ENDS[run.status];
    if (end !== undefined) events.push(event(end, run.endTime ?? run.startTime, members));
  }
  const registration: JsonObject = {
    run: { runId: uuidOf(`registration of ${model}/${version}`), facets: {} },
    job: {
      namespace: NAMESPACE,
      name: `registered_models/${model}/register`,
      facets: { jobType: jobType('REGISTRATION', facet) },
    },
    inputs: [made],
    outputs: [
      {
        namespace: NAMESPACE,
        name: `registered_models/${model}`,
        facets: {
          version: facet('DatasetVersionDatasetFacet', '1-0-1', {
            datasetVersion: String(version),
          }),
        },
      },
    ],
  };
  const { createdAt } = origin.row;
  return [
    ...events,
    event('START', createdAt, registration),
    event('COMPLETE', createdAt, registration),
  ];
}

type MakeFacet = (name: string, version: string, members: JsonObject) => JsonObject;

const jobType = (type: string, facet: MakeFacet): JsonObject =>
  facet('JobTypeJobFacet', '2-0-3', {
    ...{ processingType: 'BATCH', integration: 'MLFLOW', jobType: type },
  });

/** A job is the same from run to run: the script, where one is known. */
function jobOf(run: LineageRun, { origin }: Surroundings): { namespace: string; name: string } {
  const isOwn = run.runId === origin.row.runId;
  const script = isOwn ? origin.run?.tags['mlflow.source.name'] : undefined;
  const name = script?.split(/[\\/]/).at(-1) || run.name || run.runId;
  return { namespace: NAMESPACE, name: `experiments/${run.experimentId}/${name}` };
}

function jobFacets(around: Surroundings, facet: MakeFacet): JsonObject {
  const { commit, repository, branch, source_name: path } = gitOf(around.origin);
  const url =
    urlOf(repository) ??
    (typeof commit === 'string' ? `git:${encodeURIComponent(commit)}` : undefined);
  const { principal } = trainerOf(around);
  return {
    jobType: jobType('TRAINING', facet),
    ...(url === undefined
      ? {}
      : {
          sourceCodeLocation: facet('SourceCodeLocationJobFacet', '1-0-1', {
            ...{ type: 'git', url },
            ...(repository == null ? {} : { repoUrl: repository }),
            ...(commit == null ? {} : { version: commit }),
            ...(branch == null ? {} : { branch }),
            ...(path == null ? {} : { path }),
          }),
        }),
    ...(principal == null
      ? {}
      : {
          ownership: facet('OwnershipJobFacet', '1-0-1', {
            owners: [{ name: `user:${principal}`, type: 'TRAINER' }],
          }),
        }),
  };
}

/** @returns the address of a repository, also of one that is written as ssh writes it */
function urlOf(repository: unknown): string | undefined {
  if (typeof repository !== 'string') return undefined;
  const ssh = /^[\w.-]+@([\w.-]+):(.+)$/.exec(repository);
  const text = ssh === null ? repository : `https://${ssh[1]}/${ssh[2]}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.host === '') return undefined;
  // Addresses of repositories may hold a token.
  url.username = '';
  url.password = '';
  return url.href;
}

function datasetOf(dataset: LineageDataset, facet: MakeFacet): JsonObject {
  const { name, digest, source, schema, tags } = dataset;
  const uri = uriIn(source);
  const url = uri !== undefined && URL.canParse(uri) ? new URL(uri) : undefined;
  const context = tags['mlflow.data.context'];
  const fields = fieldsOf(schema);
  return {
    ...placeOf(url, name),
    facets: {
      version: facet('DatasetVersionDatasetFacet', '1-0-1', { datasetVersion: digest }),
      ...(url === undefined
        ? {}
        : { dataSource: facet('DatasourceDatasetFacet', '1-0-1', { name, uri: url.href }) }),
      ...(fields.length === 0
        ? {}
        : { schema: facet('SchemaDatasetFacet', '1-1-1', { fields: [...fields] }) }),
      ...(context === undefined
        ? {}
        : {
            tags: facet('TagsDatasetFacet', '1-0-0', {
              tags: [{ key: 'mlflow.data.context', value: context, source: 'MLFLOW' }],
            }),
          }),
    },
  };
}

/** @returns where the source of a data set lies, of MLflow's JSON or of plain text */
function uriIn(source: string): string | undefined {
  const parsed = parseJson(source);
  if (!isObject(parsed)) return URL.canParse(source) ? source : undefined;
  const found = [parsed.uri, parsed.url, parsed.path].find((value) => typeof value === 'string');
  return typeof found === 'string' ? found : undefined;
}

function placeOf(url: URL | undefined, name: string): { namespace: string; name: string } {
  if (url === undefined) return { namespace: NAMESPACE, name: `datasets/${name}` };
  const path = url.pathname.replace(/^\/+/, '');
  if (url.protocol === 'file:') return { namespace: 'file', name: `/${path}` };
  if (url.host === '' || path === '') return { namespace: NAMESPACE, name: `datasets/${name}` };
  return { namespace: `${url.protocol}//${url.host}`, name: path };
}

/** @returns columns of a schema as MLflow writes it */
function fieldsOf(schema: string | null): readonly JsonObject[] {
  const parsed = schema === null ? undefined : parseJson(schema);
  const columns = isObject(parsed) ? parsed.mlflow_colspec : undefined;
  return (Array.isArray(columns) ? columns.slice(0, 5_000) : []).flatMap((column) =>
    isObject(column) && typeof column.name === 'string'
      ? [{ name: column.name, ...(typeof column.type === 'string' ? { type: column.type } : {}) }]
      : [],
  );
}

function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

/** @returns a run's id as a UUID; what is none gets one that is always the same */
export function uuidOf(id: string): string {
  const hex = /^[\da-f]{32}$/.test(id)
    ? id
    : createHash('sha256').update(id).digest('hex').slice(0, 32);
  const uuid = hex === id ? hex : `${hex.slice(0, 12)}8${hex.slice(13, 16)}a${hex.slice(17)}`;
  const parts = [uuid.slice(0, 8), uuid.slice(8, 12), uuid.slice(12, 16), uuid.slice(16, 20)];
  return [...parts, uuid.slice(20)].join('-');
}
