import supertest from 'supertest';
import { beforeAll, expect, it } from 'vitest';
import { createApp } from '../../app.js';
import { toConfig } from '../../platform/config/config.js';
import type { Database } from '../../platform/db/database.js';
import { createLog } from '../../platform/log.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { newFolder } from '../../testing/new-folder.js';
import { span, tracingOn } from '../testing/tracing-on.js';
import { SpanStore } from './spans.store.js';
import { TraceDataReader } from './trace-data.js';

const V2 = '/api/2.0/mlflow/traces';
const V3 = '/api/3.0/mlflow/traces';
const FILE = '/ajax-api/2.0/mlflow/get-trace-artifact';
const ATTACHMENT = '12345678-1234-1234-1234-123456789abc';

forEachDatabase((open) => {
  let database: Database;
  let app: Awaited<ReturnType<typeof createApp>>;
  let on: ReturnType<typeof tracingOn>;

  beforeAll(async () => {
    database = await open();
    const config = toConfig({ artifactsDestination: newFolder() });
    app = await createApp(config, database, createLog('silent'));
    on = tracingOn(database);
  });

  const get = async (path: string, query: object = {}) => {
    const { status, body, text, headers } = await supertest(app).get(path).query(query);
    return { status, body, text, headers };
  };
  const send = (hex: string, type = 'application/json') =>
    supertest(app)
      .post('/v1/traces')
      .set('Content-Type', type)
      .set('x-mlflow-experiment-id', '0')
      .send(
        JSON.stringify({
          resourceSpans: [
            {
              scopeSpans: [
                {
                  spans: [
                    {
                      traceId: hex,
                      spanId: '00000000000000aa',
                      name: 'root',
                      startTimeUnixNano: '1700000000000000001',
                      endTimeUnixNano: '1700000001000000001',
                    },
                    {
                      traceId: hex,
                      spanId: '00000000000000bb',
                      parentSpanId: '00000000000000aa',
                      name: 'child',
                      startTimeUnixNano: '1600000000000000000',
                    },
                  ],
                },
              ],
            },
          ],
        }),
      );

  it('shows the spans that came by OTLP, the root first', async () => {
    const hex = 'a'.repeat(32);
    const sent = await send(hex);
    expect([sent.status, sent.type, sent.text ?? '']).toEqual([200, 'application/x-protobuf', '']);
    const trace_id = `tr-${hex}`;
    const { status, body, text } = await get(`${V3}/get`, { trace_id });
    expect(status).toBe(200);
    expect(text).toContain('"start_time_unix_nano":1700000000000000001,');
    expect(body.trace.trace_info).toMatchObject({ trace_id, state: 'OK' });
    expect(body.trace.spans.map(({ name }: { name: string }) => name)).toEqual(['root', 'child']);
    expect(body.trace.spans[1].end_time_unix_nano).toBeUndefined();

    const many = await get(`${V3}/batchGet`, { trace_ids: [trace_id, 'none', trace_id] });
    expect(many.body.traces).toHaveLength(1);
    expect(many.body.traces[0].spans).toHaveLength(2);
    const none = { trace_ids: [trace_id], experiment_ids: ['77'] };
    expect((await get(`${V3}/batchGet`, none)).body).toEqual({});

    const file = await get(FILE, { request_id: trace_id });
    expect(file.headers['content-disposition']).toBe('attachment; filename=traces.json');
    expect(JSON.parse(file.text).spans[0]).toMatchObject({
      name: 'root',
      attributes: { 'mlflow.traceRequestId': `"${trace_id}"` },
    });
  });

  it('refuses spans without an experiment, and what is no OTLP', async () => {
    const bare = await supertest(app).post('/v1/traces').send({});
    expect([bare.status, bare.body.detail]).toEqual([
      422,
      expect.stringContaining('experiment-id'),
    ]);
    const text = await send('b'.repeat(32), 'text/plain');
    expect([text.status, text.body.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
  });

  it('serves the files of a trace whose spans a client keeps as a file', async () => {
    const started = await supertest(app)
      .post(V2)
      .send({ experiment_id: '0', timestamp_ms: 5, tags: [{ key: 'a', value: '1' }] });
    const { request_id } = started.body.trace_info;
    expect(await get(FILE, { request_id })).toMatchObject({
      status: 404,
      body: { message: 'Trace data not found for path=traces.json' },
    });
    for (const path of ['traces.json', `attachments/${ATTACHMENT}`]) {
      const folder = `/api/2.0/mlflow-artifacts/artifacts/0/traces/${request_id}/artifacts`;
      const put = await supertest(app).put(`${folder}/${path}`).send('{"spans":[]}');
      expect(put.status).toBe(200);
    }
    // The tag tells clients where to look; the server knows better than to follow it.
    const tag = { key: 'mlflow.artifactLocation', value: '/etc' };
    expect((await supertest(app).patch(`${V2}/${request_id}/tags`).send(tag)).status).toBe(200);
    expect((await get(FILE, { request_id })).text).toBe('{"spans":[]}');
    expect((await get(FILE, { request_id, path: ATTACHMENT })).status).toBe(200);
    expect((await get(`${V3}/get`, { trace_id: request_id })).status).toBe(404);
    expect((await get(`${V3}/batchGet`, { trace_ids: [request_id] })).body).toEqual({});
  });

  it.each([
    [{}, 400],
    [{ request_id: 'none' }, 404],
    [{ request_id: 'none', path: ATTACHMENT }, 404],
    [{ request_id: 'none', path: 'x.png' }, 400],
    [{ request_id: 'none', path: '../x' }, 400],
  ])('refuses the file of %j with %d', async (query, status) => {
    expect((await get(FILE, query)).status).toBe(status);
  });

  it('waits for spans that are still to come', async () => {
    const root = span();
    const traceId = `tr-${root.traceId}`;
    const stats = new Map([['mlflow.trace.sizeStats', '{"num_spans": 2}']]);
    const ingest = (one: typeof root) =>
      on.spans.ingest('0', undefined, [{ resource: new Map(), spans: [one] }]);
    await ingest(root);
    await on.start('0', { traceId, metadata: stats });
    const waits: number[] = [];
    const parts = { database, traces: on.traceStore, spans: new SpanStore(database) };
    const impatient = new TraceDataReader(parts, async (ms) => waits.push(ms));
    await expect(impatient.read(traceId, false)).rejects.toMatchObject({
      status: 404,
      message: expect.stringContaining('not fully exported yet'),
    });
    expect(waits).toEqual([1_000, 2_000]);
    expect((await impatient.read(traceId, true)).spans).toHaveLength(1);
    const patient = new TraceDataReader(parts, () => ingest(span({ traceId: root.traceId })));
    expect((await patient.read(traceId, false)).spans).toHaveLength(2);
  });
});
