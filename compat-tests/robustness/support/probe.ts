import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

export interface Health {
  /** Probes answered with 200, and all others. */
  readonly answers: number;
  readonly others: number;
  /**
   * The requests that were answered while a probe waited, for half of the probes at most: a thread
   * that the machine lets stand says nothing of the server.
   */
  readonly overtaken: number;
  /** Milliseconds to an answer: of half of the probes at most, and of all but one in a hundred. */
  readonly median: number;
  readonly slow: number;
}

/** @returns a line for who reads the output of the tests */
export const timesOf = ({ answers, median, slow }: Health): string =>
  `/health: ${answers} answers, half of them within ${median.toFixed(1)} ms, 99 % within ${slow.toFixed(1)} ms`;

export interface Probe {
  /** To be called for each request of others that is answered. */
  count(): void;
  stop(): Promise<Health>;
}

/** Asks a server for its health from now on; resolves when the first answer is there. */
export async function startProbe(url: string): Promise<Probe> {
  const answered = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL('probe.mjs', import.meta.url), {
    workerData: { url, answered },
  });
  await once(worker, 'message');
  return {
    count: () => {
      Atomics.add(answered, 0, 1);
    },
    stop: async () => {
      const told = once(worker, 'message');
      worker.postMessage('over');
      const [health] = (await told) as [Health];
      await worker.terminate();
      return health;
    },
  };
}
