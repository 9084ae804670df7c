import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isHealthy } from '../../servers.js';
import type { Place } from './place.js';

const PROGRAM = fileURLToPath(new URL('../../../dist/server/main.js', import.meta.url));
const START_TIMEOUT = 90_000;
// Each process that is started here is ended with this one.
process.setMaxListeners(64);

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Settings {
  /** The same port again, for a server that comes back. */
  readonly port?: number;
  readonly flags?: readonly string[];
  readonly prefix?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** The built server as a process of its own, reached by its URL alone. */
export class ServerProcess {
  readonly url: string;
  readonly port: number;
  readonly #program: Program;

  constructor(program: Program, port: number) {
    this.#program = program;
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
  }

  get ended(): Promise<Ended> {
    return this.#program.ended;
  }

  get pid(): number {
    return this.#program.child.pid ?? 0;
  }

  /** What it has written to its standard output. */
  printed(): string {
    return this.#program.printed.stdout;
  }

  log(): string {
    return this.#program.printed.stderr;
  }

  signal(name: NodeJS.Signals): void {
    this.#program.child.kill(name);
  }

  /** The end without warning. */
  kill(): Promise<Ended> {
    this.signal('SIGKILL');
    return this.ended;
  }

  /** The end with warning. */
  stop(): Promise<Ended> {
    this.signal('SIGTERM');
    return this.ended;
  }
}

/** Starts a server on a place, which keeps its data when the server ends. */
export async function startServer(place: Place, settings: Settings = {}): Promise<ServerProcess> {
  const { prefix = '', flags: more = [], environment = {} } = settings;
  const flags = prefix === '' ? more : ['--static-prefix', prefix, ...more];
  // Port 0 takes a free one for certain: one that is found first may be lost to somebody else.
  const serving = ['server', ...serverFlags(place, settings.port ?? 0), ...flags];
  const program = launch(serving, { environment });
  place.atEnd(async () => {
    program.child.kill('SIGKILL');
    await program.ended;
  });
  const deadline = Date.now() + START_TIMEOUT;
  for (;;) {
    const port = Number(LISTENS.exec(program.printed.stdout)?.[1] ?? 0);
    const server = new ServerProcess(program, port);
    if (port > 0 && (await isHealthy(`${server.url}${prefix}`))) return server;
    const { exitCode, signalCode } = program.child;
    if (exitCode !== null || signalCode !== null || Date.now() > deadline) {
      throw new Error(`The server did not start: ${program.printed.stderr.slice(-2_000)}`);
    }
    await sleep(25);
  }
}

const LISTENS = /listens on http:\/\/127\.0\.0\.1:(\d+)/;

export const serverFlags = (place: Place, port: number): string[] => [
  ...['--host', '127.0.0.1', '--port', String(port)],
  ...['--backend-store-uri', place.databaseUri],
  ...['--artifacts-destination', place.artifacts],
];

export interface RunOptions {
  /** Runs the program as this user, to whom files of others are closed. */
  readonly uid?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs the program to its end. One that goes on instead is stopped, and has no exit code then. */
export async function runProgram(
  args: readonly string[],
  options: RunOptions = {},
): Promise<Ended> {
  const program = launch(args, options);
  const timer = setTimeout(() => program.child.kill('SIGKILL'), START_TIMEOUT);
  const ended = await program.ended;
  clearTimeout(timer);
  return ended;
}

interface Program {
  readonly child: ChildProcess;
  readonly printed: { stdout: string; stderr: string };
  readonly ended: Promise<Ended>;
}

function launch(args: readonly string[], { uid, environment }: RunOptions = {}): Program {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(MLFLOW|RUNLEDGER|VITEST|NODE_)/.test(name),
  );
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd: '/',
    env: { ...Object.fromEntries(inherited), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  const printed = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      printed[name] += text;
    });
  }
  const killAtExit = () => child.kill('SIGKILL');
  process.once('exit', killAtExit);
  const ended = once(child, 'close').then(([code, signal]) => {
    process.removeListener('exit', killAtExit);
    return { code, signal, ...printed } as Ended;
  });
  return { child, printed, ended };
}
