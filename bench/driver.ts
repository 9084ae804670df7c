import type { Api } from './api.js';
import type { RequestSource, Trial } from './load.js';

export interface Context {
  readonly api: Api;
  /** An experiment for everything that is written. */
  readonly experimentId: string;
  /** The experiment to search in; the first call fills it. */
  seeded(): Promise<string>;
}

/** A workload at work on one server. */
export interface Driver {
  /** The requests of a trial that will send about `count`; what they need exists afterwards. */
  requests(count: number): Promise<RequestSource>;
  /** Complaints about acknowledged requests: writes that aren't there, answers that are wrong. */
  verify(trial: Pick<Trial, 'acknowledged' | 'sample'>): Promise<string[]>;
}

export interface Workload {
  readonly name: string;
  /** The bare prototype serves no search. */
  readonly onPrototype: boolean;
  open(context: Context): Promise<Driver>;
}
