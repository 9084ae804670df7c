import { type BulkDatabase, openBulk } from './fill/bulk-database.js';
import { fillPoints } from './fill/fill-points.js';
import { fillRegistry } from './fill/fill-registry.js';
import { fillRuns, type RunContent } from './fill/fill-runs.js';
import { fractionOf, type Schema } from './fill/schemas.js';
import { createRuns, START_TIME } from './runs.js';
import type { Server, ServerName } from './servers.js';

/** What is searched by: one run in four has `adam`, and metrics are spread over 0 to 1. */
export const SEARCHED: RunContent = {
  metrics: {
    accuracy: fractionOf('s.i'),
    epoch: 'cast(10 as double precision)',
    loss: fractionOf('s.i * 31 + 7'),
  },
  params: {
    depth: 'cast(s.i % 7 as varchar(8))',
    lr: "case s.i % 5 when 0 then '0.1' when 1 then '0.03' when 2 then '0.01' when 3 then '0.003' else '0.001' end",
    optimizer:
      "case s.i % 4 when 0 then 'adam' when 1 then 'sgd' when 2 then 'rmsprop' else 'lion' end",
  },
};

const SCHEMAS: Partial<Record<ServerName, Schema>> = {
  ours: 'ours',
  relaxed: 'ours',
  stock: 'stock',
  fasttrackml: 'fasttrackml',
};

/** Creates an experiment with many runs, the same on every server, and returns its id. */
export async function seedExperiment(server: Server, runs: number): Promise<string> {
  const { api } = server;
  const name = `bench-search-${runs}`;
  const { experiment_id } = await api.post<{ experiment_id: string }>('/experiments/create', {
    name,
  });
  await logOnePoint(server, experiment_id);
  await inBulk(server, (database, schema) =>
    fillRuns(database, schema, { experimentId: experiment_id, runs, content: SEARCHED }),
  );
  return experiment_id;
}

/** Creates a run with one long history, the same on every server, and returns its id. */
export async function seedHistory(
  server: Server,
  experimentId: string,
  key: string,
  points: number,
): Promise<string> {
  const runId = await logOnePoint(server, experimentId);
  await inBulk(server, (database, schema) => fillPoints(database, schema, { runId, key, points }));
  return runId;
}

/** Fills the registry with models of the same number of versions each. */
export function seedRegistry(server: Server, models: number, versions: number): Promise<void> {
  return inBulk(server, (database, schema) => {
    if (schema === 'fasttrackml') throw new Error('FastTrackML has no registry');
    return fillRegistry(database, schema, models, versions);
  });
}

/** FastTrackML stores a row with the first point that all others refer to. */
async function logOnePoint({ api }: Server, experimentId: string): Promise<string> {
  const [run_id = ''] = await createRuns(api, experimentId, 1);
  const metrics = [{ key: 'first', value: 1, timestamp: START_TIME, step: 0 }];
  await api.post('/runs/log-batch', { run_id, metrics });
  return run_id;
}

async function inBulk(
  server: Server,
  work: (database: BulkDatabase, schema: Schema) => Promise<void>,
): Promise<void> {
  const schema = SCHEMAS[server.name];
  if (schema === undefined) throw new Error(`${server.name} can't be filled`);
  const database = await openBulk(server.database);
  try {
    await work(database, schema);
  } finally {
    await database.close();
  }
}
