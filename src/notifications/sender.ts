import type { Clock } from '../platform/clock.js';
import type { Reader } from '../platform/db/database.js';
import type { OutgoingClient } from '../platform/outgoing/outgoing-client.js';
import { BlockedAddress } from '../platform/outgoing/outgoing-policy.js';
import { parseTarget } from '../webhooks/target.js';
import type { Delivery, StoredEvent } from './deliveries.store.js';
import { emailOf } from './email.js';
import type { Mailer } from './mailer.js';
import { messageOf } from './messages.js';
import type { SealedSecrets } from './secrets.js';
import type { Secrets, Subscription } from './subscriptions.js';
import type { SubscriptionStore } from './subscriptions.store.js';

/** What came of one attempt. */
export interface Attempt {
  readonly succeeded: boolean;
  /** The receiver's answer; undefined where there was none. */
  readonly responseStatus?: number | undefined;
  /** The beginning of what it said, where that was wanted. */
  readonly responseBody?: string | undefined;
  /** Why it did not succeed, or why nothing had to be sent. */
  readonly error?: string | undefined;
  /** Is it any use to try again? */
  readonly mayPass: boolean;
  /** Milliseconds for which the receiver asks to be spared. */
  readonly retryAfter?: number | undefined;
}

export interface SenderParts {
  readonly client: OutgoingClient;
  readonly mailer: Mailer | undefined;
  readonly secrets: SealedSecrets;
  readonly subscriptions: Pick<SubscriptionStore, 'preferencesOf'>;
  readonly reader: Reader;
  readonly schemes: readonly string[];
  readonly now: Clock;
}

/** What is to be sent: one message, or one e-mail about several events. */
export type Outgoing = Pick<Delivery, 'id' | 'topic' | 'event'>;

const MAX_ERROR = 500;
/** Whatever else a receiver says, it will not take the message at another time. */
const FINAL: readonly number[] = [400, 401, 403, 404, 405, 406, 410, 411, 413, 414, 415, 422, 431];

/** Sends messages by the channel of their subscription, once each. */
export class Sender {
  readonly #parts: SenderParts;

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  /**
   * @param keep characters of the answer that are wanted
   * @throws what the signal was aborted for; whatever else goes wrong is told by the result
   */
  async send(
    subscription: Subscription,
    outgoing: readonly [Outgoing, ...Outgoing[]],
    signal: AbortSignal,
    keep = 0,
  ): Promise<Attempt> {
    let secrets: Secrets;
    try {
      secrets = await this.#parts.secrets.open(subscription);
    } catch {
      return failed('The secret can not be decrypted with the keys of this server', true);
    }
    try {
      return subscription.channel === 'email'
        ? await this.#mail(subscription, outgoing)
        : await this.#post(subscription, secrets, outgoing[0], signal, keep);
    } catch (error) {
      signal.throwIfAborted();
      return failed(reasonOf(error), !(error instanceof BlockedAddress) && !isRefused(error));
    }
  }

  async #post(
    subscription: Subscription,
    secrets: Secrets,
    { id, topic, event }: Outgoing,
    signal: AbortSignal,
    keep: number,
  ): Promise<Attempt> {
    const { client, schemes, now } = this.#parts;
    let url: URL;
    try {
      url = parseTarget(secrets.url ?? subscription.url ?? '', schemes);
    } catch (error) {
      return failed(reasonOf(error), false);
    }
    const about = { subscription, secrets, topic, event, deliveryId: id, now: now() };
    const { verifyTls } = subscription.settings;
    const message = { url, signal, keep, verifyTls, ...messageOf(about) };
    const { status, retryAfter, body } = await client.post(message);
    const succeeded = status >= 200 && status < 300;
    const isRedirect = status >= 300 && status < 400;
    return {
      ...{ succeeded, responseStatus: status, responseBody: body },
      error: isRedirect ? 'The receiver redirects, and redirects are not followed' : undefined,
      mayPass: !succeeded && !isRedirect && !FINAL.includes(status),
      retryAfter: delayOf(retryAfter, now()),
    };
  }

  async #mail(
    { recipients, preference }: Subscription,
    outgoing: readonly [Outgoing, ...Outgoing[]],
  ): Promise<Attempt> {
    const { mailer } = this.#parts;
    if (mailer === undefined) {
      return failed('This server has no mail server: start it with --smtp-url', true);
    }
    const [{ id, event }] = outgoing;
    const wanted = preference === null ? await this.#wanting(recipients, event) : [...recipients];
    if (wanted.length === 0) {
      return { succeeded: true, error: 'Nobody of the recipients wants e-mail', mayPass: false };
    }
    await mailer.send(wanted, emailOf(outgoing.map((one) => one.event)), id);
    return { succeeded: true, mayPass: false };
  }

  /** Whoever wants no e-mail about a model gets none, whoever has put his address on a list. */
  async #wanting(recipients: readonly string[], { model }: StoredEvent): Promise<string[]> {
    const { subscriptions, reader } = this.#parts;
    const wishes = await subscriptions.preferencesOf(reader, model ?? '*');
    return recipients.filter((address) => {
      const his = wishes.filter((wish) =>
        wish.recipients.some((other) => other.toLowerCase() === address.toLowerCase()),
      );
      const wish = his.find(({ modelPattern }) => modelPattern !== '*') ?? his[0];
      return wish?.wish !== 'UNSUBSCRIBED';
    });
  }
}

const failed = (error: string, mayPass: boolean): Attempt => ({ succeeded: false, error, mayPass });

/** The mail server has said for good that it takes nothing for these recipients. */
const isRefused = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  error.code === 'EENVELOPE' &&
  'responseCode' in error &&
  Number(error.responseCode) >= 500;

/** What may be told of an error: whoever manages a subscription must find out what is wrong. */
function reasonOf(error: unknown): string {
  if (error instanceof BlockedAddress) {
    return `The connection was blocked: ${error.address} is not a public IP address.`;
  }
  const message = error instanceof Error ? error.message || error.name : String(error);
  // Whatever a server has said, the database takes no control characters.
  return message.replace(/\p{Cc}+/gu, ' ').slice(0, MAX_ERROR);
}

/** Reads `Retry-After`: seconds or a date. */
function delayOf(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const seconds = /^\s*\d{1,9}\s*$/.test(header) ? Number(header) : undefined;
  const delay = seconds === undefined ? Date.parse(header) - now : seconds * 1_000;
  return delay > 0 ? delay : undefined;
}
