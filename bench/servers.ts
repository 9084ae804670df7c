import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { Api } from './api.js';
import { isRunning, processTree } from './process-stats.js';

/** In the order in which they are started. */
export const SERVER_NAMES = [
  'ours',
  'relaxed',
  'stock',
  'fasttrackml',
  'prototype',
  'bare',
] as const;
export type ServerName = (typeof SERVER_NAMES)[number];

export const STOCK_VERSION = '3.17.2';

/** Where a server runs, and what it stores in. */
interface Place {
  readonly folder: string;
  readonly port: number;
  /** As `mlflow server` spells it. */
  readonly database: string;
}

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const START_TIMEOUT_MS = 180_000;
const POLL_MS = 5;

interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A server that the benchmark has started, with its files in a folder of its own. */
export class Server {
  readonly api: Api;
  /** From starting the process to its first answer that needs the database. */
  startMs = Number.NaN;
  private readonly startedAt: number;
  private readonly child: ChildProcess;

  private constructor(
    readonly name: ServerName,
    readonly folder: string,
    /** As `mlflow server` spells it. */
    readonly database: string,
    port: number,
    env: Readonly<Record<string, string>>,
  ) {
    this.api = new Api(port);
    const launch = LAUNCHES[name]({ folder, port, database });
    const log = openSync(this.log, 'a');
    this.startedAt = performance.now();
    this.child = spawn(launch.command, launch.args, {
      cwd: folder,
      env: { ...process.env, NODE_ENV: 'production', ...launch.env, ...env },
      stdio: ['ignore', log, log],
      // A session of its own, so that all of its processes can be counted and ended.
      detached: true,
    });
    this.child.on('error', (error) => appendFileSync(this.log, `${error.message}\n`));
    closeSync(log);
  }

  /**
   * Starts the process. Whoever calls must stop it, even if it never gets ready.
   *
   * @param uri its database; without it the server has a SQLite file in its folder
   */
  static async launch(
    name: ServerName,
    parent: string,
    uri?: string,
    env: Readonly<Record<string, string>> = {},
  ): Promise<Server> {
    const folder = join(parent, name);
    mkdirSync(folder, { recursive: true });
    const database = uri ?? `sqlite:///${join(folder, 'bench.db')}`;
    return new Server(name, folder, database, await freePort(), env);
  }

  async ready(): Promise<void> {
    try {
      await this.firstAnswer();
    } catch (error) {
      const tail = readFileSync(this.log, 'utf8').slice(-2000);
      throw new Error(`${this.name} did not start: ${(error as Error).message}\n${tail}`);
    }
    this.startMs = performance.now() - this.startedAt;
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  get port(): number {
    return this.api.port;
  }

  get running(): boolean {
    const { pid, exitCode, signalCode } = this.child;
    return pid !== undefined && exitCode === null && signalCode === null;
  }

  /** Asks the server to end, and ends what is left of its processes after a few seconds. */
  async stop(): Promise<void> {
    if (this.child.pid === undefined) return;
    const { pid } = this.child;
    const known = processTree(pid);
    // Listed anew each time: a server that is still starting may have added a child since.
    const left = () => [...known, ...processTree(pid)].filter(isRunning);
    this.child.kill('SIGTERM');
    const deadline = Date.now() + 5_000;
    while (Date.now() < deadline && left().length > 0) await sleep(50);
    for (const entry of left()) {
      if (isRunning(entry)) process.kill(entry.pid, 'SIGKILL');
    }
    // Where there is no /proc to look into, the session's group is all that is known.
    if (known.length === 0 && this.running) process.kill(-pid, 'SIGKILL');
  }

  private get log(): string {
    return join(this.folder, 'server.log');
  }

  private async firstAnswer(): Promise<void> {
    const deadline = Date.now() + START_TIMEOUT_MS;
    for (let failure: unknown; ; ) {
      if (!this.running) throw new Error(`it ended with code ${this.child.exitCode}`);
      if (Date.now() > deadline) throw failure;
      try {
        await this.api.get('/experiments/get?experiment_id=0', 10_000);
        return;
      } catch (error) {
        failure = error;
        await sleep(POLL_MS);
      }
    }
  }
}

const LAUNCHES: Record<ServerName, (place: Place) => Launch> = {
  ours: (place) => ({
    command: process.execPath,
    args: [OUR_PROGRAM, 'server', ...sharedOptions(place)],
  }),
  relaxed: (place) => ({
    command: process.execPath,
    args: [OUR_PROGRAM, 'server', ...sharedOptions(place), '--durability', 'relaxed'],
  }),
  stock: (place) => ({
    command: stockProgram('mlflow'),
    args: ['server', '--workers', '1', ...sharedOptions(place)],
    // Counting its users would be traffic that has nothing to do with what is measured.
    env: { DO_NOT_TRACK: 'true', MLFLOW_DISABLE_TELEMETRY: 'true' },
  }),
  fasttrackml: ({ folder, port, database }) => ({
    command: peerProgram(),
    args: [
      ...['server', '--listen-address', `127.0.0.1:${port}`, '--log-level', 'error'],
      // Its SQLite URIs have two slashes before the path.
      ...['--database-uri', database.replace(/^sqlite:\/\/\//, 'sqlite://')],
      ...['--default-artifact-root', join(folder, 'artifacts')],
    ],
  }),
  prototype: ({ folder, port }) => ({
    command: process.execPath,
    args: [compile('prototype', folder), String(port), join(folder, 'bench.db')],
  }),
  bare: ({ folder, port }) => ({
    command: process.execPath,
    args: [compile('bare-stream', folder), String(port), folder],
  }),
};

export const OUR_PROGRAM = join(ROOT, 'dist', 'src', 'main.js');

export function ourProgramExists(): boolean {
  return existsSync(OUR_PROGRAM);
}

/** A program of the stock environment, which is made where it is missing. */
export function stockProgram(name: 'mlflow' | 'python'): string {
  const program = join(ROOT, '.test-env', `mlflow-${STOCK_VERSION}`, 'bin', name);
  if (!existsSync(program)) {
    const script = join(ROOT, 'scripts', 'python-envs.mjs');
    const made = spawnSync(process.execPath, [script, STOCK_VERSION], { stdio: 'inherit' });
    if (made.status !== 0) throw new Error('no stock server: see above, or pass --no-stock');
  }
  return program;
}

/** FastTrackML, whose environment is made where it is missing. */
function peerProgram(): string {
  const program = join(ROOT, '.test-env', 'fasttrackml', 'bin', 'fml');
  if (!existsSync(program)) {
    const script = join(ROOT, 'scripts', 'python-envs.mjs');
    const made = spawnSync(process.execPath, [script, 'fasttrackml'], { stdio: 'inherit' });
    if (made.status !== 0) throw new Error('no FastTrackML: see above, or pass --no-fasttrackml');
  }
  return program;
}

function sharedOptions({ folder, port, database }: Place): string[] {
  const artifacts = join(folder, 'artifacts');
  mkdirSync(artifacts, { recursive: true });
  return [
    ...['--host', '127.0.0.1', '--port', String(port)],
    ...['--backend-store-uri', database],
    ...['--artifacts-destination', artifacts],
  ];
}

/** Plain JavaScript, so that neither its start nor its memory pays for a TypeScript loader. */
function compile(name: string, folder: string): string {
  const source = readFileSync(join(ROOT, 'bench', `${name}.ts`), 'utf8');
  const { ESNext } = ts.ModuleKind;
  const target = ts.ScriptTarget.ES2022;
  const compiled = ts.transpileModule(source, { compilerOptions: { module: ESNext, target } });
  const program = join(folder, `${name}.mjs`);
  writeFileSync(program, compiled.outputText);
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir');
  return program;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', resolve);
  });
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
