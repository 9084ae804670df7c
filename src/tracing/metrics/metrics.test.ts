import { beforeAll, expect, it } from 'vitest';
import type { Input } from '../../platform/http/operation.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { type Tracking, trackingOn } from '../../tracking/testing/tracking-on.js';
import { readAssessment, type WireAssessment } from '../assessments/assessments.js';
import { insertSpan } from '../testing/insert-span.js';
import { startTrace } from '../testing/start-trace.js';
import { countMatches } from './correlation.store.js';
import { traceMetricOperations } from './metrics.operations.js';

type Request = Input<'queryTraceMetrics'>;
const request = (wish: Partial<Request>): Request => ({
  experiment_ids: ['1'],
  view_type: 'TRACES',
  metric_name: 'trace_count',
  aggregations: [{ aggregation_type: 'COUNT' }],
  max_results: 1_000,
  ...wish,
});
const percentile = (percentile_value: number) =>
  ({ aggregation_type: 'PERCENTILE', percentile_value }) as const;
const kinds = (...types: ('COUNT' | 'SUM' | 'AVG' | 'MIN' | 'MAX')[]) =>
  types.map((aggregation_type) => ({ aggregation_type }));

interface Answer {
  readonly data_points?: readonly { dimensions?: unknown; values: unknown }[];
  readonly next_page_token?: string;
}

const MINUTE = 60_000;

forEachDatabase((open) => {
  let t: Tracking;
  let experiment: string;

  beforeAll(async () => {
    t = trackingOn(await open());
    experiment = await t.experiment();
    const usage = (n: number) => `{"input_tokens": ${n}, "total_tokens": ${2 * n}}`;
    for (const n of [1, 2, 3, 4]) {
      const traceId = `tr-${n}`;
      await startTrace(t, {
        experimentId: experiment,
        traceId,
        timestamp: n * MINUTE + 1,
        duration: n === 4 ? undefined : n * 10,
        state: n < 3 ? 'OK' : 'ERROR',
        tags: n < 4 ? { 'mlflow.traceName': n < 3 ? 'a' : 'b', k: String(n) } : {},
        metadata: {
          'mlflow.trace.tokenUsage': usage(n),
          'mlflow.trace.session': n < 3 ? 's1' : 's2',
          ...(n === 1 ? { 'mlflow.sourceRun': 'run' } : {}),
        },
      });
      const spans = { traceId, start: n * MINUTE, end: n * MINUTE + n * 100 };
      await insertSpan(t.database, {
        ...{ ...spans, spanId: 'root', name: 'root', type: 'AGENT', status: 'UNSET' },
      });
      await insertSpan(t.database, {
        ...{ ...spans, spanId: 'llm', name: 'llm', model: n < 3 ? 'gpt' : null },
        numbers: { total_cost: n / 2 },
      });
      const wire = { assessment_name: 'q', feedback: { value: n === 4 ? 'yes' : n / 4 } };
      await t.assessments.create(traceId, readAssessment(wire as WireAssessment));
    }
    await t.traces.linkToRun('run', ['tr-2']);
    const old = await t.assessments.create(
      'tr-1',
      readAssessment({ assessment_name: 'p', feedback: { value: 'x' } } as WireAssessment),
    );
    const overriding = {
      ...{ assessment_name: 'p', feedback: { value: false }, overrides: old.assessment_id },
    };
    await t.assessments.create('tr-1', readAssessment(overriding as WireAssessment));
  });

  const ask = async (wish: Partial<Request>): Promise<Answer> => {
    const table = traceMetricOperations(t.database);
    const input = request({ experiment_ids: [experiment], ...wish });
    const call = { caller: { name: '' }, headers: {} } as never;
    return (await table.queryTraceMetrics.handler(input, call)) as Answer;
  };
  const points = async (wish: Partial<Request>) =>
    ((await ask(wish)).data_points ?? []).map(({ dimensions = {}, values }) => [
      ...Object.values(dimensions as object),
      ...Object.values(values as object),
    ]);

  it.each<[string, Partial<Request>, unknown[][]]>([
    ['counts', {}, [[4]]],
    [
      'counts by dimension',
      { dimensions: ['trace_name'] },
      [
        ['a', 2],
        ['b', 1],
      ],
    ],
    [
      'counts by two dimensions',
      { dimensions: ['trace_status', 'trace_name'] },
      [
        ['ERROR', 'b', 1],
        ['OK', 'a', 2],
      ],
    ],
    ['counts sessions once', { metric_name: 'session_count' }, [[2]]],
    [
      'measures how long traces took',
      {
        metric_name: 'latency',
        aggregations: [...kinds('AVG', 'MIN', 'MAX'), percentile(50), percentile(75)],
      },
      [[20, 10, 30, 20, 25]],
    ],
    [
      'ranks within each group',
      {
        metric_name: 'latency',
        aggregations: [percentile(50), percentile(0), percentile(100)],
        dimensions: ['trace_name'],
      },
      [
        ['a', 15, 10, 20],
        ['b', 30, 30, 30],
      ],
    ],
    [
      'adds up tokens',
      { metric_name: 'total_tokens', aggregations: kinds('SUM', 'AVG') },
      [[20, 5]],
    ],
    ['keeps to the time', { start_time_ms: 2 * MINUTE + 1, end_time_ms: 3 * MINUTE + 1 }, [[2]]],
    [
      'makes buckets of time',
      { start_time_ms: 0, end_time_ms: 10 * MINUTE, time_interval_seconds: 120 },
      [
        ['1970-01-01T00:00:00+00:00', 1],
        ['1970-01-01T00:02:00+00:00', 2],
        ['1970-01-01T00:04:00+00:00', 1],
      ],
    ],
    ['filters by state', { filters: ["trace.status = 'OK'"] }, [[2]]],
    ['filters by all filters', { filters: ["trace.status = 'OK'", "trace.tag.k = '2'"] }, [[1]]],
    ['filters by metadata', { filters: ["trace.metadata.mlflow.trace.session = 's2'"] }, [[2]]],
    ['finds traces of a run', { filters: ["trace.metadata.`mlflow.sourceRun` = 'run'"] }, [[2]]],
    ['counts nothing', { filters: ["trace.tag.none = '1'"] }, [[0]]],
    [
      'says nothing of nothing',
      { metric_name: 'latency', aggregations: kinds('AVG'), filters: ["trace.tag.none = '1'"] },
      [],
    ],
    [
      'counts spans',
      {
        view_type: 'SPANS',
        metric_name: 'span_count',
        dimensions: ['span_type', 'span_status'],
        filters: ["trace.status = 'OK'"],
      },
      [
        ['AGENT', 'UNSET', 2],
        ['LLM', 'OK', 2],
      ],
    ],
    [
      'measures how long spans took',
      {
        view_type: 'SPANS',
        metric_name: 'latency',
        aggregations: [percentile(50)],
        dimensions: ['span_name'],
        filters: ["span.name = 'llm'"],
      },
      [['llm', 250]],
    ],
    [
      'adds up what models cost',
      {
        view_type: 'SPANS',
        metric_name: 'total_cost',
        aggregations: kinds('SUM'),
        dimensions: ['span_model_name'],
        end_time_ms: 2 * MINUTE,
      },
      [['gpt', 1.5]],
    ],
    [
      'makes buckets of the times of spans',
      {
        view_type: 'SPANS',
        metric_name: 'total_cost',
        aggregations: kinds('SUM'),
        ...{ start_time_ms: 3 * MINUTE, end_time_ms: 9 * MINUTE, time_interval_seconds: 3_600 },
      },
      [['1970-01-01T00:00:00+00:00', 3.5]],
    ],
    [
      'counts assessments that count',
      {
        view_type: 'ASSESSMENTS',
        metric_name: 'assessment_count',
        dimensions: ['assessment_name', 'assessment_value'],
        filters: ["assessment.type = 'feedback'"],
      },
      [
        ...[
          ['p', 'false', 1],
          ['q', '"yes"', 1],
          ['q', '0.25', 1],
          ['q', '0.5', 1],
        ],
        ['q', '0.75', 1],
      ],
    ],
    [
      'averages assessments',
      {
        view_type: 'ASSESSMENTS',
        metric_name: 'assessment_value',
        aggregations: kinds('AVG', 'MAX'),
        filters: ["assessment.name = 'q'"],
      },
      [[0.625, 1]],
    ],
  ])('%s', async (_, wish, expected) => {
    expect(await points(wish)).toEqual(expected);
  });

  it('turns pages', async () => {
    const wish: Partial<Request> = {
      ...{ view_type: 'ASSESSMENTS', metric_name: 'assessment_count', max_results: 2 },
      dimensions: ['assessment_value', 'assessment_name'],
    };
    const seen: unknown[] = [];
    let token: string | undefined;
    do {
      const answer: Answer = await ask({ ...wish, ...(token ? { page_token: token } : {}) });
      seen.push(...(answer.data_points ?? []));
      token = answer.next_page_token;
    } while (token !== undefined);
    expect(seen).toEqual((await ask({ ...wish, max_results: 100 })).data_points);
    expect(seen).toHaveLength(5);
  });

  it('counts how filters meet', async () => {
    const count = (first: string, second: string, base = '') =>
      countMatches(t.database, { experimentIds: [Number(experiment)], first, second, base });
    expect(await count("status = 'OK'", "name = 'a'")).toEqual({
      ...{ total: 4, first: 2, second: 2, both: 2 },
    });
    expect(await count("status = 'OK'", 'feedback.q > 0.3', 'timestamp < 190000')).toEqual({
      ...{ total: 3, first: 2, second: 2, both: 1 },
    });
    expect(await count("status = 'OK'", "span.name = 'none'")).toMatchObject({
      second: 0,
      both: 0,
    });
  });
});
