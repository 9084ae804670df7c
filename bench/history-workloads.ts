import { setTimeout as sleep } from 'node:timers/promises';
import type { Context, Driver } from './driver.js';
import { RequestFactory } from './requests.js';
import { seedHistory } from './seed.js';
import type { HistoryAnswer } from './wire.js';

const KEY = 'loss';
const MOST_SAMPLES = 320;
const SETTLE_MS = 5_000;

/** All of a long history in one answer. */
export function getHistory(points: number) {
  return async ({ server, experimentId }: Context): Promise<Driver> => {
    const runId = await seedHistory(server, experimentId, KEY, points);
    const path = `/metrics/get-history?run_id=${runId}&metric_key=${KEY}`;
    return driverOf(path, (count) => count === points);
  };
}

/** The points that a chart of the web pages shows of a long history. */
export function sampleHistory(points: number) {
  return async ({ server, api, experimentId }: Context): Promise<Driver> => {
    const runId = await seedHistory(server, experimentId, KEY, points);
    const query = `run_ids=${runId}&metric_key=${KEY}&max_results=${MOST_SAMPLES}`;
    const path = `/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval?${query}`;
    // Whoever looks at a history first may have to wait for what makes it fast for the others.
    await api.get(path);
    await sleep(SETTLE_MS);
    return driverOf(path, (count) => count >= MOST_SAMPLES / 2 && count <= MOST_SAMPLES + 1);
  };
}

function driverOf(path: string, isRight: (count: number) => boolean): Driver {
  const factory = new RequestFactory(() => ({ method: 'GET', path }));
  return {
    requests: async (count) => factory.endless(count),
    // Keeping large answers would be timed with them.
    samples: 1,
    verify: async ({ sample }) =>
      sample.flatMap(({ body }) => {
        const count = (JSON.parse(body) as HistoryAnswer).metrics?.length ?? 0;
        return isRight(count) ? [] : [`a history of ${count} points`];
      }),
  };
}
