/** How often, and how long at most, a call waits for a server that is busy or starting. */
export interface Retrying {
  /** Times that a call is sent in all; 1 never repeats. Default: 4. */
  readonly attempts?: number;
  /**
   * The longest wait before one repetition, in milliseconds. A server that asks for more, by
   * `Retry-After`, is not asked again and its answer is thrown. Default: 30000.
   */
  readonly maxDelay?: number;
}

export type Fetch = (request: Request) => Promise<Response>;

/** Too many requests, and temporarily unavailable: the server has not taken the call. */
const REPEATED = new Set([429, 503]);
const FIRST_DELAY = 500;

/** Sends a request again while the server answers 429 or 503. */
export function retrying(send: Fetch, { attempts = 4, maxDelay = 30_000 }: Retrying = {}): Fetch {
  return async (request) => {
    for (let attempt = 1; ; attempt += 1) {
      const last = attempt >= attempts;
      const response = await send(last ? request : request.clone());
      if (last || !REPEATED.has(response.status)) return response;
      const delay = askedDelay(response) ?? backoff(attempt, maxDelay);
      if (delay > maxDelay) return response;
      await response.body?.cancel();
      await sleep(delay, request.signal);
    }
  };
}

/** What `Retry-After` says, as seconds or as a date, in milliseconds. */
function askedDelay(response: Response): number | undefined {
  const text = response.headers.get('Retry-After')?.trim();
  if (!text) return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

/** Doubles with every attempt; half of it is chance, so that clients don't come back together. */
function backoff(attempt: number, maxDelay: number): number {
  const delay = Math.min(FIRST_DELAY * 2 ** (attempt - 1), maxDelay);
  return delay / 2 + (Math.random() * delay) / 2;
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    }, milliseconds);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}
