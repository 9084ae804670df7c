import { type Call, encodeCall } from './api.js';
import type { Prepared, RequestSource } from './load.js';

/** Requests made ahead of the timing take at most this much memory; further ones are made in it. */
const PREPARED_BYTES = 48 * 1024 * 1024;

/** Hands out requests in order. Ids go on from trial to trial, so no request is ever sent twice. */
export class RequestFactory {
  /** The id of the next request that will be handed out. */
  nextId = 0;
  private ready: Prepared[] = [];

  constructor(private readonly call: (id: number) => Call) {}

  /** Prepares `count` requests, and makes what is asked beyond them on the spot. */
  endless(count: number): RequestSource {
    this.prepare(count);
    return { next: () => this.take() };
  }

  /** Ends after `count` requests, for workloads whose requests need something prepared. */
  bounded(count: number): RequestSource {
    const end = this.nextId + count;
    this.prepare(count);
    return { next: () => (this.nextId < end ? this.take() : undefined) };
  }

  private prepare(count: number): void {
    // Last first, because taking from the end of an array costs nothing.
    const ready = this.ready.reverse();
    let bytes = ready.reduce((sum, request) => sum + request.bytes.length, 0);
    while (ready.length < count && bytes < PREPARED_BYTES) {
      const request = this.make(this.nextId + ready.length);
      bytes += request.bytes.length;
      ready.push(request);
    }
    this.ready = ready.reverse();
  }

  private take(): Prepared {
    const request = this.ready.pop() ?? this.make(this.nextId);
    this.nextId = request.id + 1;
    return request;
  }

  private make(id: number): Prepared {
    return { id, bytes: encodeCall(this.call(id)) };
  }
}
