import { type BulkDatabase, openBulk } from '../fill/bulk-database.js';
import { fillPoints } from '../fill/fill-points.js';
import { fillRegistry } from '../fill/fill-registry.js';
import { fillRuns, type RunContent } from '../fill/fill-runs.js';
import { withoutIndices } from '../fill/indices.js';
import { fractionOf } from '../fill/schemas.js';
import { createRuns } from '../runs.js';
import type { Server } from '../servers.js';

export const MODELS = 500;
export const VERSIONS = 10;
/** One run in four has `adam`. */
export const PARAM = 'param_0';
export const LONG_KEY = 'loss';
const EXPERIMENTS = 100;
const KNOWN_RUNS = 1_000;

/** Where to find what has been filled in. */
export interface Filled {
  /** An experiment with half of the runs, and those that share the other half. */
  readonly large: string;
  readonly small: readonly string[];
  /** Some of the runs. */
  readonly runIds: readonly string[];
  /** Runs with 100,000 and with 1,000,000 points of a metric. */
  readonly longRun: string;
  readonly hugeRun: string;
}

const TEN = Array.from({ length: 10 }, (_, i) => i);

/** So that no metric tells of another. */
const MULTIPLIERS = [1, 31, 59, 101, 173, 257, 367, 499, 631, 797];

const CONTENT: RunContent = {
  metrics: Object.fromEntries(
    TEN.map((i) => [`metric_${i}`, fractionOf(`s.i * ${MULTIPLIERS[i]}`)]),
  ),
  params: Object.fromEntries(
    TEN.map((i) => [
      `param_${i}`,
      i === 0
        ? "case s.i % 4 when 0 then 'adam' when 1 then 'sgd' when 2 then 'lion' else 'rmsprop' end"
        : `cast(s.i % ${i ** 4 + 7} as varchar(20))`,
    ]),
  ),
};

/** Fills the database of a server with runs that have 10 metrics and 10 params each. */
export async function fillScale(
  server: Server,
  runs: number,
  log: (line: string) => void,
): Promise<Filled> {
  const experiment = async (name: string) => {
    const body = { name };
    const { api } = server;
    return (await api.post<{ experiment_id: string }>('/experiments/create', body)).experiment_id;
  };
  const small: string[] = [];
  for (let i = 0; i < EXPERIMENTS; i++) small.push(await experiment(`scale-${i}`));
  const large = await experiment('scale');
  const [longRun = '', hugeRun = ''] = await createRuns(server.api, large, 2);

  const database = await openBulk(server.database);
  try {
    await withoutIndices(database, ['runs', 'latest_metrics'], async () => {
      const share = Math.floor(runs / 2 / EXPERIMENTS);
      for (const experimentId of small) {
        await fillRuns(database, 'ours', { experimentId, runs: share, content: CONTENT });
      }
      const rest = runs - share * EXPERIMENTS;
      const filling = { experimentId: large, runs: rest, content: CONTENT };
      await fillRuns(database, 'ours', filling, (filled) => {
        if (filled % 100_000 === 0) log(`${filled} of ${rest} runs`);
      });
    });
    log('runs and indices are there');
    await fillPoints(database, 'ours', { runId: longRun, key: LONG_KEY, points: 100_000 });
    await fillPoints(database, 'ours', { runId: hugeRun, key: LONG_KEY, points: 1_000_000 });
    await fillRegistry(database, 'ours', MODELS, VERSIONS);
    return { large, small, longRun, hugeRun, runIds: await someRuns(database, runs) };
  } finally {
    await database.close();
  }
}

/** Spread over all, so that they don't lie side by side. */
async function someRuns(database: BulkDatabase, runs: number): Promise<string[]> {
  const step = Math.max(1, Math.floor(runs / KNOWN_RUNS));
  const rows = await database.rows(
    `select run_id from runs where id % ${step} = 0 and name like 'seeded-%' limit ${KNOWN_RUNS}`,
  );
  return rows.map(({ run_id }) => String(run_id));
}
