import { invalidParameter, missingParameter } from '../../errors.js';
import type { Database } from '../../platform/db/database.js';
import { toInteger } from '../../platform/filter/python-text.js';
import type { By, Input, OperationTable } from '../../platform/http/operation.js';
import { jsonText } from '../../platform/http/reply.js';
import { parseExperimentId, parseExperimentIds } from '../../tracking/experiments/experiments.js';
import type { PromptVersion } from './links.store.js';
import { noTrace, type TraceSelection } from './traces.js';
import type { AssessmentLists } from './traces.ports.js';
import { printTraceInfos } from './traces.print.js';
import type { TraceRequest, TraceService } from './traces.service.js';
import type { TraceRow, TraceStore } from './traces.store.js';
import { parseDuration, parseTimestamp } from './wire-time.js';

type Ids =
  | 'startTraceV3'
  | 'getTraceInfoV3'
  | 'batchGetTraceInfos'
  | 'setTraceTagV3'
  | 'deleteTraceTagV3'
  | 'setTraceTag'
  | 'deleteTraceTag'
  | 'deleteTraces'
  | 'deleteTracesV3'
  | 'linkTracesToRun'
  | 'linkPromptsToTrace';

export interface TraceDeps {
  readonly database: Database;
  readonly store: TraceStore;
  readonly service: TraceService;
  readonly lists: AssessmentLists;
}

/** The traces family of the API, but for spans, searches, and what only MLflow 2 calls. */
export const traceOperations = (deps: TraceDeps): OperationTable<Ids> => ({
  startTraceV3: {
    access: 'edit',
    of: 'experiment',
    id: (input) => experimentOf(input) ?? '',
    handler: async (input) => {
      const row = await deps.service.start(toRequest(input));
      return jsonText(`{"trace":{"trace_info":${await printOne(deps, row)}}}`);
    },
  },
  getTraceInfoV3: {
    access: 'read',
    of: 'trace',
    id: ({ trace_id }) => trace_id,
    handler: async ({ trace_id }) => {
      const row = await deps.store.read(deps.database.read, trace_id);
      if (row === undefined) throw noTrace(trace_id);
      return jsonText(`{"trace":{"trace_info":${await printOne(deps, row)}}}`);
    },
  },
  batchGetTraceInfos: {
    access: 'read',
    of: 'trace',
    id: ({ trace_ids }) => trace_ids,
    handler: async ({ trace_ids, experiment_ids }) => {
      const rows = await readBatch(deps, trace_ids, experiment_ids);
      const infos = await printTraceInfos(deps.database.read, rows, deps.lists);
      return jsonText(infos.length === 0 ? '{}' : `{"trace_infos":[${infos.join(',')}]}`);
    },
  },
  setTraceTagV3: {
    access: 'edit',
    of: 'trace',
    id: ({ trace_id }) => trace_id ?? '',
    handler: async ({ trace_id = '', key, value = '' }) => {
      await deps.service.setTag(trace_id, key, value);
      return {};
    },
  },
  deleteTraceTagV3: {
    access: 'edit',
    of: 'trace',
    id: ({ trace_id }) => trace_id ?? '',
    handler: async ({ trace_id = '', key }) => {
      await deps.service.deleteTag(trace_id, key);
      return {};
    },
  },
  setTraceTag: {
    access: 'edit',
    of: 'trace',
    id: ({ request_id }) => request_id ?? '',
    handler: async ({ request_id = '', key, value = '' }) => {
      await deps.service.setTag(request_id, key, value);
      return {};
    },
  },
  deleteTraceTag: {
    access: 'edit',
    of: 'trace',
    id: ({ request_id }) => request_id ?? '',
    handler: async ({ request_id = '', key }) => {
      await deps.service.deleteTag(request_id, key);
      return {};
    },
  },
  deleteTraces: {
    access: 'manage',
    of: 'experiment',
    id: ({ experiment_id }) => experiment_id,
    handler: (input, by) => deleteSelected(deps, input, by),
  },
  deleteTracesV3: {
    access: 'manage',
    of: 'experiment',
    id: ({ experiment_id }) => experiment_id,
    handler: (input, by) => deleteSelected(deps, input, by),
  },
  linkTracesToRun: {
    access: 'edit',
    of: 'run',
    id: ({ run_id }) => run_id,
    also: ({ trace_ids = [] }) => trace_ids.map((id) => ({ access: 'read', of: 'trace', id })),
    handler: async ({ trace_ids, run_id }) => {
      if (trace_ids.length > MAX_LINKS) {
        throw invalidParameter(
          `Cannot link more than ${MAX_LINKS} traces to a run in a single request. Provided ${trace_ids.length} traces.`,
        );
      }
      for (const id of [...trace_ids, run_id]) requireShort(id);
      await deps.service.linkToRun(run_id, trace_ids);
      return {};
    },
  },
  linkPromptsToTrace: {
    access: 'edit',
    of: 'trace',
    id: ({ trace_id }) => trace_id,
    handler: async ({ trace_id, prompt_versions }) => {
      await deps.service.linkPrompts(trace_id, prompt_versions.map(toPromptVersion));
      return {};
    },
  },
});

const MAX_LINKS = 100;
const MAX_ID = 500;

/** @returns the traces of a request in its order, each once, of these experiments if there are any */
export async function readBatch(
  { database, store }: Pick<TraceDeps, 'database' | 'store'>,
  traceIds: readonly string[],
  experimentIds: readonly string[] | undefined,
): Promise<TraceRow[]> {
  const experiments = experimentIds && new Set(parseExperimentIds(experimentIds));
  const rows = await store.readByIds(database.read, traceIds);
  const byId = new Map(rows.map((row) => [row.trace_id, row]));
  return [...new Set(traceIds)]
    .flatMap((id) => byId.get(id) ?? [])
    .filter(({ experiment_id }) => experiments?.has(experiment_id) ?? true);
}

async function printOne({ database, lists }: TraceDeps, row: TraceRow): Promise<string> {
  const [text = ''] = await printTraceInfos(database.read, [row], lists);
  return text;
}

const experimentOf = ({ trace }: Input<'startTraceV3'>): string | undefined =>
  trace.trace_info?.trace_location?.mlflow_experiment?.experiment_id;

function toRequest(input: Input<'startTraceV3'>): TraceRequest {
  const { trace_info: info = {} } = input.trace;
  const experimentId = experimentOf(input);
  if (experimentId === undefined || info.trace_location?.type !== 'MLFLOW_EXPERIMENT') {
    throw missingParameter('trace_location.mlflow_experiment.experiment_id');
  }
  const { request_time: time, execution_duration: duration } = info;
  for (const id of [info.client_request_id ?? '', experimentId]) requireShort(id);
  return {
    traceId: info.trace_id ?? '',
    experimentId,
    timestamp: time === undefined ? 0 : parseTimestamp(time, 'request_time'),
    duration: duration === undefined ? undefined : parseDuration(duration, 'execution_duration'),
    state: info.state ?? 'STATE_UNSPECIFIED',
    clientRequestId: info.client_request_id,
    requestPreview: info.request_preview,
    responsePreview: info.response_preview,
    tags: new Map(Object.entries(info.tags ?? {})),
    metadata: new Map(Object.entries(info.trace_metadata ?? {})),
    assessments: info.assessments ?? [],
  };
}

async function deleteSelected(
  { service }: TraceDeps,
  input: Input<'deleteTraces'>,
  by: By,
): Promise<{ traces_deleted: number }> {
  const selection = toSelection(input);
  const deleted = await service.delete(parseExperimentId(input.experiment_id), selection, by);
  return { traces_deleted: deleted };
}

function toSelection(input: Input<'deleteTraces'>): TraceSelection {
  const { max_timestamp_millis: until, max_traces: most, request_ids: ids = [] } = input;
  if (until === undefined && ids.length === 0) {
    throw invalidParameter('Either `max_timestamp_millis` or `trace_ids` must be specified.');
  }
  if (until !== undefined && ids.length > 0) {
    throw invalidParameter('Only one of `max_timestamp_millis` and `trace_ids` can be specified.');
  }
  if (ids.length > 0 && most !== undefined) {
    throw invalidParameter("`max_traces` can't be specified if `trace_ids` is specified.");
  }
  if (most !== undefined && most <= 0) {
    throw invalidParameter(`\`max_traces\` must be a positive integer, received ${most}.`);
  }
  return until === undefined ? { ids } : { until, most };
}

function toPromptVersion(given: { name?: string; version?: string }): PromptVersion {
  const { name = '', version = '' } = given;
  const number = toInteger(version);
  if (number === undefined) {
    throw invalidParameter(
      `Invalid value ${JSON.stringify(version)} for parameter 'prompt_versions.version' supplied: a version is a whole number.`,
    );
  }
  for (const text of [name, version]) requireShort(text);
  return { name, version: String(number) };
}

function requireShort(id: string): void {
  if (id.length <= MAX_ID) return;
  throw invalidParameter(`An id or name exceeds the maximum length of ${MAX_ID} characters`);
}
