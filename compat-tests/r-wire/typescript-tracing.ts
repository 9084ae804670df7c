import type { RCall } from './r-client.js';

const TRACE = 'tr-0123456789abcdef0123456789abcdef';
const FILE = `/api/2.0/mlflow-artifacts/artifacts/@{ts}/traces/${TRACE}/artifacts/traces.json`;

/** Spans as the tracing client of TypeScript stores them, in a file beside the trace. */
const DATA = {
  spans: [
    {
      trace_id: 'ASNFZ4mrze8BI0VniavN7w==',
      span_id: 'ASNFZ4mrze8=',
      parent_span_id: '',
      name: 'work',
      start_time_unix_nano: 1_700_000_000_000_000_000n.toString(),
      end_time_unix_nano: 1_700_000_000_250_000_000n.toString(),
      status: { code: 'STATUS_CODE_OK', message: '' },
      attributes: { 'mlflow.traceRequestId': TRACE, 'mlflow.spanType': 'UNKNOWN' },
      events: [],
    },
  ],
};

/** What MLflow's tracing client of TypeScript sends, of its sources: the trace when it has ended. */
export const TYPESCRIPT_CALLS: readonly RCall[] = [
  {
    ...{ call: 'createExperiment', method: 'POST', path: 'experiments/create' },
    body: { name: 'typescript' },
    binds: { name: 'ts', kind: 'experiment', at: 'experiment_id' },
  },
  {
    ...{ call: 'createTrace', method: 'POST', path: '/api/3.0/mlflow/traces' },
    body: {
      trace: {
        trace_info: {
          trace_id: TRACE,
          client_request_id: 'mine',
          trace_location: {
            type: 'MLFLOW_EXPERIMENT',
            mlflow_experiment: { experiment_id: '@{ts}' },
          },
          request_preview: '{"question":"why"}',
          response_preview: '42',
          request_time: '2023-11-14T22:13:20.000Z',
          execution_duration: '0.25s',
          state: 'OK',
          trace_metadata: { 'mlflow.trace_schema.version': '3', 'mlflow.traceInputs': '{}' },
          tags: { 'mlflow.traceName': 'work' },
          assessments: [],
        },
      },
    },
  },
  { call: 'uploadTraceData', method: 'PUT', path: FILE, body: DATA },
  { call: 'downloadTraceData', method: 'GET', path: FILE },
  { call: 'getTraceInfo', method: 'GET', path: `/api/3.0/mlflow/traces/${TRACE}` },
  { call: 'getTraceInfo, none', method: 'GET', path: '/api/3.0/mlflow/traces/tr-none' },
  {
    ...{ call: 'deleteExperiment', method: 'POST', path: 'experiments/delete' },
    body: { experiment_id: '@{ts}' },
  },
];
