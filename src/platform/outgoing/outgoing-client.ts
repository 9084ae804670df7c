import { lookup as lookUp } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { isIP, Socket } from 'node:net';
import { Agent, buildConnector, errors, request } from 'undici';
import { VERSION } from '../../version.js';
import { type AllowedHosts, isPublicAddress } from './addresses.js';

/** Where this server may connect to on behalf of its users. */
export interface OutgoingPolicy {
  /** Without colons: `https`. */
  readonly schemes: readonly string[];
  /** Addresses of every kind, those of this machine included. */
  readonly allowPrivate: boolean;
  readonly allowedHosts: AllowedHosts;
}

/** Nothing may be sent there: the address is not public, and nobody has allowed it. */
export class BlockedAddress extends Error {
  readonly address: string;

  constructor(host: string, address: string) {
    super(`'${host}' resolves to ${address}, which is not a public address`);
    this.address = address;
  }
}

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

/** What a receiver may say; nobody reads it, but its connection can then be used again. */
const MAX_BODY = 64 * 1_024;

/**
 * The one way in which this server speaks to hosts that its users name. Whatever the name
 * resolves to, the address of the connected socket is what is judged, before a byte is sent.
 * Redirects are not followed, proxies of the environment not used, bodies not kept.
 */
export class OutgoingClient {
  readonly #policy: OutgoingPolicy;
  readonly #timeout: number;
  readonly #agent: Agent;
  /** For receivers whose certificates nobody has signed; made when it is first needed. */
  #trusting: Agent | undefined;

  /** @param timeout ms for each of: the connection, the headers of the answer, a pause in it */
  constructor(policy: OutgoingPolicy, timeout: number) {
    this.#policy = policy;
    this.#timeout = timeout;
    this.#agent = agent(policy, timeout, true);
  }

  /** @throws BlockedAddress, or whatever kept the message from being answered in time */
  async post(message: OutgoingMessage): Promise<OutgoingAnswer> {
    const { url, headers, body, signal, verifyTls = true, keep = 0 } = message;
    signal.throwIfAborted();
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
        dispatcher: verifyTls ? this.#agent : this.#trustAll(),
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
    const host = bare(url.hostname);
    if (this.#policy.allowPrivate || this.#policy.allowedHosts.hasName(host)) return;
    const found = isIP(host) === 0 ? await lookUp(host, { all: true }) : [{ address: host }];
    for (const { address } of found) refuseUnlessAllowed(this.#policy, host, address);
  }

  async close(): Promise<void> {
    await Promise.all([this.#agent.destroy(), this.#trusting?.destroy()]);
  }

  #trustAll(): Agent {
    this.#trusting ??= agent(this.#policy, this.#timeout, false);
    return this.#trusting;
  }
}

const agent = (policy: OutgoingPolicy, timeout: number, verifyTls: boolean): Agent =>
  new Agent({
    connect: guarded(policy, timeout, verifyTls),
    connections: 16,
    headersTimeout: timeout,
    bodyTimeout: timeout,
    maxResponseSize: MAX_BODY,
    keepAliveTimeout: 4_000,
    keepAliveMaxTimeout: 30_000,
  });

/** Makes connections whose addresses are judged at the look-up, and again once they stand. */
function guarded(
  policy: OutgoingPolicy,
  timeout: number,
  verifyTls: boolean,
): buildConnector.connector {
  // Node takes the look-up as it is; it decides among several addresses by itself.
  const lookup: LookupFunction = (host, options, done) => {
    lookUp(host, { ...options, all: true }).then(
      (found) => {
        try {
          for (const { address } of found) refuseUnlessAllowed(policy, host, address);
        } catch (error) {
          done(error as Error, []);
          return;
        }
        const [first] = found;
        if (options.all === true || first === undefined) done(null, found);
        else done(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => done(error, []),
    );
  };
  const plain = buildConnector({ timeout, lookup });
  const secure = buildConnector({ timeout, rejectUnauthorized: verifyTls });
  return (options, done) => {
    const host = bare(options.hostname);
    try {
      // No look-up is made for an address.
      if (isIP(host) !== 0) refuseUnlessAllowed(policy, host, host);
    } catch (error) {
      done(error as Error, null);
      return;
    }
    const port = options.port || (options.protocol === 'https:' ? '443' : '80');
    plain({ ...options, protocol: 'http:', port }, (...[error, socket]) => {
      if (error !== null) {
        done(error, null);
        return;
      }
      try {
        refuseUnlessAllowed(policy, host, socket.remoteAddress ?? 'an unknown address');
      } catch (refusal) {
        socket.destroy();
        done(refusal as Error, null);
        return;
      }
      if (options.protocol === 'https:' && socket instanceof Socket) {
        secure({ ...options, port, httpSocket: socket }, done);
      } else done(null, socket);
    });
  };
}

/** @throws BlockedAddress */
function refuseUnlessAllowed(policy: OutgoingPolicy, host: string, address: string): void {
  const { allowPrivate, allowedHosts } = policy;
  if (allowPrivate || isPublicAddress(address)) return;
  if (allowedHosts.hasName(host) || allowedHosts.hasAddress(address)) return;
  throw new BlockedAddress(host, address);
}

/** A URL has brackets around an address of IPv6. */
const bare = (host: string): string => host.replace(/^\[(.*)\]$/, '$1');

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
