import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Context, Driver, OwnTrial } from './driver.js';
import { runTrial } from './load.js';
import { logMetric } from './metric-workloads.js';
import { percentile } from './statistics.js';

const RUNS = 50_000;
const SEARCHER = fileURLToPath(new URL('./searcher.ts', import.meta.url));
const SETTLE_MS = 1_000;

/**
 * One client logs metrics, first alone and then while others (the connections of the table) search
 * among 50,000 runs without pause. The figures are those of the metrics beside the searches.
 */
export async function fairness(context: Context): Promise<Driver> {
  const { server, seeded } = context;
  const experimentId = await seeded(RUNS);
  const driver = await logMetric(context);
  if (!('requests' in driver)) throw new Error('log-metric is a stream of requests');
  const logFor = async (seconds: number) => {
    const source = await driver.requests(500);
    const limits = { seconds, graceSeconds: seconds + 1, hardSeconds: seconds * 5 };
    return runTrial({ port: server.port, connections: 1, ...limits, source });
  };
  await logFor(0.5);
  return {
    trial: async (connections, seconds): Promise<OwnTrial> => {
      const alone = await logFor(seconds);
      const searcher = fork(SEARCHER, [String(server.port), String(connections), experimentId]);
      try {
        await once(searcher, 'message');
        await sleep(SETTLE_MS);
        const beside = await logFor(seconds);
        const [idle, busy] = [alone, beside].map(({ latencies }) => percentile(latencies, 0.99));
        const times = ((busy ?? 0) / (idle ?? 0)).toFixed(1);
        const notes = [`p99 ${times} times the ${idle?.toFixed(1)} ms that it is alone`];
        return { ...beside, notes, complaints: await driver.verify(beside) };
      } finally {
        searcher.kill('SIGKILL');
      }
    },
  };
}
