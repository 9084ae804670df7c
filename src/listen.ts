import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:http';
import { MlflowError, unavailable } from './errors.js';
import { Connections } from './platform/http/connections.js';
import { ambiguityOf } from './platform/http/framing.js';
import { sendText } from './platform/http/reply.js';
import { requestIdOf } from './platform/http/request-id.js';
import { connectionsWithin } from './platform/open-files.js';

/** Milliseconds for an answer that is under way at a stop. */
const DRAIN_TIMEOUT = 25_000;
const ROOM_FOR_PROBES = 64;
const MAX_HEADER_BYTES = 16 * 1024;
/** Searches of the registry are GETs: a filter with hundreds of run ids stands in the address. */
const MAX_ADDRESS_BYTES = 64 * 1024;

export interface ListenSettings {
  readonly host: string;
  readonly port: number;
  /** Milliseconds for the request's headers. */
  readonly headersTimeout: number;
  /** Milliseconds that a body may pause. */
  readonly bodyTimeout: number;
  /** Before every path; empty for nothing. */
  readonly staticPrefix: string;
  readonly load: {
    /** At one time; requests on more are refused. */
    readonly connections: number;
  };
}

export interface Listening {
  /** With the port that was really taken. */
  url(prefix: string): string;
  /** Takes no more requests, and resolves when those under way are answered or time is up. */
  stop(): Promise<void>;
}

/**
 * Listens.
 *
 * @throws Error with one sentence when the port is taken or may not be used
 */
export function listen(listener: RequestListener, settings: ListenSettings): Promise<Listening> {
  const { host, port, headersTimeout, bodyTimeout } = settings;
  const server = createServer({
    noDelay: true,
    keepAliveTimeout: 75_000,
    headersTimeout,
    connectionsCheckingInterval: Math.min(5_000, headersTimeout / 4),
    // Uploads take as long as they take; a body that pauses is cut by `Connections`.
    requestTimeout: 0,
    maxHeaderSize: MAX_ADDRESS_BYTES + MAX_HEADER_BYTES,
    // The guard refuses what has no Host, and says so.
    requireHostHeader: false,
  });
  // Node would leave out what comes after the 2,000th, unseen; their bytes are bounded below.
  server.maxHeadersCount = 0;
  const most = connectionsWithin(settings.load.connections);
  const connections = new Connections(server, { bodyTimeout, most });
  // Beyond it there is not even an answer; until then, those who look whether all is well have one.
  server.maxConnections = most + ROOM_FOR_PROBES;
  const isProbe = probes(settings.staticPrefix);
  const accept: RequestListener = (request, response) => {
    connections.accept(request, response);
    if (connections.isExcess(request.socket) && !isProbe(request)) {
      return refuseConnection(request, response);
    }
    if (headerBytes(request) > MAX_HEADER_BYTES) return refuseHeaders(request, response);
    const ambiguity = ambiguityOf(request);
    if (ambiguity !== undefined) return refusal(400, ambiguity)(request, response);
    return listener(request, response);
  };
  server.on('request', accept);
  server.on('checkExpectation', (request, response) => {
    connections.accept(request, response);
    refuseExpectation(request, response);
  });
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, host, port)));
    server.listen(port, host, () =>
      resolve({
        url: (prefix) => urlOf(server, prefix),
        stop: () => connections.stop(DRAIN_TIMEOUT),
      }),
    );
  });
}

/** Names and values; what stands between them is not counted. */
const headerBytes = ({ rawHeaders }: IncomingMessage): number =>
  rawHeaders.reduce((bytes, text) => bytes + text.length, 0);

const refusal =
  (status: number, message: string): RequestListener =>
  (request, response) => {
    refuse(new MlflowError('BAD_REQUEST', message, { status }), request, response);
  };

function refuse(error: MlflowError, request: IncomingMessage, response: ServerResponse): void {
  sendText(response, error.status, 'application/json', JSON.stringify(error), {
    ...error.headers,
    'X-Request-Id': requestIdOf(request),
    Connection: 'close',
  });
}

const refuseConnection: RequestListener = (request, response) =>
  refuse(unavailable('The server has as many connections as it can hold'), request, response);

/** @returns whether a request asks how the server is */
function probes(prefix: string): (request: IncomingMessage) => boolean {
  const paths = new Set(['/health', '/ready', '/metrics'].map((path) => `${prefix}${path}`));
  return ({ url = '' }) => paths.has(url.split('?', 1)[0] ?? '');
}

const refuseHeaders = refusal(431, `The headers are larger than ${MAX_HEADER_BYTES} bytes`);

/** `Expect: 100-continue` is answered by Node; nothing else can be expected. */
const refuseExpectation = refusal(417, 'The server meets no expectation but 100-continue');

function explain(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE') return new Error(`Port ${port} on ${host} is in use already`);
  if (error.code === 'EACCES') return new Error(`Port ${port} on ${host} may not be used`);
  return new Error(`Can't listen on ${host}:${port}: ${error.message}`);
}

function urlOf(server: Server, prefix: string): string {
  const address = server.address();
  if (address === null || typeof address === 'string') return String(address);
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}${prefix}`;
}
