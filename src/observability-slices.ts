import cluster from 'node:cluster';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { metricsOfAll } from './observability/cluster-metrics.js';
import { watchDatabase } from './observability/database-metrics.js';
import { RequestLog } from './observability/request-log.js';
import { RequestMetrics } from './observability/request-metrics.js';
import { systemClock } from './platform/clock.js';
import type { Config } from './platform/config/config.js';
import type { Database } from './platform/db/database.js';
import { observers, type RequestObserver } from './platform/http/observer.js';
import { JobStore } from './platform/jobs/jobs.store.js';
import type { Log } from './platform/log.js';

/** Every `new` of what makes the server visible from outside: metrics, log lines, traces. */
export async function observabilitySlices(
  { observability: { slowRequest, tracing } }: Config,
  database: Database,
  log: Log,
  onStop: (end: () => Promise<void>) => void = () => undefined,
) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  watchDatabase(registry, database, new JobStore(database), systemClock);
  const all: RequestObserver[] = [new RequestMetrics(registry), new RequestLog(log, slowRequest)];
  if (tracing !== undefined) {
    // A server without a collector needs nothing of it.
    const { RequestTracing } = await import('./observability/tracing.js');
    const traces = new RequestTracing(tracing);
    onStop(() => traces.close());
    all.push(traces);
  }
  const own = () => registry.metrics();
  return {
    observer: observers(all),
    metrics: cluster.isWorker ? metricsOfAll(registry, own) : own,
  };
}
