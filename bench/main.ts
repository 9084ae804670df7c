import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Databases } from './databases.js';
import type { Context, Workload } from './driver.js';
import { type Contestant, type Measurement, measure, warmUp } from './measure.js';
import { type Options, parseOptions, USAGE, UsageError } from './options.js';
import { usageOfTree } from './process-stats.js';
import { MODELS, VERSIONS } from './registry-workloads.js';
import {
  type IdleByServer,
  idleReport,
  measurementHead,
  measurementReport,
  remarksOn,
  summary,
} from './report.js';
import { seedExperiment, seedRegistry } from './seed.js';
import { ourProgramExists, SERVER_NAMES, Server, STOCK_VERSION } from './servers.js';

const IDLE_SECONDS = 3;
const REST_TIMEOUT_SECONDS = 60;
const REST_CPU_MS_PER_SECOND = 150;

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options.servers.has('ours') && !ourProgramExists()) {
    throw new UsageError('there is nothing built in dist: run `npm run build`, or pass --no-ours');
  }
  const folder = mkdtempSync(join(tmpdir(), 'runledger-bench-'));
  const servers: Server[] = [];
  const postgres = options.database === 'postgresql' ? await Databases.start() : undefined;
  const end = async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await postgres?.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => end().finally(() => process.exit(1)));
  }
  try {
    await run(options, folder, servers, postgres);
  } finally {
    await end();
  }
}

async function run(
  options: Options,
  folder: string,
  servers: Server[],
  postgres: Databases | undefined,
): Promise<void> {
  const wanted = new Set(options.workloads.flatMap((workload) => workload.servers));
  for (const name of SERVER_NAMES) {
    // One after another, so that no start is slowed down by another.
    if (!options.servers.has(name) || !wanted.has(name)) continue;
    const server = await Server.launch(name, folder, await postgres?.create(name));
    servers.push(server);
    await server.ready();
  }
  await comeToRest(servers);
  const idle = await idleFigures(servers);
  const stock = options.servers.has('stock') ? `stock: mlflow ${STOCK_VERSION}, ` : '';
  console.log(`${options.database}, ${stock}Node ${process.version}, ${cpus().length} cores\n`);
  console.log(`${idleReport(idle)}\n`);

  const contexts = new Map<Server, Context>();
  for (const server of servers) contexts.set(server, await contextOf(server, options.seededRuns));
  console.log(measurementHead());
  const measurements: Measurement[] = [];
  for (const workload of options.workloads) {
    const contestants = await contestantsFor(workload, contexts, options);
    for (const connections of workload.connections ?? options.plan.connections) {
      const measurement = await measure(workload, connections, contestants, options.plan);
      console.log(measurementReport(measurement));
      measurements.push(measurement);
    }
  }
  if (options.servers.has('ours')) console.log(`\n${summary(measurements)}`);
  if (options.json) writeJson(options.json, options, idle, measurements);
  const wrong = measurements.some(({ results }) =>
    Object.values(results).some(({ complaints }) => complaints.length > 0),
  );
  if (wrong) {
    console.error(
      '\nAcknowledged requests proved wrong when they were read back: see WRONG above.',
    );
    process.exitCode = 1;
  }
}

/** Stock starts helpers after its first answer; what they do until then is not rest. */
async function comeToRest(servers: readonly Server[]): Promise<void> {
  const cpuMs = () => servers.reduce((sum, { pid }) => sum + (usageOfTree(pid)?.cpuMs ?? 0), 0);
  const deadline = performance.now() + REST_TIMEOUT_SECONDS * 1000;
  let [before, now] = [Number.NEGATIVE_INFINITY, cpuMs()];
  while (now - before > REST_CPU_MS_PER_SECOND && performance.now() < deadline) {
    await sleep(1000);
    [before, now] = [now, cpuMs()];
  }
}

async function idleFigures(servers: readonly Server[]): Promise<IdleByServer> {
  const before = new Map(servers.map((server) => [server, usageOfTree(server.pid)]));
  await sleep(IDLE_SECONDS * 1000);
  const idle: IdleByServer = {};
  for (const server of servers) {
    const [then, now] = [before.get(server), usageOfTree(server.pid)];
    idle[server.name] = {
      startMs: server.startMs,
      memoryMb: now?.memoryMb,
      processes: now?.processes,
      cpuShare: then && now ? (now.cpuMs - then.cpuMs) / (IDLE_SECONDS * 1000) : undefined,
    };
  }
  return idle;
}

async function contextOf(server: Server, seededRuns: number): Promise<Context> {
  const { experiment_id } = await server.api.post<{ experiment_id: string }>(
    '/experiments/create',
    { name: 'bench' },
  );
  const seeding = new Map<number, Promise<string>>();
  const seeded = (runs = seededRuns) => {
    const known = seeding.get(runs) ?? seedExperiment(server, runs);
    seeding.set(runs, known);
    return known;
  };
  let filling: Promise<void> | undefined;
  const registry = () => {
    filling ??= seedRegistry(server, MODELS, VERSIONS);
    return filling;
  };
  return { server, api: server.api, experimentId: experiment_id, seeded, registry };
}

/** A server on which a workload can't even be prepared is left out of it, and told about. */
async function contestantsFor(
  workload: Workload,
  contexts: ReadonlyMap<Server, Context>,
  { plan }: Options,
): Promise<Contestant[]> {
  const contestants: Contestant[] = [];
  for (const [server, context] of contexts) {
    if (!workload.servers.includes(server.name)) continue;
    try {
      contestants.push(await warmUp(server, await workload.open(context), plan));
    } catch (error) {
      console.log(`${workload.name} on ${server.name}: ${(error as Error).message}`);
      process.exitCode = 1;
    }
  }
  return contestants;
}

function writeJson(
  file: string,
  { plan, seededRuns, database }: Options,
  idle: IdleByServer,
  measurements: readonly Measurement[],
): void {
  const figures = measurements.map(({ results, ...rest }) => ({
    ...rest,
    results: Object.fromEntries(
      Object.entries(results).map(([name, result]) => {
        return [name, { ...result, remarks: remarksOn(result) }];
      }),
    ),
  }));
  const about = { database, stock: STOCK_VERSION, node: process.version, cores: cpus().length };
  const content = { ...about, plan, seededRuns, idle, measurements: figures };
  writeFileSync(file, `${JSON.stringify(content, undefined, 2)}\n`);
}

main().catch((error: unknown) => {
  const usage = error instanceof UsageError ? `\n\n${USAGE}` : '';
  console.error(`${error instanceof Error ? error.message : String(error)}${usage}`);
  process.exitCode = 1;
});
