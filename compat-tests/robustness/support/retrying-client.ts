import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, Client, NoAnswer } from './client.js';

/** What MLflow's Python client asks for again, whatever the method: seven times, then it gives up. */
const RETRIED = new Set([408, 429, 500, 502, 503, 504]);
const RETRIES = 7;
/** Milliseconds before the second retry, doubled for each more. MLflow's client waits 4 s there. */
const FIRST_WAIT = 200;

/** Asks again as MLflow's Python client does, only with less patience. */
export class RetryingClient extends Client {
  /** By route, how many attempts got no answer or one that is asked for again. */
  readonly failed = new Map<string, number>();
  /** The answers that were asked for again; 0 stands for none at all. */
  readonly statuses = new Set<number>();
  #isOver = false;

  /** Requests from now on are not sent, as if the connection had broken. */
  finish(): void {
    this.#isOver = true;
  }

  override async call(
    method: string,
    route: string,
    message: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    if (this.#isOver) throw new NoAnswer(`${method} ${route} was not sent`);
    for (let attempt = 0; ; attempt += 1) {
      const answer = await super.call(method, route, message, headers).catch((error: unknown) => {
        if (!(error instanceof NoAnswer)) throw error;
        return undefined;
      });
      if (answer !== undefined && !RETRIED.has(answer.status)) {
        return attempt > 0 && isOwnName(answer) ? { ...answer, status: 200 } : answer;
      }
      if (attempt >= RETRIES) {
        throw new Error(`${route}: given up after ${answer?.status} ${answer?.text}`);
      }
      this.statuses.add(answer?.status ?? 0);
      this.failed.set(route, (this.failed.get(route) ?? 0) + 1);
      await sleep(Math.max(waitOf(attempt), retryAfter(answer)));
    }
  }
}

/** The name is taken since an earlier attempt took it, although its answer was lost. */
const isOwnName = ({ text }: Answer): boolean => text.includes('"RESOURCE_ALREADY_EXISTS"');

const waitOf = (attempt: number): number => (attempt === 0 ? 0 : FIRST_WAIT * 2 ** (attempt - 1));

const retryAfter = (answer: Answer | undefined): number =>
  1_000 * Number(answer?.headers['retry-after'] ?? 0);
