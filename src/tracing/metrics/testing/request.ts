import type { Input } from '../../../platform/http/operation.js';

export type Request = Input<'queryTraceMetrics'>;
/** A request for numbers of traces, with what it wishes otherwise. */
export const request = (wish: Partial<Request>): Request => ({
  experiment_ids: ['1'],
  view_type: 'TRACES',
  metric_name: 'trace_count',
  aggregations: [{ aggregation_type: 'COUNT' }],
  max_results: 1_000,
  ...wish,
});
export const percentile = (percentile_value: number) =>
  ({ aggregation_type: 'PERCENTILE', percentile_value }) as const;
export const kinds = (...types: ('COUNT' | 'SUM' | 'AVG' | 'MIN' | 'MAX')[]) =>
  types.map((aggregation_type) => ({ aggregation_type }));
