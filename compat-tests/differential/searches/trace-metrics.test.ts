import { afterAll, describe, inject, it } from 'vitest';
import { compare, reportDifferences } from '../support/compare.js';
import { Pair } from '../support/pair.js';

const pair = new Pair(inject('urls'), inject('bindings'));

const kinds = (...types: string[]) => types.map((aggregation_type) => ({ aggregation_type }));
const percentile = (percentile_value: number) => ({
  ...{ aggregation_type: 'PERCENTILE', percentile_value },
});
const SPREAD = [...kinds('AVG', 'MIN', 'MAX'), ...[0, 33.3, 50, 99, 100].map(percentile)];
const BUCKETS = { start_time_ms: 0, end_time_ms: 1_800_000_000_000, time_interval_seconds: 30 };

const traces = (metric_name: string, aggregations: unknown, rest: object = {}) => ({
  ...{ view_type: 'TRACES', metric_name, aggregations, ...rest },
});
const spans = (metric_name: string, aggregations: unknown, rest: object = {}) => ({
  ...{ view_type: 'SPANS', metric_name, aggregations, ...rest },
});
const assessments = (metric_name: string, aggregations: unknown, rest: object = {}) => ({
  ...{ view_type: 'ASSESSMENTS', metric_name, aggregations, ...rest },
});
const COUNT = kinds('COUNT');

const REQUESTS: readonly object[] = [
  traces('trace_count', COUNT),
  traces('trace_count', COUNT, BUCKETS),
  traces('trace_count', COUNT, { dimensions: ['trace_name', 'trace_status'] }),
  traces('trace_count', COUNT, { filters: ["trace.status = 'OK'", "trace.tag.a = 'a'"] }),
  traces('trace_count', COUNT, { filters: ["trace.metadata.`mlflow.sourceRun` = '@{r1}'"] }),
  traces('trace_count', COUNT, {
    start_time_ms: 1_600_000_030_000,
    end_time_ms: 1_600_000_060_000,
  }),
  traces('session_count', COUNT),
  traces('latency', SPREAD),
  traces('latency', SPREAD, { dimensions: ['trace_name'] }),
  traces('latency', SPREAD, BUCKETS),
  traces('total_tokens', [...kinds('SUM'), ...SPREAD], { dimensions: ['trace_name'] }),
  traces('input_tokens', kinds('SUM'), { filters: ["trace.tag.none = 'x'"] }),
  traces('nothing', COUNT),
  traces('latency', COUNT),
  traces('latency', kinds('AVG'), { dimensions: ['trace_status'] }),
  traces('trace_count', COUNT, { filters: ["span.name = 'a'"] }),
  traces('trace_count', COUNT, { filters: ["trace.status != 'OK'"] }),
  traces('trace_count', COUNT, { filters: ['status'] }),
  traces('trace_count', COUNT, { time_interval_seconds: 60 }),
  traces('trace_count', []),
  spans('span_count', COUNT, { dimensions: ['span_name', 'span_type', 'span_status'] }),
  spans('span_count', COUNT, { ...BUCKETS, filters: ["span.type = 'LLM'"] }),
  spans('span_count', COUNT, { dimensions: ['span_model_name'] }),
  spans('latency', SPREAD, { dimensions: ['span_name'] }),
  spans('total_cost', kinds('SUM'), { dimensions: ['span_model_name'] }),
  assessments('assessment_count', COUNT, { dimensions: ['assessment_name', 'assessment_value'] }),
  assessments('assessment_count', COUNT, { filters: ["assessment.type = 'expectation'"] }),
  assessments('assessment_value', SPREAD, { dimensions: ['assessment_name'] }),
  assessments('assessment_value', SPREAD, { ...BUCKETS, filters: ["assessment.name = 'q'"] }),
  assessments('assessment_value', kinds('SUM')),
];

describe('traces/metrics', () => {
  it.each(REQUESTS.map((request) => ({ request })))('$request', async ({ request }) => {
    const question = {
      ...{ method: 'POST', path: '/api/3.0/mlflow/traces/metrics' },
      body: { experiment_ids: ['@{ea}', '@{eb}', '@{ec}'], ...request },
    };
    compare(pair, question, await pair.ask(question));
  });
  afterAll(reportDifferences);
});
