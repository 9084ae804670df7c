import type { Pair } from '../support/pair.js';
import { at } from '../support/pair.js';
import type { OperationCases, RequestCase } from './request-case.js';

const V3 = '/api/3.0/mlflow/traces';
const FILE = '/ajax-api/3.0/mlflow/get-trace-artifact';
const XA = { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: '@{xa}' } };
const INFO = { trace_id: 'tr-@{fresh}', trace_location: XA, request_time: '2024-02-03T04:05:06Z' };
const info = (members: object) => ({ trace_info: { ...INFO, ...members } });
const inExperiment = (experiment_id: unknown) =>
  info({ trace_location: { ...XA, mlflow_experiment: { experiment_id } } });
const pair = (key: unknown, value?: unknown) => ({
  key,
  ...(value === undefined ? {} : { value }),
});
const KEYS = ['a b', 'a//b', '../x', 'é', ' ', '.', 'x'.repeat(250), 'x'.repeat(251), 'a,b'];
const OWN = ['mlflow.trace.spansLocation', 'mlflow.trace.archiveLocation'];

/** Spans of one trace in OTLP's JSON. */
const TRACE = 'abcdef0123456789abcdef0123456789';
const SPAN = {
  traceId: TRACE,
  spanId: '00000000000000aa',
  name: 'root',
  startTimeUnixNano: '1700000000123456789',
  endTimeUnixNano: '1700000001623456789',
};
const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
const VALUES = [
  text('text', 'ä "q"'),
  text('json', '{"a": [1, 2.0, null]}'),
  text('number', '7'),
  { key: 'int', value: { intValue: '4611686018427387905' } },
  { key: 'double', value: { doubleValue: 1 } },
  { key: 'bool', value: { boolValue: true } },
  { key: 'none', value: {} },
  { key: 'list', value: { arrayValue: { values: [{ stringValue: 'x' }, { intValue: 1 }] } } },
  { key: 'map', value: { kvlistValue: { values: [{ key: 'k', value: { arrayValue: {} } }] } } },
];
const RICH = [
  ...VALUES,
  text('mlflow.spanInputs', '{"messages": [{"role": "user", "content": "hello"}]}'),
  text('mlflow.spanOutputs', 'y'.repeat(1_500)),
  text('mlflow.spanType', 'LLM'),
  text('mlflow.chat.tokenUsage', '{"input_tokens": 3, "output_tokens": 4, "total_tokens": 7}'),
  text('mlflow.llm.cost', '{"input_cost": 0.1, "output_cost": 1.0, "total_cost": 1.1}'),
  text('mlflow.traceTag.team', 'blue'),
  text('mlflow.traceTag.mlflow.traceName', 'named'),
  text('session.id', 's'),
  text('user.id', 'u'),
];
const otlp = (spans: unknown, resource: unknown = {}) => ({
  resourceSpans: [{ resource, scopeSpans: [{ spans }] }],
});

/** Traces that the requests are about: with spans here and there, to be tagged, to go. */
export async function makeTraceFixtures(pair: Pair): Promise<void> {
  for (const id of ['tr-xtag', 'tr-xbare', 'tr-xgo1', 'tr-xgo2']) {
    const trace_info = { ...INFO, trace_id: id, tags: { gone: 'v' } };
    await pair.must('POST', V3, { trace: { trace_info } });
  }
  const body = { experiment_id: '@{xa}', timestamp_ms: 1_500, tags: [{ key: 'a', value: '1' }] };
  const made = await pair.must('POST', '/api/2.0/mlflow/traces', body);
  pair.bind('xtrace', 'id', made, (json) => at(json, 'trace_info', 'request_id'));
}

export const traceCases: readonly OperationCases[] = [
  {
    ...{ method: 'POST', path: V3, good: { trace: info({}) } },
    values: {
      trace: [
        ...[{}, { trace_info: {} }, info({ trace_location: {} }), info({ trace_location: null })],
        ...['abc', '999', '', '0', '@{xdeleted}', '-1', 5].map(inExperiment),
        ...[null, 'OK', 'ERROR', 'IN_PROGRESS', 'NONE', 1, 0, 9].map((state) => info({ state })),
        ...['1970-01-01T00:00:00Z', '2024-02-03T04:05:06.789999Z', '2024-02-03T04:05:06+02:00']
          .concat(['1960-01-01T00:00:00.5Z', 'x', '', '2024-13-01T00:00:00Z'])
          .map((request_time) => info({ request_time })),
        ...['0s', '1.5s', '1.2345s', '-2s', '1', 'x', '', 5].map((execution_duration) =>
          info({ execution_duration }),
        ),
        info({ request_preview: 'in', response_preview: '', client_request_id: 'c' }),
        ...KEYS.map((key) => info({ tags: { [key]: 'v' } })),
        ...['x'.repeat(4_096), 'x'.repeat(4_097), ''].map((name) =>
          info({ tags: { 'mlflow.traceName': name } }),
        ),
        ...['x'.repeat(250), 'x'.repeat(251)].map((session) =>
          info({ trace_metadata: { 'mlflow.trace.session': session } }),
        ),
        ...[
          ...['{"input_tokens":5,"output_tokens":2.0,"foo":3,"total_tokens":"x"}', 'no', '{}'],
          ...['{"input_tokens":"7"}', '[]', '{"input_tokens":1.5,"total_tokens":true}'],
        ].map((usage) => info({ trace_metadata: { 'mlflow.trace.tokenUsage': usage, a: 'b' } })),
        info({ trace_metadata: { 'mlflow.trace.cost': '{"input_cost":1,"total_cost":1e-7}' } }),
        ...[{ tags: { a: 5 } }, { tags: [] }, { trace_metadata: 'x' }, { trace_id: 5 }].map(info),
      ],
    },
    others: [{}],
  },
  ...['tr-xtag', '@{xtrace}', 'tr-none'].flatMap((id): OperationCases[] => [
    { method: 'GET', path: `${V3}/${id}`, good: {}, repeatable: true },
    { method: 'GET', path: `traces/${id}/info`, good: {}, repeatable: true },
    {
      ...{ method: 'PATCH', path: `${V3}/${id}/tags`, good: { key: 'k', value: 'v' } },
      values: { key: [...KEYS, ...OWN, 'mlflow.traceName'] },
    },
    { method: 'PATCH', path: `traces/${id}/tags`, good: { key: 'k', value: 'w' } },
    {
      ...{ method: 'DELETE', path: `${V3}/${id}/tags`, good: { key: 'gone' } },
      values: { key: [...KEYS, ...OWN, 'mlflow.trace.archivalFailure', 'mlflow.traceName'] },
    },
    { method: 'DELETE', path: `traces/${id}/tags`, good: { key: 'k' } },
  ]),
  {
    ...{ method: 'POST', path: `${V3}/batchGetInfos` },
    good: { trace_ids: ['tr-none', '@{xtrace}', 'tr-xbare', 'tr-xbare'] },
    optional: { experiment_ids: ['@{xa}'] },
    values: { experiment_ids: [['999'], ['abc'], [''], ['@{xa}', '@{xb}']] },
  },
  { method: 'GET', path: `${V3}/get`, good: { trace_id: 'tr-none' } },
  { method: 'GET', path: `${V3}/get`, good: { trace_id: 'tr-xbare', allow_partial: 'true' } },
  { method: 'GET', path: `${V3}/batchGet`, good: { trace_ids: ['tr-none'] } },
  {
    ...{ method: 'POST', path: 'traces' },
    good: { experiment_id: '@{xa}', timestamp_ms: 123 },
    optional: { request_metadata: [pair('m', '1')], tags: [pair('t', '1')] },
    values: {
      experiment_id: ['abc', '999', '@{xdeleted}'],
      tags: [[pair('a'), pair('a', 'b')], [pair('')], [{ value: 'x' }], [pair(5)]],
      request_metadata: [[pair('')], [pair('mlflow.trace.session', 'x'.repeat(251))]],
    },
    others: [{}, { experiment_id: '@{xa}' }, { timestamp_ms: 1 }],
  },
  {
    ...{ method: 'PATCH', path: 'traces/@{xtrace}' },
    good: { timestamp_ms: 2_500, status: 'OK' },
    optional: { request_metadata: [pair('m', '2')], tags: [pair('t', '2')] },
    values: { status: ['OK', 'ERROR', 'IN_PROGRESS', 'NONE', 'TRACE_STATUS_UNSPECIFIED', 1, 0] },
    others: [{}, { status: 'ERROR' }],
  },
  { method: 'PATCH', path: 'traces/none', good: { timestamp_ms: 5, status: 'OK' } },
  {
    ...{ method: 'POST', path: 'traces/link-to-run' },
    good: { trace_ids: ['tr-xbare'], run_id: '@{xrun}' },
    values: { trace_ids: [Array.from({ length: 101 }, (_, n) => `tr-${n}`), ['tr-none']] },
    repeatable: true,
  },
  {
    ...{ method: 'POST', path: 'traces/link-prompts' },
    good: { trace_id: 'tr-xbare', prompt_versions: [{ name: 'p', version: '1' }] },
    values: {
      prompt_versions: [[{ name: 'p', version: 'x' }], [{ name: 'p' }], [{ version: '2' }]],
      trace_id: ['tr-none'],
    },
    repeatable: true,
  },
  ...['traces/delete-traces', `${V3}/delete-traces`].map(
    (path): OperationCases => ({
      ...{ method: 'POST', path, good: { experiment_id: '@{xa}', request_ids: ['tr-xgo1'] } },
      values: { experiment_id: ['abc', '999'] },
      others: [
        { experiment_id: '@{xa}' },
        { experiment_id: '@{xa}', request_ids: [] },
        { experiment_id: '@{xa}', request_ids: ['a'], max_timestamp_millis: 1 },
        { experiment_id: '@{xa}', request_ids: ['a'], max_traces: 1 },
        { experiment_id: '@{xa}', max_traces: 1 },
        { experiment_id: '@{xb}', max_timestamp_millis: 5, max_traces: 0 },
        { experiment_id: '@{xb}', max_timestamp_millis: 5, max_traces: -1 },
        { experiment_id: '@{xb}', max_timestamp_millis: 5, max_traces: 1 },
      ],
    }),
  ),
  { method: 'GET', path: FILE, good: { request_id: 'tr-xbare' }, optional: { path: 'x.png' } },
  { method: 'GET', path: FILE, good: { request_id: 'tr-none', path: '../x' } },
  {
    ...{ method: 'GET', path: '/ajax-api/2.0/mlflow/get-trace-artifact' },
    good: { request_id: 'tr-xbare' },
  },
  ...[
    'unified-traces?model_id=m&sql_warehouse_id=w',
    'get-online-trace-details?trace_id=t&sql_warehouse_id=w&source_inference_table=s&source_databricks_request_id=r',
  ].map((path): OperationCases => ({ method: 'GET', path, good: {} })),
];

const exported = (about: string, body: unknown, headers: Record<string, string> = {}) => ({
  ...{ about: `POST /v1/traces: ${about}`, method: 'POST', path: '/v1/traces', body },
  headers: { 'x-mlflow-experiment-id': '@{xa}', ...headers },
});

/** What spans make of a trace, looked at after each request. */
const LOOKS: readonly RequestCase[] = [
  `${V3}/tr-${TRACE}`,
  `${V3}/get?trace_id=tr-${TRACE}&allow_partial=true`,
  `${V3}/batchGet?trace_ids=tr-${TRACE}`,
  `${FILE}?request_id=tr-${TRACE}`,
].map((path) => ({ about: `GET ${path}`, method: 'GET', path }));

export const spanCases: readonly RequestCase[] = [
  exported(
    'a child before its root',
    otlp([
      { ...SPAN, spanId: '00000000000000bb', parentSpanId: '00000000000000aa', name: 'child' },
    ]),
  ),
  ...LOOKS,
  exported(
    'a root',
    otlp(
      [
        {
          ...SPAN,
          attributes: RICH,
          events: [{ name: 'e', timeUnixNano: '5', attributes: VALUES }],
          status: { code: 2, message: 'boom' },
        },
      ],
      { attributes: [text('service.name', 'svc'), text('telemetry.sdk.name', 'x')] },
    ),
  ),
  ...LOOKS,
  exported(
    'another convention',
    otlp([
      {
        ...SPAN,
        spanId: '00000000000000cc',
        parentSpanId: '00000000000000bb',
        startTimeUnixNano: '1700000000223456789',
        attributes: [
          text('gen_ai.operation.name', 'chat'),
          text('gen_ai.request.model', 'a-model-without-a-price'),
          { key: 'gen_ai.usage.input_tokens', value: { intValue: 10 } },
          { key: 'gen_ai.usage.output_tokens', value: { intValue: '20' } },
        ],
        status: { code: 'STATUS_CODE_OK', message: 'not kept' },
      },
    ]),
  ),
  ...LOOKS,
  ...[
    {},
    { resourceSpans: [] },
    otlp([]),
    otlp('x'),
    otlp([{ ...SPAN, traceId: '' }]),
    otlp([{ ...SPAN, traceId: 'zz' }]),
    otlp([{ ...SPAN, traceId: 'abc' }]),
    otlp([{ ...SPAN, spanId: undefined }]),
    otlp([{ ...SPAN, name: 5 }]),
    otlp([{ ...SPAN, startTimeUnixNano: 'x' }]),
    otlp([{ ...SPAN, attributes: [text('session.id', 'x'.repeat(251))] }]),
  ].map((body) => exported(JSON.stringify(body).slice(0, 80), body)),
  ...['', '{', '[]', 'x'].map((body) => exported(`the text ${body}`, body)),
  exported('of another type', otlp([SPAN]), { 'content-type': 'text/plain' }),
  exported('with a charset', otlp([SPAN]), { 'content-type': 'application/json; charset=utf-8' }),
  exported('no protobuf', 'x', { 'content-type': 'application/x-protobuf' }),
  exported('not packed', otlp([SPAN]), { 'content-encoding': 'gzip' }),
  exported('packed in an unknown way', otlp([SPAN]), { 'content-encoding': 'br' }),
  exported('no experiment', otlp([SPAN]), { 'x-mlflow-experiment-id': '' }),
];
