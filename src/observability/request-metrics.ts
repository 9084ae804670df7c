import { Gauge, Histogram, type Registry } from 'prom-client';
import type { RequestObserver, Seen } from '../platform/http/observer.js';

/** Seconds; from what a point of a metric takes to what a search of very many runs does. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

type Timing = ReturnType<Histogram['labels']>;

/** Rate, errors and duration of each operation. */
export class RequestMetrics implements RequestObserver {
  readonly #inFlight: Gauge;
  readonly #durations: Histogram<'operation' | 'status'>;
  /** Looking a series up by its labels costs more than counting. */
  readonly #known = new Map<string, Timing>();

  constructor(registry: Registry) {
    const registers = [registry];
    this.#inFlight = new Gauge({
      name: 'runledger_http_requests_in_flight',
      help: 'Requests that are being answered',
      registers,
    });
    this.#durations = new Histogram({
      name: 'runledger_http_request_duration_seconds',
      help: 'Time to answer, by operation of the contract and class of status',
      labelNames: ['operation', 'status'],
      buckets: BUCKETS,
      registers,
    });
  }

  began(): void {
    this.#inFlight.inc();
  }

  ended({ operation = 'none', status, milliseconds }: Seen): void {
    this.#inFlight.dec();
    const answered = `${Math.floor(status / 100)}xx`;
    const key = `${operation} ${answered}`;
    let timing = this.#known.get(key);
    if (timing === undefined) {
      timing = this.#durations.labels(operation, answered);
      this.#known.set(key, timing);
    }
    timing.observe(milliseconds / 1_000);
  }
}
