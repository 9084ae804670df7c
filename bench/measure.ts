import { setTimeout as sleep } from 'node:timers/promises';
import type { Driver, OwnTrial, Workload } from './driver.js';
import { runTrial, type Trial } from './load.js';
import { type ProcessUsage, usageOfTree } from './process-stats.js';
import type { Server, ServerName } from './servers.js';
import { median, percentile } from './statistics.js';

export interface Plan {
  readonly seconds: number;
  readonly rounds: number;
  readonly connections: readonly number[];
}

/** What one server did in one round. */
export interface Round {
  readonly round: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpuMs: number | undefined;
  readonly memoryMb: number | undefined;
  readonly answered: number;
  readonly unanswered: number;
  readonly failures: Readonly<Record<string, number>>;
  /** How busy the load generator's own core was, 0 to 1. */
  readonly loadShare: number;
}

export interface Result {
  readonly rounds: Round[];
  /** Acknowledged requests that proved wrong when they were read back. */
  readonly complaints: string[];
  /** Why rounds are missing. */
  readonly notes: string[];
  /** What a driver has to tell beyond its columns. */
  readonly figures: string[];
}

export interface Measurement {
  readonly workload: string;
  readonly connections: number;
  readonly results: Partial<Record<ServerName, Result>>;
}

export interface Contestant {
  readonly server: Server;
  readonly driver: Driver;
  /** Requests a second of the last trial, to prepare enough for the next. */
  rate: number;
}

const WARM_UP_SECONDS = 0.5;
const WARM_UP_REQUESTS = [32, 256];
const MARGIN = 1.4;
const GAIN_FROM_CONNECTIONS = 4;
const SWIFT_MS = 250;
const SETTLE_MS = 60_000;
const STALL_MS = 10_000;

/** Readies a workload on a server, with its code paths warm and its speed roughly known. */
export async function warmUp(server: Server, driver: Driver, plan: Plan): Promise<Contestant> {
  const contestant = { server, driver, rate: 0 };
  if (!('requests' in driver)) return contestant;
  for (const count of WARM_UP_REQUESTS) {
    await attempt(contestant, { ...plan, seconds: WARM_UP_SECONDS }, 1, count);
  }
  return contestant;
}

/** Lets the servers take turns, in an order that changes from round to round. */
export async function measure(
  workload: Workload,
  connections: number,
  contestants: readonly Contestant[],
  plan: Plan,
): Promise<Measurement> {
  const results: Partial<Record<ServerName, Result>> = {};
  const out = new Set<ServerName>();
  for (const { server } of contestants) {
    results[server.name] = { rounds: [], complaints: [], notes: [], figures: [] };
  }
  for (let round = 0; round < plan.rounds; round++) {
    for (const contestant of inOrderOf(round, contestants)) {
      const { name } = contestant.server;
      const result = results[name];
      if (result === undefined || out.has(name)) continue;
      try {
        const gain = round === 0 && connections > 1 ? GAIN_FROM_CONNECTIONS : MARGIN;
        const count = Math.ceil(contestant.rate * plan.seconds * gain) + 2 * connections;
        const { trial, before, after } = await attempt(contestant, plan, connections, count);
        result.rounds.push(toRound(round, trial, before, after));
        const stalled = trial.unanswered > 0 ? await settle(contestant.server) : 0;
        result.complaints.push(...(await complaintsOf(contestant.driver, trial)));
        if ('notes' in trial) result.figures.push(...trial.notes);
        if (stalled > STALL_MS) {
          out.add(name);
          result.notes.push(
            `left out after round ${round + 1}: busy for ${seconds(stalled)} after it`,
          );
        }
      } catch (error) {
        out.add(name);
        result.notes.push((error as Error).message);
      }
    }
  }
  return { workload: workload.name, connections, results };
}

async function attempt(contestant: Contestant, plan: Plan, connections: number, count: number) {
  const { server, driver } = contestant;
  const { seconds } = plan;
  let trial: Trial | OwnTrial;
  let before: ProcessUsage | undefined;
  if ('trial' in driver) {
    before = usageOfTree(server.pid);
    trial = await driver.trial(connections, seconds);
  } else {
    const source = await driver.requests(count);
    before = usageOfTree(server.pid);
    trial = await runTrial({
      ...{ port: server.port, connections, seconds, source, samples: driver.samples },
      graceSeconds: seconds + 1,
      hardSeconds: seconds * 5,
    });
  }
  const after = usageOfTree(server.pid);
  if (!server.running) throw new Error('the server has ended');
  contestant.rate = (trial.answered * 1000) / trial.elapsedMs;
  return { trial, before, after };
}

async function complaintsOf(driver: Driver, trial: Trial | OwnTrial): Promise<readonly string[]> {
  if ('requests' in driver) return driver.verify(trial);
  return 'complaints' in trial ? trial.complaints : [];
}

function toRound(
  round: number,
  trial: Trial,
  before: ProcessUsage | undefined,
  after: ProcessUsage | undefined,
): Round {
  const { answered, unanswered, failures, elapsedMs, latencies } = trial;
  return {
    round,
    perSecond: (answered * 1000) / elapsedMs,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    cpuMs: before && after && answered > 0 ? (after.cpuMs - before.cpuMs) / answered : undefined,
    memoryMb: after?.memoryMb,
    answered,
    unanswered,
    failures,
    loadShare: trial.loadCpuMs / elapsedMs,
  };
}

/** Waits until a server that was left with unanswered requests is swift again; how long it took. */
async function settle(server: Server): Promise<number> {
  const startedAt = performance.now();
  const elapsed = () => performance.now() - startedAt;
  while (elapsed() < SETTLE_MS) {
    const askedAt = performance.now();
    const failure = await server.api.get('/experiments/get?experiment_id=0', 10_000).then(
      () => undefined,
      (error: Error) => error,
    );
    if (failure === undefined && performance.now() - askedAt < SWIFT_MS) return elapsed();
    await sleep(100);
  }
  throw new Error(`it did not come to rest in ${seconds(SETTLE_MS)}`);
}

/** Each server comes first, second and third equally often, so that a drifting disk favours none. */
function inOrderOf<T>(round: number, items: readonly T[]): T[] {
  const start = items.length === 0 ? 0 : round % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(0)} s`;
}

/** The median over the rounds, or nothing where no round has the figure. */
export function medianOf(result: Result, figure: (round: Round) => number | undefined) {
  const values = result.rounds.flatMap((round) => figure(round) ?? []);
  return values.length === 0 ? undefined : median(values);
}

/** The median of the ratios within each round: only figures of one moment compare. */
export function ratioOf(
  ours: Result | undefined,
  other: Result | undefined,
  figure: (round: Round) => number | undefined,
): number | undefined {
  const ratios = (ours?.rounds ?? []).flatMap((mine) => {
    const theirs = other?.rounds.find(({ round }) => round === mine.round);
    const [a, b] = [figure(mine), theirs && figure(theirs)];
    return a === undefined || b === undefined ? [] : [a / b];
  });
  return ratios.length === 0 ? undefined : median(ratios);
}
