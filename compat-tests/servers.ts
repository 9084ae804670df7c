import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { ensureEnvironment, environmentProgram } from '../scripts/python-envs.mjs';

/** The server whose answers ours are compared with. */
export const STOCK_VERSION = '3.17.2';

export interface RunningServer {
  readonly url: string;
  /** Of the process, where it is one of ours. */
  readonly pid?: number | undefined;
  /** What the server has printed so far. */
  log(): string;
  /** Stops the process with its children, and removes its data. */
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** Default: an empty database; of SQLite in a folder of its own, removed at the end. */
  readonly backendStoreUri?: string | undefined;
  /** More arguments for the server's command line. */
  readonly extraArguments?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
  /** For a stock server: the environment to take it from, where it needs more than its own. */
  readonly stockEnvironment?: string;
  /** The path below which everything lies, such as `/ml`: a part of the URL then. */
  readonly staticPrefix?: string;
}

const ROOT = findRoot(dirname(fileURLToPath(import.meta.url)));
const WEBHOOK_KEY = 'a key of these tests 0123456789abcdef';
const STOP_GRACE_MS = 10_000;

/** A stock `mlflow server` of the newest supported version. It takes 10 to 30 s to start. */
export async function startStockServer(options: ServerOptions = {}): Promise<RunningServer> {
  const environment = options.stockEnvironment ?? STOCK_VERSION;
  ensureEnvironment(environment);
  const program = environmentProgram(environment, 'mlflow');
  return start({
    name: `mlflow ${STOCK_VERSION}`,
    command: (port, folder) => [program, ...serverArguments(port, folder, 'mlflow.db', options)],
    prefix: options.staticPrefix ?? '',
    extraArguments: ['--workers', '1', ...(options.extraArguments ?? [])],
    environment: {
      MLFLOW_DISABLE_TELEMETRY: 'true',
      DO_NOT_TRACK: 'true',
      // Its job runners start seven more processes that nothing here needs.
      MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
      ...options.environment,
    },
    timeoutMs: 180_000,
  });
}

/**
 * The server of this project, as built in `dist/`. On a PostgreSQL where RUNLEDGER_TEST_BACKEND_URI
 * names one: each server has an empty database of its own there.
 */
export async function startRunledger(options: ServerOptions = {}): Promise<RunningServer> {
  const program = join(ROOT, 'dist', 'src', 'main.js');
  const backendStoreUri = options.backendStoreUri ?? (await databaseOnPostgres());
  return start({
    name: 'runledger',
    command: (port, folder) => [
      process.execPath,
      program,
      ...serverArguments(port, folder, 'runledger.db', { ...options, backendStoreUri }),
    ],
    prefix: options.staticPrefix ?? '',
    extraArguments: options.extraArguments ?? [],
    // Without it a server on PostgreSQL takes no secrets; stock makes one by itself.
    environment: { MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY: WEBHOOK_KEY, ...options.environment },
    timeoutMs: 60_000,
  });
}

async function databaseOnPostgres(): Promise<string | undefined> {
  const uri = process.env.RUNLEDGER_TEST_BACKEND_URI;
  if (uri === undefined) return undefined;
  const name = `compat_${randomUUID().replaceAll('-', '')}`;
  const client = new pg.Client({ connectionString: uri });
  await client.connect();
  await client.query(`create database ${name}`).finally(() => client.end());
  const own = new URL(uri);
  own.pathname = `/${name}`;
  return own.href;
}

function serverArguments(
  port: number,
  folder: string,
  database: string,
  options: ServerOptions,
): string[] {
  return [
    'server',
    ...['--host', '127.0.0.1', '--port', String(port)],
    ...['--backend-store-uri', options.backendStoreUri ?? `sqlite:///${join(folder, database)}`],
    ...['--artifacts-destination', join(folder, 'artifacts')],
    ...(options.staticPrefix === undefined ? [] : ['--static-prefix', options.staticPrefix]),
  ];
}

interface Launch {
  readonly name: string;
  readonly command: (port: number, folder: string) => readonly string[];
  readonly prefix: string;
  readonly extraArguments: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly timeoutMs: number;
}

/** Starts a server, on another port when the one that was free has been taken meanwhile. */
async function start(launch: Launch): Promise<RunningServer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(launch);
    } catch (error) {
      if (attempt === 3 || !PORT_TAKEN.test(String(error))) throw error;
    }
  }
}

const PORT_TAKEN = /in use/i;

async function startOnce(launch: Launch): Promise<RunningServer> {
  const folder = await mkdtemp(join(tmpdir(), 'compat-server-'));
  mkdirSync(join(folder, 'artifacts'));
  const port = await freePort();
  const [program = '', ...args] = launch.command(port, folder);
  const logFile = join(folder, 'server.log');
  const output = openSync(logFile, 'a');
  // A process group of its own, so that stopping reaches the workers that it starts.
  const child = spawn(program, [...args, ...launch.extraArguments], {
    cwd: folder,
    detached: true,
    env: { ...process.env, ...launch.environment },
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  let failure: Error | undefined;
  child.once('error', (error) => {
    failure = error;
  });
  const killAtExit = () => signal(child, 'SIGKILL');
  process.once('exit', killAtExit);
  const server: RunningServer = {
    url: `http://127.0.0.1:${port}${launch.prefix}`,
    pid: child.pid,
    log: () => readFileSync(logFile, 'utf8'),
    stop: async () => {
      process.removeListener('exit', killAtExit);
      await stop(child);
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
  try {
    await untilHealthy(server.url, launch.timeoutMs, () => {
      if (failure) throw failure;
      if (child.exitCode !== null) throw new Error(`it stopped with code ${child.exitCode}`);
    });
    return server;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const printed = server.log().slice(-2000);
    await server.stop();
    throw new Error(`${launch.name} did not start: ${reason}\n${printed}`);
  }
}

async function untilHealthy(url: string, timeoutMs: number, check: () => void): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    check();
    if (await isHealthy(url)) return;
    await sleep(100);
  }
  throw new Error(`GET /health did not answer OK within ${timeoutMs / 1000} s`);
}

/** True when `GET /health` answers 200 with the text OK. */
export async function isHealthy(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(5_000) });
    return answer.status === 200 && (await answer.text()).trim() === 'OK';
  } catch {
    return false;
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return;
  if (child.exitCode === null && child.signalCode === null) {
    const gone = once(child, 'exit');
    signal(child, 'SIGTERM');
    await Promise.race([gone, sleep(STOP_GRACE_MS, undefined, { ref: false })]);
  }
  // Whatever is left of the group.
  signal(child, 'SIGKILL');
}

function signal(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, name);
  } catch {
    // Already gone.
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

/** The project's folder, whether this runs from the sources or from `dist/`. */
function findRoot(folder: string): string {
  const parent = dirname(folder);
  return parent.endsWith('dist') ? dirname(parent) : parent;
}
