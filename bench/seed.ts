import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Call } from './api.js';
import { createRunCall, fraction, inTurn, START_TIME } from './runs.js';
import { type Server, stockProgram } from './servers.js';
import type { RunAnswer } from './wire.js';

const CONNECTIONS = 16;
const TIMEOUT_MS = 120_000;
const OPTIMIZERS = ['adam', 'sgd', 'rmsprop', 'lion'];
const LEARNING_RATES = ['0.1', '0.03', '0.01', '0.003', '0.001'];

interface SeedRun {
  readonly create: Call;
  readonly metrics: readonly { key: string; value: number; timestamp: number; step: number }[];
  readonly params: readonly { key: string; value: string }[];
}

/** Creates an experiment with many runs, the same on every server, and returns its id. */
export async function seedExperiment(server: Server, count: number): Promise<string> {
  const answer = await server.api.post<{ experiment_id: string }>('/experiments/create', {
    name: 'bench-search',
  });
  const experimentId = answer.experiment_id;
  const runs = Array.from({ length: count }, (_, index) => seedRun(experimentId, index));
  if (server.name === 'stock') await seedStock(server, runs);
  else await seedOverRest(server, runs);
  return experimentId;
}

function seedRun(experimentId: string, index: number): SeedRun {
  const timestamp = START_TIME + index * 1000;
  const metric = (key: string, value: number) => ({ key, value, timestamp, step: 10 });
  return {
    create: createRunCall(experimentId, `seeded-${index}`, timestamp),
    metrics: [
      metric('accuracy', fraction(index)),
      metric('loss', fraction(index * 31 + 7)),
      metric('epoch', 10),
    ],
    params: [
      { key: 'optimizer', value: inTurn(OPTIMIZERS, index) },
      { key: 'lr', value: inTurn(LEARNING_RATES, index) },
      { key: 'depth', value: String(index % 7) },
    ],
  };
}

async function seedOverRest({ api }: Server, runs: readonly SeedRun[]): Promise<void> {
  const created = await api.all<RunAnswer>(
    runs.map((run) => run.create),
    CONNECTIONS,
  );
  const batches = runs.map(({ metrics, params }, index): Call => {
    const body = { run_id: created[index]?.run.info.run_id, metrics, params };
    return { method: 'POST', path: '/runs/log-batch', body };
  });
  await api.all(batches, CONNECTIONS);
}

/** Over REST this would take minutes: stock's own models write the same rows into its database. */
async function seedStock(server: Server, runs: readonly SeedRun[]): Promise<void> {
  const file = join(server.folder, 'seed.json');
  const rows = runs.map(({ create, metrics, params }) => {
    return { id: randomUUID().replaceAll('-', ''), run: create.body, metrics, params };
  });
  writeFileSync(file, JSON.stringify(rows));
  const script = join(dirname(fileURLToPath(import.meta.url)), 'seed_stock.py');
  await promisify(execFile)(stockProgram('python'), [script, server.database, file], {
    timeout: TIMEOUT_MS,
  });
}
