import type { Database } from '../../platform/db/database.js';
import type { OperationTable } from '../../platform/http/operation.js';
import { parseExperimentIds } from '../../tracking/experiments/experiments.js';
import { correlate } from './correlation.js';
import { countMatches } from './correlation.store.js';
import { type MetricQuery, readMetricQuery } from './metrics.request.js';
import { type MetricRow, queryMetrics } from './metrics.store.js';

type Ids = 'queryTraceMetrics' | 'calculateTraceFilterCorrelation';

/** Numbers about traces, for charts. */
export const traceMetricOperations = (database: Database): OperationTable<Ids> => ({
  queryTraceMetrics: {
    access: 'read',
    of: 'experiment',
    id: ({ experiment_ids }) => experiment_ids,
    handler: async (input) => {
      const query = readMetricQuery(input);
      const { rows, token } = await queryMetrics(database, query);
      const points = rows.map((row) => toPoint(query, row)).filter(({ values }) => values);
      return {
        ...(points.length > 0 ? { data_points: points as Required<Point>[] } : {}),
        ...(token === undefined ? {} : { next_page_token: token }),
      };
    },
  },
  calculateTraceFilterCorrelation: {
    access: 'read',
    of: 'experiment',
    id: ({ experiment_ids }) => experiment_ids,
    handler: async ({ experiment_ids, filter_string1, filter_string2, base_filter = '' }) => {
      const counts = await countMatches(database, {
        experimentIds: parseExperimentIds(experiment_ids),
        first: filter_string1,
        second: filter_string2,
        base: base_filter,
      });
      const { npmi, smoothed } = correlate(counts);
      return {
        ...(Number.isNaN(npmi) ? {} : { npmi }),
        ...(Number.isNaN(smoothed) ? {} : { npmi_smoothed: smoothed }),
        filter1_count: counts.first,
        filter2_count: counts.second,
        joint_count: counts.both,
        total_count: counts.total,
      };
    },
  },
});

interface Point {
  readonly metric_name: string;
  readonly dimensions?: Record<string, string>;
  /** Absent where there was nothing to add up. */
  readonly values?: Record<string, number>;
}

function toPoint(query: MetricQuery, row: MetricRow): Point {
  const names = [
    ...(query.bucketSeconds === undefined ? [] : ['time_bucket']),
    ...query.dimensions,
  ];
  const dimensions = names.map((name, index) => {
    const value = row[`d${index}`];
    return [name, name === 'time_bucket' ? bucketTime(Number(value)) : String(value)] as const;
  });
  const values = query.aggregations.flatMap(({ label }, index) => {
    const value = row[`a${index}`];
    return value === null || value === undefined ? [] : [[label, Number(value)] as const];
  });
  return {
    metric_name: query.name,
    ...(dimensions.length > 0 ? { dimensions: Object.fromEntries(dimensions) } : {}),
    ...(values.length > 0 ? { values: Object.fromEntries(values) } : {}),
  };
}

/** As MLflow prints it: `2026-01-31T12:00:00+00:00`. */
const bucketTime = (ms: number): string =>
  new Date(ms).toISOString().replace(/\.\d{3}Z$/, '+00:00');
