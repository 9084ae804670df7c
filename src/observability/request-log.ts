import type { RequestObserver, Seen } from '../platform/http/observer.js';
import { requestIdOf } from '../platform/http/request-id.js';
import type { Log } from '../platform/log.js';
import { slowLines } from '../platform/slow-lines.js';

/**
 * A line for each request at the level `debug`, and one at `warn` for those that took long. The
 * query of an address is left out: it may hold what nobody should read in a log.
 */
export class RequestLog implements RequestObserver {
  readonly #log: Log;
  readonly #slow: number;
  readonly #tellSlow: (line: object) => void;

  /** @param slow milliseconds after which a request counts as slow */
  constructor(log: Log, slow: number) {
    this.#log = log;
    this.#slow = slow;
    this.#tellSlow = slowLines(log, 'slow request');
  }

  began(): void {
    // A request is told of once it has ended.
  }

  ended({ request, operation, status, milliseconds }: Seen): void {
    const isSlow = this.#slow > 0 && milliseconds >= this.#slow;
    if (!isSlow && !this.#log.isLevelEnabled('debug')) return;
    const line = {
      request_id: requestIdOf(request),
      ...{ method: request.method, path: request.url?.split('?', 1)[0], operation, status },
      ms: Math.round(milliseconds * 10) / 10,
    };
    if (isSlow) this.#tellSlow(line);
    else this.#log.debug(line, 'request');
  }
}
