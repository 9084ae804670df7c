import { beforeAll, expect, it } from 'vitest';
import type { Database, Transaction } from '../../platform/db/database.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { BY_TESTER } from '../../testing/tester.js';
import { span, tracingOn } from '../testing/tracing-on.js';
import { TraceLinkStore } from '../traces/links.store.js';
import type { OtelMap, OtelValue } from './otel-value.js';
import type { OtlpSpan } from './otlp/otlp.js';
import { SpanService } from './spans.service.js';
import { SpanStore } from './spans.store.js';

const map = (of: Record<string, OtelValue>): OtelMap => new Map(Object.entries(of));
const usage = (n: bigint) =>
  map({
    'mlflow.chat.tokenUsage': map({ input_tokens: n, output_tokens: n, total_tokens: 2n * n }),
  });
const TRACE_USAGE = 'mlflow.trace.tokenUsage';
const printed = (n: number) =>
  `{"input_tokens": ${n}, "output_tokens": ${n}, "total_tokens": ${2 * n}}`;
const second = (n: number): bigint => 1_700_000_000_000_000_000n + BigInt(n) * 1_000_000_000n;

forEachDatabase((open) => {
  let database: Database;
  let on: ReturnType<typeof tracingOn>;
  let experiment: string;

  beforeAll(async () => {
    database = await open();
    on = tracingOn(database);
    experiment = await on.experiment();
  });

  const ingest = (spans: readonly OtlpSpan[], resource: OtelMap = new Map(), runId?: string) =>
    on.spans.ingest(experiment, runId, [{ resource, spans }]);
  const show = ({ traceId }: OtlpSpan) => on.show(`tr-${traceId}`);

  it('makes a trace of its spans', async () => {
    const root = span({
      attributes: map({
        'mlflow.spanInputs': map({ q: 'hé', n: 1 }),
        'mlflow.spanOutputs': 'out',
        'mlflow.traceTag.team': 'blue',
        'mlflow.traceTag.mlflow.traceName': 'named',
        'session.id': 'session',
        'user.id': 'user',
      }),
      status: { code: 'ERROR', message: 'boom' },
    });
    const child = span({ traceId: root.traceId, parentId: root.spanId, end: second(3) });
    await ingest([root, child], map({ 'service.name': 'shop', 'telemetry.sdk.name': 'x' }), 'r');
    expect(await show(root)).toEqual({
      trace_id: `tr-${root.traceId}`,
      trace_location: {
        type: 'MLFLOW_EXPERIMENT',
        mlflow_experiment: { experiment_id: experiment },
      },
      request_time: '2023-11-14T22:13:20Z',
      execution_duration: '3s',
      state: 'ERROR',
      request_preview: '{"q": "hé", "n": 1.0}',
      response_preview: '"out"',
      trace_metadata: { 'mlflow.trace.session': 'session', 'mlflow.trace.user': 'user' },
      tags: {
        'mlflow.artifactLocation': expect.stringContaining(root.traceId),
        'mlflow.trace.spansLocation': 'TRACKING_STORE',
        'mlflow.traceName': 'named',
        'service.name': 'shop',
        team: 'blue',
      },
    });
  });

  it('completes a trace as spans come: times, state, previews, and totals of the whole tree', async () => {
    const root = span({ start: second(-1), end: second(9), attributes: usage(5n) });
    const child = (n: bigint) =>
      span({ traceId: root.traceId, parentId: root.spanId, attributes: usage(n) });
    await ingest([child(1n)]);
    expect(await show(root)).toMatchObject({
      state: 'IN_PROGRESS',
      execution_duration: '1s',
      trace_metadata: { [TRACE_USAGE]: printed(1) },
    });
    await ingest([child(2n)]);
    expect((await show(root)).trace_metadata?.[TRACE_USAGE]).toBe(printed(3));
    await ingest([root]);
    expect(await show(root)).toMatchObject({
      state: 'OK',
      request_time: '2023-11-14T22:13:19Z',
      execution_duration: '10s',
      trace_metadata: { [TRACE_USAGE]: printed(5) },
    });
  });

  it('leaves what was said of a trace itself', async () => {
    const root = span({ attributes: usage(5n) });
    await on.start(experiment, {
      traceId: `tr-${root.traceId}`,
      timestamp: 7,
      duration: 1,
      state: 'IN_PROGRESS',
      requestPreview: 'said',
      metadata: new Map([[TRACE_USAGE, '{"input_tokens": 9}']]),
    });
    await ingest([root]);
    expect(await show(root)).toMatchObject({
      request_time: '1970-01-01T00:00:00.007Z',
      execution_duration: '0.001s',
      state: 'OK',
      request_preview: 'said',
      trace_metadata: { [TRACE_USAGE]: '{"input_tokens": 9}' },
    });
  });

  it('replaces a span that comes again, also within one request', async () => {
    const first = span({ name: 'first' });
    await ingest([first, { ...first, name: 'second' }]);
    await ingest([{ ...first, name: 'third' }]);
    const rows = await database.read.all({
      sql: 'select s.name from spans s join traces t on t.id = s.trace where t.trace_id = ?',
      bindings: [`tr-${first.traceId}`],
    });
    expect(rows).toEqual([{ name: 'third' }]);
  });

  it('takes spans of one trace from many requests at once', async () => {
    const root = span();
    const children = Array.from({ length: 8 }, () =>
      span({ traceId: root.traceId, parentId: root.spanId, attributes: usage(1n) }),
    );
    await Promise.all([root, ...children].map((each) => ingest([each])));
    expect((await show(root)).trace_metadata?.[TRACE_USAGE]).toBe(printed(8));
  });

  it('stores a thousand spans of many traces in a few statements', async () => {
    let statements = 0;
    const counted: Database = {
      ...database,
      write: (work) =>
        database.write((tx) => {
          const count =
            <Args extends unknown[], Result>(call: (...args: Args) => Result) =>
            (...args: Args): Result => {
              statements += 1;
              return call(...args);
            };
          const counting: Transaction = {
            all: count(tx.all.bind(tx)) as Transaction['all'],
            first: count(tx.first.bind(tx)) as Transaction['first'],
            run: count(tx.run.bind(tx)),
            send: count(tx.send.bind(tx)),
            insert: count(tx.insert.bind(tx)),
            put: count(tx.put.bind(tx)),
          };
          return work(counting);
        }),
    };
    const service = new SpanService({
      database: counted,
      spans: new SpanStore(counted),
      traces: on.traceStore,
      links: new TraceLinkStore(),
      experiments: on.traceExperiments,
    });
    const spans = Array.from({ length: 1_000 }, (_, index) =>
      span({ traceId: (0xabc000 + (index % 50)).toString(16).padStart(32, '0') }),
    );
    await service.ingest(experiment, 'run', [{ resource: new Map(), spans }]);
    await service.ingest(experiment, 'run', [{ resource: new Map(), spans }]);
    expect(statements).toBeLessThan(30);
  });

  it('refuses an experiment that is not there, and takes one that is deleted', async () => {
    const sent = [{ resource: new Map(), spans: [span()] }];
    await expect(on.spans.ingest('999', undefined, sent)).rejects.toMatchObject({ status: 404 });
    const gone = await on.experiment();
    await on.experiments.delete(gone, BY_TESTER);
    await on.spans.ingest(gone, undefined, sent);
  });

  it('keeps the spans when a tag is none, and text that a database can not hold', async () => {
    const root = span({
      name: 'a\0b',
      attributes: map({
        'mlflow.traceTag.a//b': 'x',
        'mlflow.traceTag.ok': 'x\0y',
        'mlflow.traceTag.mlflow.artifactLocation': '/etc',
        'mlflow.spanInputs': 'in\0put',
        'mlflow.llm.model': 'm\0',
      }),
    });
    await ingest([root]);
    const { tags } = await show(root);
    expect(tags.ok).toBe('x\ufffdy');
    expect(tags['a//b']).toBeUndefined();
    expect(tags['mlflow.artifactLocation']).toMatch(/^mlflow-artifacts:/);
    const long = span({ attributes: map({ 'session.id': 'x'.repeat(251) }) });
    await expect(ingest([long])).rejects.toMatchObject({ status: 400 });
  });
});
