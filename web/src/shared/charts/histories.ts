import { queryOptions } from '@tanstack/react-query';
import { api, body } from '../api.ts';
import { numberOf } from '../format.ts';
import type { Point } from './series.ts';

/** As many points of a curve as a picture has room for; the server picks them. */
const MOST_POINTS = 500;

/** The histories of one metric in several runs, by run. */
export const historiesOf = (runIds: readonly string[], key: string, live = false) =>
  queryOptions({
    queryKey: ['history', key, runIds],
    enabled: runIds.length > 0,
    refetchInterval: live ? 5_000 : (false as const),
    queryFn: async ({ signal }): Promise<ReadonlyMap<string, readonly Point[]>> => {
      const { metrics = [] } = await body(
        api.GET('/api/2.0/mlflow/metrics/get-history-bulk-interval', {
          signal,
          params: {
            query: { run_ids: [...runIds], metric_key: key, max_results: MOST_POINTS },
          },
        }),
      );
      const points = new Map<string, Point[]>(runIds.map((id) => [id, []]));
      for (const { run_id = '', step, timestamp, value } of metrics) {
        points.get(run_id)?.push({
          step: numberOf(step ?? 0),
          time: numberOf(timestamp),
          value: numberOf(value),
        });
      }
      return points;
    },
  });
