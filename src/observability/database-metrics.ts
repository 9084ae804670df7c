import { Gauge, type Registry } from 'prom-client';
import type { Database } from '../platform/db/database.js';
import type { JobStore, Owed } from '../platform/jobs/jobs.store.js';

/** What waits at the database and for the background work, asked when somebody looks. */
export function watchDatabase(
  registry: Registry,
  database: Pick<Database, 'load' | 'scan'>,
  jobs: Pick<JobStore, 'owed'>,
  now: () => number,
): void {
  const registers = [registry];
  new Gauge({
    name: 'runledger_database_load',
    help: 'Connections of the pool and commands that wait',
    labelNames: ['what'],
    registers,
    collect() {
      for (const [what, count] of Object.entries(database.load())) this.set({ what }, count);
    },
  });
  // Both gauges of one look are of one question.
  let asked: Promise<Owed[]> | undefined;
  const owed = () => {
    asked ??= jobs.owed(database.scan, now()).finally(() => {
      asked = undefined;
    });
    return asked;
  };
  const byKind = (name: string, help: string, figure: (owed: Owed) => number) =>
    new Gauge({
      ...{ name, help, registers, labelNames: ['kind'] },
      async collect() {
        const kinds = await owed();
        this.reset();
        for (const each of kinds) this.set({ kind: each.kind }, figure(each));
      },
    });
  byKind(
    'runledger_jobs_due',
    'Background jobs whose time has come, by kind; at most 10,000 are counted',
    ({ count }) => count,
  );
  byKind(
    'runledger_jobs_oldest_seconds',
    'How long the oldest job that is due has waited',
    ({ oldest }) => Math.max(now() - oldest, 0) / 1_000,
  );
}
