import { badRequest, invalidParameter, MlflowError, notFound } from '../../errors.js';
import type { OperationTable } from '../../platform/http/operation.js';
import { jsonText, Reply, sendText } from '../../platform/http/reply.js';
import { mapInTurns } from '../../platform/turns.js';
import { folderOf, noTrace } from '../traces/traces.js';
import { readBatch, type TraceDeps } from '../traces/traces.operations.js';
import { printTraceInfos } from '../traces/traces.print.js';
import type { TraceRow } from '../traces/traces.store.js';
import type { Experiments } from './spans.service.js';
import { spanToJson } from './spans.wire.js';
import { liesInDatabase, type TraceData, type TraceDataReader } from './trace-data.js';

type Ids = 'getTrace' | 'batchGetTraces' | 'getTraceArtifact';

/** The files that clients store with a trace. */
export interface TraceFiles {
  /**
   * @returns nothing when there is no such file
   * @throws MlflowError 400 for a path that leads elsewhere
   */
  send(folder: string, path: string): Promise<Reply<never> | undefined>;
}

export interface TraceDataDeps extends Pick<TraceDeps, 'database' | 'store' | 'lists'> {
  readonly data: TraceDataReader;
  readonly files: TraceFiles;
  readonly experiments: Experiments;
}

/** Traces with their spans. */
export const traceDataOperations = (deps: TraceDataDeps): OperationTable<Ids> => ({
  getTrace: {
    access: 'read',
    of: 'trace',
    id: ({ trace_id }) => trace_id,
    handler: async ({ trace_id, allow_partial = false }) => {
      const data = await deps.data.read(trace_id, allow_partial);
      const [trace = ''] = await printTraces(deps, [data]);
      return jsonText(`{"trace":${trace}}`);
    },
  },
  batchGetTraces: {
    access: 'read',
    of: 'trace',
    id: ({ trace_ids }) => trace_ids,
    handler: async ({ trace_ids, experiment_ids }) => {
      const rows = await readBatch(deps, trace_ids, experiment_ids);
      const traces = await printTraces(deps, await deps.data.readMany(rows));
      return jsonText(traces.length === 0 ? '{}' : `{"traces":[${traces.join(',')}]}`);
    },
  },
  getTraceArtifact: {
    access: 'read',
    of: 'trace',
    id: ({ request_id }) => request_id ?? [],
    handler: async ({ request_id, path }) => {
      if (!request_id) {
        throw badRequest('Request must include the "request_id" query parameter.');
      }
      if (path) checkAttachment(path);
      if (path) {
        const trace = await deps.store.read(deps.database.read, request_id);
        if (trace === undefined) throw noTrace(request_id);
        const file = `attachments/${path}`;
        return sendFile(deps, trace, file, notFound(`No such artifact: '${file}'`));
      }
      const trace = await deps.data.find(request_id);
      if (!liesInDatabase(trace)) return sendFile(deps, trace, DATA_FILE, noDataFile());
      const { spans } = await deps.data.read(request_id, true);
      return spansFile(`{"spans":[${spans.join(',')}]}`);
    },
  },
});

/** The file in which clients keep the spans of a trace. */
const DATA_FILE = 'traces.json';

async function printTraces(deps: TraceDataDeps, all: readonly TraceData[]): Promise<string[]> {
  const rows = all.map(({ trace }) => trace);
  const infos = await printTraceInfos(deps.database.read, rows, deps.lists);
  const printed: string[] = [];
  for (const [index, { spans }] of all.entries()) {
    const texts = await mapInTurns(spans, spanToJson);
    const list = texts.length === 0 ? '' : `,"spans":[${texts.join(',')}]`;
    printed.push(`{"trace_info":${infos[index]}${list}}`);
  }
  return printed;
}

/** The place is worked out anew: the tag that tells clients of it could be set to another one. */
async function sendFile(
  { database, experiments, files }: TraceDataDeps,
  trace: TraceRow,
  path: string,
  missing: MlflowError,
): Promise<Reply<never>> {
  const experiment = await experiments.find(database.read, String(trace.experiment_id));
  const folder = folderOf(experiment.artifactLocation, trace.trace_id);
  const found = await files.send(folder, path);
  if (found !== undefined) return found;
  throw missing;
}

const noDataFile = () => new MlflowError('NOT_FOUND', `Trace data not found for path=${DATA_FILE}`);

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

function checkAttachment(path: string): void {
  if (path.split(/[/\\]/).includes('..')) throw invalidParameter('Invalid path');
  if (UUID.test(path)) return;
  throw new MlflowError(
    'INVALID_PARAMETER_VALUE',
    `Invalid attachment path: '${path}'. Attachment path must be a valid UUID.`,
    { errorClass: ['KAM04', 'ATTRIBUTE_NOT_FOUND'] },
  );
}

const spansFile = (text: string): Reply<never> =>
  new Reply((_, response) =>
    sendText(response, 200, 'text/plain', text, {
      'Content-Disposition': `attachment; filename=${DATA_FILE}`,
      'X-Content-Type-Options': 'nosniff',
      'Content-Security-Policy': 'sandbox',
    }),
  );
