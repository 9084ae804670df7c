import type { Api } from './api.js';
import type { RequestSource, Trial } from './load.js';
import type { Server, ServerName } from './servers.js';

export interface Context {
  readonly server: Server;
  readonly api: Api;
  /** An experiment for everything that is written. */
  readonly experimentId: string;
  /** The experiment to search in, with so many runs (10,000); the first call of a size fills it. */
  seeded(runs?: number): Promise<string>;
  /** The first call fills the registry. */
  registry(): Promise<void>;
}

/** A workload at work on one server: requests that connections send one after the other. */
export interface RequestDriver {
  /** The requests of a trial that will send about `count`; what they need exists afterwards. */
  requests(count: number): Promise<RequestSource>;
  /** Complaints about acknowledged requests: writes that aren't there, answers that are wrong. */
  verify(trial: Pick<Trial, 'acknowledged' | 'sample'>): Promise<string[]>;
  /** How many answers are kept to be verified (32). */
  readonly samples?: number;
}

/** A workload that is no stream of requests, and takes its own time: a script, a large file. */
export interface OwnDriver {
  trial(connections: number, seconds: number): Promise<OwnTrial>;
}

export interface OwnTrial extends Trial {
  /** What the columns of the table have no place for. */
  readonly notes: readonly string[];
  /** Of answers that proved wrong. */
  readonly complaints: readonly string[];
}

export type Driver = RequestDriver | OwnDriver;

export interface Workload {
  readonly name: string;
  /** Who takes part. */
  readonly servers: readonly ServerName[];
  /** With how many connections it is measured, whatever the command line says. */
  readonly connections?: readonly number[];
  readonly database?: 'sqlite' | 'postgresql';
  open(context: Context): Promise<Driver>;
}

/** The trial of a driver that has timed something itself. */
export function ownTrial(
  latencies: readonly number[],
  rest: Partial<OwnTrial> & Pick<OwnTrial, 'elapsedMs'>,
): OwnTrial {
  return {
    answered: latencies.length,
    latencies: Float64Array.from(latencies).sort(),
    failures: {},
    unanswered: 0,
    acknowledged: [],
    sample: [],
    loadCpuMs: 0,
    notes: [],
    complaints: [],
    ...rest,
  };
}
