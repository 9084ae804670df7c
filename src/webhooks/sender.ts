import type { Clock } from '../platform/clock.js';
import type { OutgoingClient } from '../platform/outgoing/outgoing-client.js';
import { BlockedAddress } from '../platform/outgoing/outgoing-policy.js';
import { headersOf } from './message.js';
import type { WebhookSecrets } from './secrets.js';
import { OWN_SCHEMES, parseTarget } from './target.js';

export interface WebhookMessage {
  readonly webhookId: string;
  readonly url: string;
  /** Encrypted. */
  readonly secret: string | null;
  readonly deliveryId: string;
  readonly body: string;
}

/** What came of one attempt to send a message. */
export interface Attempt {
  readonly succeeded: boolean;
  /** The receiver's answer; undefined where there was none. */
  readonly responseStatus: number | undefined;
  /** Why it did not succeed. */
  readonly error: string | undefined;
  /** Is it any use to try again? */
  readonly mayPass: boolean;
  /** Milliseconds for which the receiver asks to be spared. */
  readonly retryAfter: number | undefined;
}

/** Answers after which MLflow tries again. */
const PASSING: readonly number[] = [429, 500, 502, 503, 504];
const MAX_ERROR = 500;

/** Signs messages and sends them, once each. */
export class WebhookSender {
  readonly #client: OutgoingClient;
  readonly #secrets: WebhookSecrets;
  readonly #schemes: readonly string[];
  readonly #now: Clock;

  constructor(parts: {
    readonly client: OutgoingClient;
    readonly secrets: WebhookSecrets;
    readonly schemes: readonly string[];
    readonly now: Clock;
  }) {
    this.#client = parts.client;
    this.#secrets = parts.secrets;
    this.#schemes = parts.schemes;
    this.#now = parts.now;
  }

  /** @throws what the signal was aborted for; whatever else goes wrong is told by the result */
  async send(message: WebhookMessage, signal: AbortSignal): Promise<Attempt> {
    let secret: string | undefined;
    let url: URL;
    try {
      url = parseTarget(
        message.url,
        this.#client.own.has(message.url) ? OWN_SCHEMES : this.#schemes,
      );
    } catch (error) {
      return failed(reasonOf(error), false);
    }
    try {
      secret = await this.#secretOf(message);
    } catch {
      return failed('The secret can not be decrypted with the keys of this server', true);
    }
    try {
      const { body, deliveryId } = message;
      const headers = headersOf(deliveryId, body, secret, this.#now());
      const { status, retryAfter } = await this.#client.post({ url, headers, body, signal });
      return answered(status, delayOf(retryAfter, this.#now()));
    } catch (error) {
      signal.throwIfAborted();
      const blocked = error instanceof BlockedAddress;
      return failed(reasonOf(error), !blocked);
    }
  }

  async #secretOf({ secret, webhookId }: WebhookMessage): Promise<string | undefined> {
    return secret === null ? undefined : this.#secrets.decrypt(secret, webhookId);
  }
}

function answered(status: number, retryAfter: number | undefined): Attempt {
  const succeeded = status >= 200 && status < 300;
  const isRedirect = status >= 300 && status < 400;
  return {
    succeeded,
    responseStatus: status,
    error: isRedirect ? 'The receiver redirects, and redirects are not followed' : undefined,
    mayPass: PASSING.includes(status),
    retryAfter,
  };
}

const failed = (error: string, mayPass: boolean): Attempt => ({
  succeeded: false,
  responseStatus: undefined,
  error,
  mayPass,
  retryAfter: undefined,
});

/** What may be told of an error: whoever manages webhooks must find out what is wrong. */
function reasonOf(error: unknown): string {
  if (error instanceof BlockedAddress) {
    return `Webhook connection blocked: ${error.address} is not a public IP address.`;
  }
  const message = error instanceof Error ? error.message || error.name : String(error);
  return message.slice(0, MAX_ERROR);
}

/** Reads `Retry-After`: seconds or a date. */
function delayOf(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const seconds = /^\s*\d{1,9}\s*$/.test(header) ? Number(header) : undefined;
  const delay = seconds === undefined ? Date.parse(header) - now : seconds * 1_000;
  return delay > 0 ? delay : undefined;
}
