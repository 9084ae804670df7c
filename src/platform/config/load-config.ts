import type { AdmissionLimits } from '../http/admission.js';
import { integer } from './values.js';

/** What flags and environment say about how much is taken at one time, as text. */
export interface RawLoad {
  readonly maxRequests?: string;
  readonly maxRequestsPerCaller?: string;
  readonly maxBodyMemory?: string;
  readonly maxConnections?: string;
  readonly maxWaitingSearches?: string;
}

/** What one process takes at one time. */
export interface LoadConfig extends AdmissionLimits {
  readonly connections: number;
  /** Long reads that wait for their turn. */
  readonly waitingSearches: number;
}

export const LOAD_FLAGS = [
  {
    flags: '--max-requests <number>',
    env: 'RUNLEDGER_MAX_REQUESTS',
    description: 'requests that a process answers at one time; more get 503 (default: 1000)',
  },
  {
    flags: '--max-requests-per-caller <number>',
    env: 'RUNLEDGER_MAX_REQUESTS_PER_CALLER',
    description:
      'those of one user, or of one address where nobody signs in; more get 429; 0 for no bound (default: half of --max-requests with --auth, else 0)',
  },
  {
    flags: '--max-body-memory <bytes>',
    env: 'RUNLEDGER_MAX_BODY_MEMORY',
    description: 'JSON bodies that a process holds at one time; more get 503 (default: 536870912)',
  },
  {
    flags: '--max-connections <number>',
    env: 'RUNLEDGER_MAX_CONNECTIONS',
    description: 'connections of a process; requests on more get 503 (default: 8192)',
  },
  {
    flags: '--max-waiting-searches <number>',
    env: 'RUNLEDGER_MAX_WAITING_SEARCHES',
    description: 'searches that may wait for the database; more get 503 (default: 500)',
  },
] as const;

/** @throws Error with one sentence for the user */
export function loadConfig(raw: RawLoad, signedIn: boolean, bodyLimit: number): LoadConfig {
  const requests = integer('--max-requests', raw.maxRequests, 1_000, 1, 1_000_000);
  const perCaller = integer(
    '--max-requests-per-caller',
    raw.maxRequestsPerCaller,
    signedIn ? Math.ceil(requests / 2) : 0,
    0,
    1_000_000,
  );
  return {
    requests,
    requestsPerCaller: perCaller === 0 ? undefined : perCaller,
    bodyMemory: integer(
      '--max-body-memory',
      raw.maxBodyMemory,
      Math.max(512 * 1024 * 1024, bodyLimit),
      // A body of the largest size must find room, or it would be asked to come again for ever.
      bodyLimit,
      2 ** 40,
    ),
    connections: integer('--max-connections', raw.maxConnections, 8_192, 1, 1_000_000),
    waitingSearches: integer('--max-waiting-searches', raw.maxWaitingSearches, 500, 0, 1_000_000),
  };
}
