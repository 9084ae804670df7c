import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { Config } from './platform/config/config.js';
import { createLog, type Log } from './platform/log.js';
import { prepare, type RunningServer, startServer, warnOfOpenDoor } from './run-server.js';

/** What a worker tells the process that started it. */
type Report = { readonly url: string } | { readonly failure: string };

const STOP = 'stop';
/** Milliseconds before a worker that died is replaced: doubled while they die young. */
const SHORTEST_WAIT = 100;
const LONGEST_WAIT = 10_000;
/** Milliseconds after which a death is no sign of a fault that comes back at once. */
const YOUTH = 30_000;

/**
 * Serves with several processes that share the port: one migrates and watches over the others,
 * which do all the work. A worker that dies is replaced. The first signal finishes what is under
 * way in all of them, the second one ends them at once.
 *
 * @throws Error with one sentence when the server can't start
 */
export async function runWorkers(config: Config): Promise<void> {
  const log = createLog(config.logLevel);
  if (cluster.isWorker) return runWorker(config, log);
  await prepare(config);
  // Workers take connections from the kernel themselves. Handed on by this process, one that is on
  // its way to a worker which dies would stay open without anybody to answer it.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  if (config.port === 0) {
    // Left to the workers, the port would change with the last of them.
    const port = String(await freePort(config.host));
    cluster.setupPrimary({ args: [...process.argv.slice(2), '--port', port] });
  }
  const { answerMetrics } = await import('./observability/cluster-metrics.js');
  answerMetrics();
  const crew = new Crew(config.workers, log);
  stopAtSignals(crew, log);
  process.stdout.write(`Runledger listens on ${await crew.start()}\n`);
  warnOfOpenDoor(config);
}

/** @returns a port that was free a moment ago */
async function freePort(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function runWorker(config: Config, log: Log): Promise<void> {
  let server: RunningServer | undefined;
  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    await server?.stop();
    process.exit(0);
  };
  // A terminal and a service manager send signals to all processes: the first one has said it all,
  // and a second one is the business of the process that watches.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => void stop());
  process.on('message', (message) => {
    if (message === STOP) void stop();
  });
  try {
    server = await startServer(config, log);
    if (!stopping) process.send?.({ url: server.url } satisfies Report);
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    process.send?.({ failure } satisfies Report, () => process.exit(1));
  }
}

/** The workers, as the process that watches over them sees them. */
class Crew {
  readonly #size: number;
  readonly #log: Log;
  readonly #workers = new Set<Worker>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #isStopping = false;

  constructor(size: number, log: Log) {
    this.#size = size;
    this.#log = log;
  }

  /**
   * @returns where all of them listen
   * @throws Error with the sentence of the first that can't start; then none is left
   */
  async start(): Promise<string> {
    try {
      const urls = await Promise.all(Array.from({ length: this.#size }, () => this.#hire(0)));
      return urls[0] ?? '';
    } catch (error) {
      // Those that were asked to stop at once have not failed.
      if (this.#isStopping) return new Promise(() => undefined);
      this.kill();
      throw error;
    }
  }

  /** @returns true when every worker has finished its work */
  async stop(): Promise<boolean> {
    this.#dismiss();
    const ends = await Promise.all(
      [...this.#workers].map((worker) => {
        const end = new Promise<boolean>((resolve) =>
          worker.once('exit', (code) => resolve(code === 0)),
        );
        if (worker.isConnected()) worker.send(STOP);
        return end;
      }),
    );
    return ends.every(Boolean);
  }

  kill(): void {
    this.#dismiss();
    for (const { process: worker } of this.#workers) worker.kill('SIGKILL');
  }

  #dismiss(): void {
    this.#isStopping = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }

  /**
   * Starts a worker.
   *
   * @param wait how long its predecessor was waited for
   * @returns where it listens, once it does
   */
  #hire(wait: number): Promise<string> {
    const worker = cluster.fork();
    const since = Date.now();
    this.#workers.add(worker);
    return new Promise((resolve, reject) => {
      let failure: string | undefined;
      let hasListened = false;
      worker.on('message', (report: Report) => {
        if ('url' in report) {
          hasListened = true;
          resolve(report.url);
        } else failure = report.failure;
      });
      worker.once('exit', (code, signal) => {
        this.#workers.delete(worker);
        const how = signal ?? `status ${code}`;
        if (!hasListened) {
          reject(new Error(failure ?? `A worker process ended at its start with ${how}`));
        } else if (!this.#isStopping) {
          this.#log.error({ worker: worker.process.pid, how }, 'a worker ended and is replaced');
          this.#replace(Date.now() - since < YOUTH ? wait : 0);
        }
      });
    });
  }

  #replace(lastWait: number): void {
    const wait = Math.min(Math.max(lastWait * 2, SHORTEST_WAIT), LONGEST_WAIT);
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#hire(wait).catch((error: unknown) => {
        // The others serve on, and what stands in the way may pass: a database that restarts.
        if (this.#isStopping) return;
        this.#log.error({ err: error }, 'a worker could not start and is tried again');
        this.#replace(wait);
      });
    }, wait);
    this.#timers.add(timer);
  }
}

function stopAtSignals(crew: Crew, log: Log): void {
  let stopping = false;
  const stop = async (signal: string): Promise<void> => {
    if (stopping) {
      crew.kill();
      process.exit(1);
    }
    stopping = true;
    log.info({ signal }, 'stopping');
    process.exit((await crew.stop()) ? 0 : 1);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      void stop(signal);
    });
  }
}
