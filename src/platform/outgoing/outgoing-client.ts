import { lookup as lookUp } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Agent } from 'undici';
import { VERSION } from '../../version.js';
import { bare, type OutgoingPolicy, refuseUnlessAllowed } from './outgoing-policy.js';
import { OwnReceivers } from './own-receivers.js';

export interface OutgoingMessage {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
  /** Whether the receiver's certificate must be good; it must, unless somebody has said otherwise. */
  readonly verifyTls?: boolean | undefined;
  /** Characters of the answer that are wanted. */
  readonly keep?: number | undefined;
}

export interface OutgoingAnswer {
  readonly status: number;
  /** As it stands in the header. */
  readonly retryAfter: string | undefined;
  /** The beginning of what it says, where that is wanted. */
  readonly body?: string | undefined;
}

const USER_AGENT = `runledger/${VERSION}`;

/**
 * The one way in which this server speaks to hosts that its users name. Whatever the name
 * resolves to, the address of the connected socket is what is judged, before a byte is sent.
 * Redirects are not followed, proxies of the environment not used, bodies not kept.
 */
export class OutgoingClient {
  readonly #policy: OutgoingPolicy;
  readonly #timeout: number;
  #agent: Agent | undefined;
  /** For receivers whose certificates nobody has signed; made when it is first needed. */
  #trusting: Agent | undefined;
  /** For receivers of our own; made when it is first needed. */
  #inward: Agent | undefined;
  readonly own: OwnReceivers;

  /** @param timeout ms for each of: the connection, the headers of the answer, a pause in it */
  constructor(policy: OutgoingPolicy, timeout: number, own = new OwnReceivers()) {
    this.#policy = policy;
    this.#timeout = timeout;
    this.own = own;
  }

  /** @throws BlockedAddress, or whatever kept the message from being answered in time */
  async post(message: OutgoingMessage): Promise<OutgoingAnswer> {
    const { url, headers, body, signal, verifyTls = true, keep = 0 } = message;
    signal.throwIfAborted();
    // The library is loaded by the first message: most servers never send one.
    const { errors, guardedAgent, MAX_BODY, request } = await import('./guarded-agent.js');
    const isOwn = this.own.has(url);
    const open = { ...this.#policy, allowPrivate: true };
    if (isOwn) this.#inward ??= guardedAgent(open, this.#timeout, true);
    else if (verifyTls) this.#agent ??= guardedAgent(this.#policy, this.#timeout, true);
    else this.#trusting ??= guardedAgent(this.#policy, this.#timeout, false);
    const outward = verifyTls ? this.#agent : this.#trusting;
    const dispatcher = isOwn ? this.#inward : outward;
    const end = new AbortController();
    const timer = setTimeout(() => end.abort(new errors.HeadersTimeoutError()), this.#timeout);
    const stop = () => end.abort(signal.reason);
    signal.addEventListener('abort', stop);
    try {
      const answer = await request(withoutUser(url), {
        method: 'POST',
        headers: { 'User-Agent': USER_AGENT, ...headers, ...credentials(url) },
        body,
        signal: end.signal,
        ...(dispatcher === undefined ? {} : { dispatcher }),
      });
      const retryAfter = answer.headers['retry-after']?.toString();
      const status = answer.statusCode;
      // The answer is there; a body that is too long or never ends changes nothing of it.
      if (keep > 0) {
        const text = await answer.body.text().catch(() => '');
        return { status, retryAfter, body: text.slice(0, keep) };
      }
      await answer.body.dump({ limit: MAX_BODY }).catch(() => undefined);
      return { status, retryAfter };
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    }
  }

  /**
   * Looks where a host leads to, without connecting.
   *
   * @throws BlockedAddress, or the error of the look-up
   */
  async check(url: URL): Promise<void> {
    if (this.own.has(url)) return;
    const host = bare(url.hostname);
    if (this.#policy.allowPrivate || this.#policy.allowedHosts.hasName(host)) return;
    const found = isIP(host) === 0 ? await lookUp(host, { all: true }) : [{ address: host }];
    for (const { address } of found) refuseUnlessAllowed(this.#policy, host, address);
  }

  async close(): Promise<void> {
    await Promise.all([this.#agent, this.#trusting, this.#inward].map((agent) => agent?.destroy()));
  }
}

function withoutUser(url: URL): URL {
  const bareUrl = new URL(url);
  bareUrl.username = '';
  bareUrl.password = '';
  return bareUrl;
}

/** Receivers behind basic authentication have their user in the URL. */
function credentials({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { Authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}
