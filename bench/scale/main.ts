/**
 * `npm run bench:scale`: fills a database with a million runs, times every interactive call, and
 * fails when one of them reads a whole large table.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Databases } from '../databases.js';
import { runTrial } from '../load.js';
import { usageOfTree } from '../process-stats.js';
import { RequestFactory } from '../requests.js';
import { ourProgramExists, Server } from '../servers.js';
import { percentile } from '../statistics.js';
import { type Interactive, interactiveCalls } from './calls.js';
import { databaseBytes } from './database-size.js';
import { type Filled, fillScale } from './fill.js';
import type { PlanCheck } from './plan-check.js';
import { LOGGING, postgresPlans } from './postgres-plans.js';
import { sqlitePlans } from './sqlite-plans.js';

const USAGE = `npm run bench:scale -- [options]
  --runs N           1,000,000
  --database NAME    sqlite (the default) or postgresql
  --seconds N        how long each call is repeated (2)`;
const NAME = 'scale';
/** Enough for PostgreSQL to turn from plans for one value to plans for any. */
const WATCHED_CALLS = 8;
const WARM_UP_SECONDS = 0.3;
const CALL_TIMEOUT_SECONDS = 60;
const FOR_LARGE_FILLS = ['-c', 'max_wal_size=8GB', '-c', 'checkpoint_timeout=30min'];

interface Options {
  readonly runs: number;
  readonly seconds: number;
  readonly isPostgres: boolean;
}

async function main(): Promise<void> {
  const options = optionsOf(process.argv.slice(2));
  if (!ourProgramExists()) throw new Error('there is nothing built in dist: run `npm run build`');
  const folder = mkdtempSync(join(tmpdir(), 'runledger-scale-'));
  const servers = new Set<Server>();
  let postgres: Databases | undefined;
  const end = async () => {
    await Promise.all([...servers].map((server) => server.stop()));
    await postgres?.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => end().finally(() => process.exit(1)));
  }
  try {
    postgres = options.isPostgres
      ? await Databases.start([...LOGGING, ...FOR_LARGE_FILLS])
      : undefined;
    const uri = await postgres?.create(NAME);
    const start = async (env: Readonly<Record<string, string>> = {}) => {
      const server = await Server.launch('ours', folder, uri, env);
      servers.add(server);
      await server.ready();
      return server;
    };
    await run(options, folder, postgres, start);
  } finally {
    await end();
  }
}

async function run(
  options: Options,
  folder: string,
  postgres: Databases | undefined,
  start: (env?: Readonly<Record<string, string>>) => Promise<Server>,
): Promise<void> {
  const startedAt = performance.now();
  const log = (line: string) =>
    console.log(`${((performance.now() - startedAt) / 1000).toFixed(0)} s: ${line}`);
  const empty = await start();
  const filled = await fillScale(empty, options.runs, log);
  await empty.stop();
  const bytes = await databaseBytes(empty.database);
  log(`${(bytes / 2 ** 30).toFixed(2)} GiB, ${(bytes / options.runs).toFixed(0)} bytes per run`);

  const server = await start();
  log(`first answer after ${server.startMs.toFixed(0)} ms`);
  await time(server, await interactiveCalls(server.api, filled), options.seconds);
  log(`${usageOfTree(server.pid)?.memoryMb.toFixed(0) ?? '-'} MB at the end`);
  await server.stop();

  const file = server.database.replace(/^sqlite:\/{3}/, '');
  const check = postgres ? postgresPlans(postgres, NAME) : sqlitePlans(file, folder);
  log('the plans');
  await checkPlans(check, start, filled);
  log('the end');
}

/** One call after the other, each different from the last where it can be. */
async function time(server: Server, calls: readonly Interactive[], seconds: number) {
  console.log(
    `\n${'call'.padEnd(36)}${'p50 ms'.padStart(9)}${'p99 ms'.padStart(9)}${'calls'.padStart(8)}`,
  );
  for (const { name, call } of calls) {
    const factory = new RequestFactory(call);
    const trial = (length: number) =>
      runTrial({
        ...{ port: server.port, connections: 1, samples: 1, source: factory.endless(50) },
        ...{ seconds: length, graceSeconds: CALL_TIMEOUT_SECONDS },
        hardSeconds: length + CALL_TIMEOUT_SECONDS,
      });
    await trial(WARM_UP_SECONDS);
    const { latencies, failures } = await trial(seconds);
    const [p50, p99] = [0.5, 0.99].map((share) => percentile(latencies, share).toFixed(2));
    const remarks = Object.entries(failures).map(([kind, count]) => `  ${count} x ${kind}`);
    if (remarks.length > 0) process.exitCode = 1;
    console.log(
      `${name.padEnd(36)}${p50?.padStart(9)}${p99?.padStart(9)}${String(latencies.length).padStart(8)}${remarks.join('')}`,
    );
  }
  console.log('');
}

async function checkPlans(
  check: PlanCheck,
  start: (env: Readonly<Record<string, string>>) => Promise<Server>,
  filled: Filled,
): Promise<void> {
  await check.begin();
  const server = await start(check.env);
  for (const { call } of await interactiveCalls(server.api, filled)) {
    for (let id = 0; id < WATCHED_CALLS; id++) {
      // Other runs than those of the timing: what is written must be new.
      const { method, path, body } = call(100_000 + id);
      if (method === 'GET') await server.api.get(path);
      else await server.api.post(path, body);
    }
  }
  await server.stop();
  const { statements, findings } = await check.end();
  console.log(`${statements} statements explained: ${findings.length} read a whole large table`);
  for (const { table, how, statement } of findings) {
    console.log(`\n${table} (${how}):\n  ${statement.replace(/\s+/g, ' ')}`);
  }
  if (findings.length > 0) process.exitCode = 1;
}

function optionsOf(args: string[]): Options {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ args, options: { runs: text, database: text, seconds: text } });
  const { runs = '1000000', database = 'sqlite', seconds = '2' } = values;
  if (!(Number(runs) >= 10_000)) throw new Error(`--runs takes 10,000 or more, not '${runs}'`);
  if (!(Number(seconds) > 0)) throw new Error(`--seconds takes a number above 0`);
  if (database !== 'sqlite' && database !== 'postgresql') {
    throw new Error(`--database takes sqlite or postgresql, not '${database}'`);
  }
  return {
    runs: Number(runs),
    seconds: Number(seconds),
    isPostgres: database === 'postgresql',
  };
}

main().catch((error: unknown) => {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  process.exitCode = 1;
});
