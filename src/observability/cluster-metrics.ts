import cluster, { type Worker } from 'node:cluster';
import { AggregatorRegistry, type Registry } from 'prom-client';

/** Messages between a worker and the process that watches over it. */
const ASK = 'metrics of all';

interface Question {
  readonly type: typeof ASK;
  readonly id: number;
}

interface Answer extends Question {
  readonly text: string;
}

const isOurs = (message: unknown): message is Question =>
  typeof message === 'object' && message !== null && 'type' in message && message.type === ASK;

/** Milliseconds that the others have for their part. */
const PATIENCE = 5_000;

/**
 * In a worker: the metrics of all of them, which only the process that watches can gather.
 *
 * @param own what this worker alone has counted, where the others don't answer
 */
export function metricsOfAll(
  registry: Registry,
  own: () => Promise<string>,
): () => Promise<string> {
  AggregatorRegistry.setRegistries(registry);
  // It listens for the question of the process that watches.
  new AggregatorRegistry();
  const waiting = new Map<number, (text: string) => void>();
  process.on('message', (message) => {
    if (!isOurs(message)) return;
    waiting.get(message.id)?.((message as Answer).text);
  });
  let last = 0;
  return () =>
    new Promise((resolve, reject) => {
      const id = ++last;
      const done = (text: Promise<string> | string) => {
        clearTimeout(timer);
        waiting.delete(id);
        Promise.resolve(text).then(resolve, reject);
      };
      const timer = setTimeout(() => done(own()), PATIENCE);
      waiting.set(id, done);
      process.send?.({ type: ASK, id } satisfies Question);
    });
}

/** In the process that watches: answers workers that ask for the metrics of all. */
export function answerMetrics(): void {
  const aggregator = new AggregatorRegistry();
  cluster.on('message', (worker: Worker, message: unknown) => {
    if (!isOurs(message)) return;
    aggregator.clusterMetrics().then(
      (text) => worker.send({ type: ASK, id: message.id, text } satisfies Answer),
      // A worker that hears nothing tells what it has counted itself.
      () => undefined,
    );
  });
}
