import { describe, expect, it } from 'vitest';
import { refusal } from '../../platform/filter/testing/refusal.js';
import { readMetricQuery } from './metrics.request.js';
import { kinds, percentile, type Request, request } from './testing/request.js';

describe('a request for numbers is refused', () => {
  it.each<[Partial<Request>, string]>([
    [
      { metric_name: 'foo' },
      "metric_name must be one of ['trace_count', 'session_count', 'latency', 'input_tokens', 'output_tokens', 'total_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens'], got 'foo'",
    ],
    [
      { aggregations: kinds('SUM', 'AVG') },
      "Found invalid aggregation_type(s): ['AVG', 'SUM']. Supported aggregation types: ['COUNT']",
    ],
    [
      { aggregations: [] },
      "Missing value for required parameter 'aggregations'. See the API docs for more information about request parameters.",
    ],
    [
      { dimensions: ['span_name', 'trace_name'] },
      "Found invalid dimension(s): ['span_name']. Supported dimensions: ['trace_name', 'trace_status']",
    ],
    [
      { aggregations: [{ aggregation_type: 'PERCENTILE' }] },
      'Percentile value is required for PERCENTILE aggregation',
    ],
    [
      { metric_name: 'latency', aggregations: [percentile(101)] },
      'Percentile value must be between 0 and 100, got 101.0',
    ],
    [
      { aggregations: [{ aggregation_type: 'COUNT', percentile_value: 5 }] },
      'Percentile value is only allowed for PERCENTILE aggregation type, got COUNT',
    ],
    [
      { time_interval_seconds: 60 },
      'start_time_ms and end_time_ms are required if time_interval_seconds is set',
    ],
    [
      { time_interval_seconds: -1, start_time_ms: 0, end_time_ms: 1 },
      "Invalid value -1 for parameter 'time_interval_seconds' supplied. It must be between 1 and 1000000000",
    ],
    [
      { max_results: 0 },
      "Invalid value 0 for parameter 'max_results' supplied. It must be a positive integer",
    ],
    [
      { filters: ["span.name = 'x'"] },
      'Filtering by span is only supported for SPANS view type, got TRACES',
    ],
    [
      { filters: ["status = 'x'"] },
      "Invalid identifier 'status'. Columns should be specified as 'trace.<key>', 'span.<key>', 'assessment.<key>'.",
    ],
    [
      { filters: ["foo.x = 'x'"] },
      "Invalid view type 'foo'. Valid values are dict_keys(['trace', 'span', 'assessment'])",
    ],
    [
      { filters: ["trace.foo = 'x'"] },
      "Invalid entity 'foo' specified for view type 'trace'. Valid entities are ['status', 'tag', 'metadata']",
    ],
    [
      { filters: ["trace.tag = 'x'"] },
      "Filtering by tag requires a key, e.g. 'trace.tag.<key> = <value>'",
    ],
    [
      { filters: ["trace.status.x = 'x'"] },
      "Filtering by status does not require a key, use 'trace.status' instead",
    ],
    [
      { filters: ["trace.status != 'x'"] },
      "Invalid comparator: '!=', only '=' operator is supported",
    ],
    [
      { filters: ['trace.status = 5'] },
      "Expected a quoted string value for status value (e.g. 'my-value'). Got value 5",
    ],
    [
      { filters: ["trace.status = 'x' AND trace.status = 'y'"] },
      "Invalid filter: 'trace.status = 'x' AND trace.status = 'y''. Expected one filter clause.",
    ],
  ])('%j', (wish, message) => {
    expect(refusal(() => readMetricQuery(request(wish)))).toBe(
      `INVALID_PARAMETER_VALUE: ${message}`,
    );
  });
});

it('takes the first view where it does not know the one that is asked for', () => {
  const { view_type: _, ...unknown } = request({});
  expect(readMetricQuery(unknown as Request).view).toBe('TRACES');
});
