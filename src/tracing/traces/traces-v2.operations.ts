import { invalidRequest, MlflowError, missingParameter } from '../../errors.js';
import type { OperationTable } from '../../platform/http/operation.js';
import { printJson } from '../../platform/http/wire-json.js';
import { noTrace, type TraceState } from './traces.js';
import type { TraceDeps } from './traces.operations.js';
import { traceInfoV2ToWire } from './traces.wire.js';

type Ids =
  | 'startTrace'
  | 'endTrace'
  | 'getTraceInfo'
  | 'searchUnifiedTraceHandler'
  | 'getOnlineTraceDetails';

/** Traces as clients of MLflow 2 write them: a start, an end, and spans as an artifact. */
export const traceV2Operations = (
  deps: Pick<TraceDeps, 'database' | 'store' | 'service'>,
): OperationTable<Ids> => ({
  startTrace: {
    access: 'edit',
    of: 'experiment',
    id: ({ experiment_id = '' }) => experiment_id,
    handler: async ({ experiment_id, timestamp_ms = 0, request_metadata = [], tags = [] }) => {
      if (!experiment_id) throw missingParameter('experiment_id');
      const row = await deps.service.startV2({
        experimentId: experiment_id,
        timestamp: timestamp_ms,
        metadata: toMap('request_metadata', request_metadata),
        tags: toMap('tags', tags),
      });
      return { trace_info: traceInfoV2ToWire(row) };
    },
  },
  endTrace: {
    access: 'edit',
    of: 'trace',
    id: ({ request_id }) => request_id ?? '',
    handler: async (input) => {
      const { request_id = '', timestamp_ms = 0, request_metadata = [], tags = [] } = input;
      const row = await deps.service.endV2(request_id, {
        timestamp: timestamp_ms,
        state: stateOf(input.status),
        metadata: toMap('request_metadata', request_metadata),
        tags: toMap('tags', tags),
      });
      return { trace_info: traceInfoV2ToWire(row) };
    },
  },
  getTraceInfo: {
    access: 'read',
    of: 'trace',
    id: ({ request_id }) => request_id,
    handler: async ({ request_id }) => {
      const row = await deps.store.read(deps.database.read, request_id);
      if (row === undefined) throw noTrace(request_id);
      return { trace_info: traceInfoV2ToWire(row) };
    },
  },
  searchUnifiedTraceHandler: {
    access: 'login',
    of: 'server',
    handler: async () => {
      throw databricksOnly();
    },
  },
  getOnlineTraceDetails: {
    access: 'login',
    of: 'server',
    handler: async () => {
      throw databricksOnly();
    },
  },
});

/** MLflow's own server has no such route either. */
const databricksOnly = () =>
  new MlflowError('ENDPOINT_NOT_FOUND', 'This endpoint exists on Databricks only');

interface Pair {
  readonly key?: string;
  readonly value?: string;
}

/** Of equal keys the last one counts. */
function toMap(name: string, pairs: readonly Pair[]): Map<string, string> {
  if (pairs.some(({ key }) => !key)) {
    throw invalidRequest(
      `Invalid value ${printJson(pairs)} for parameter '${name}' supplied:  Hint: Value was of type 'list'.`,
    );
  }
  return new Map(pairs.map(({ key = '', value = '' }) => [key, value]));
}

/** A trace that ends has a state. */
function stateOf(status: string | undefined): TraceState {
  if (status === 'OK' || status === 'ERROR' || status === 'IN_PROGRESS') return status;
  throw missingParameter('status');
}
