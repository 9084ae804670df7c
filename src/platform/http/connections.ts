import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { MlflowError } from '../../errors.js';
import { sendText } from './reply.js';
import { requestIdOf } from './request-id.js';
import { explainRefusal, rawAnswer } from './unreadable.js';

/** Milliseconds for which a refused connection is still read from. */
const PARTING = 2_000;
/** Milliseconds between two looks at answers that are under way while the server stops. */
const DRAIN_INTERVAL = 100;

/** Milliseconds between two times that idle connections are closed to make room. */
const ROOM_INTERVAL = 1_000;

export interface ConnectionLimits {
  /** Milliseconds that a body may pause. */
  readonly bodyTimeout: number;
  /** Connections at one time. */
  readonly most: number;
}

/** The newest request on a connection, and how long its body has been still. */
interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  bytesRead: number;
  since: number;
}

/** What happens on connections apart from answering requests: silence, gibberish and the stop. */
export class Connections {
  readonly #server: Server;
  readonly #bodyTimeout: number;
  readonly #newest = new Map<Socket, Exchange>();
  readonly #parted = new WeakSet<Socket>();
  /** Those that came when there were as many as there may be. */
  readonly #excess = new WeakSet<Socket>();
  readonly #most: number;
  #count = 0;
  #madeRoom = 0;
  #isStopping = false;

  constructor(server: Server, { bodyTimeout, most }: ConnectionLimits) {
    this.#server = server;
    this.#bodyTimeout = bodyTimeout;
    this.#most = most;
    server.on('connection', (socket) => this.#open(socket));
    // An answer that nobody fetches may wait longer than a body: whoever reads may have to work.
    server.timeout = 2 * bodyTimeout;
    server.on('timeout', (socket) => this.#still(socket));
    server.on('clientError', (error, socket) => this.#refuse(error, socket as Socket));
    const timer = setInterval(() => this.#cutSilent(), Math.min(5_000, bodyTimeout / 4));
    timer.unref();
    server.once('close', () => clearInterval(timer));
  }

  /** To be called with each request before it is answered. */
  accept(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const known = this.#newest.get(socket);
    if (known === undefined) {
      this.#newest.set(socket, { request, response, bytesRead: -1, since: 0 });
      socket.once('close', () => this.#newest.delete(socket));
    } else {
      known.request = request;
      known.response = response;
      known.bytesRead = -1;
    }
    if (this.#isStopping) response.setHeader('Connection', 'close');
  }

  /** @returns whether the connection is one too many, and its requests are not to be answered */
  isExcess(socket: Socket): boolean {
    return this.#excess.has(socket);
  }

  /** Takes no more connections, and lets each that there is end with the answer it waits for. */
  async stop(drainTimeout: number): Promise<void> {
    const server = this.#server;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    this.#isStopping = true;
    for (const { response } of this.#newest.values()) {
      if (!response.headersSent) response.setHeader('Connection', 'close');
    }
    const idle = setInterval(() => server.closeIdleConnections(), DRAIN_INTERVAL);
    const end = setTimeout(() => server.closeAllConnections(), drainTimeout);
    await closed;
    clearInterval(idle);
    clearTimeout(end);
  }

  #open(socket: Socket): void {
    this.#count += 1;
    socket.once('close', () => {
      this.#count -= 1;
    });
    if (this.#count <= this.#most) return;
    this.#excess.add(socket);
    const now = Date.now();
    if (now - this.#madeRoom < ROOM_INTERVAL) return;
    this.#madeRoom = now;
    this.#server.closeIdleConnections();
  }

  /** Nothing has moved for a while on a connection, in either direction. */
  #still(socket: Socket): void {
    const exchange = this.#newest.get(socket);
    const isAnswered = exchange === undefined || exchange.response.writableFinished;
    // While its body is still to come it is cut elsewhere, and while it is worked on it may wait.
    if (isAnswered || socket.writableLength > 0) socket.destroy();
  }

  #cutSilent(): void {
    const now = Date.now();
    for (const [socket, exchange] of this.#newest) {
      const { request, bytesRead } = exchange;
      if (request.complete) continue;
      // Bytes that wait here were sent in time; it is this server that has not come to them.
      if (socket.bytesRead !== bytesRead || request.readableLength > 0) {
        exchange.bytesRead = socket.bytesRead;
        exchange.since = now;
      } else if (now - exchange.since >= this.#bodyTimeout) {
        const seconds = Math.round(this.#bodyTimeout / 1_000);
        const text = `The request body paused for ${seconds} seconds`;
        this.#close(exchange, new MlflowError('BAD_REQUEST', text, { status: 408 }));
      }
    }
  }

  /** Answers an error in place of whoever is still reading the body; that one sees it cut off. */
  #close({ request, response }: Exchange, error: MlflowError): void {
    if (response.headersSent || response.destroyed) {
      request.socket.destroy();
      return;
    }
    // Once its answer has left, Node tells a request nothing more: whoever reads would wait for ever.
    response.once('close', () => request.destroy(new Error('The body was given up')));
    sendText(response, error.status, 'application/json', JSON.stringify(error), {
      'X-Request-Id': requestIdOf(request),
      Connection: 'close',
    });
  }

  /** What can't be read as a request. Requests before it on the same connection come first. */
  #refuse(error: NodeJS.ErrnoException, socket: Socket): void {
    // What still comes is as unreadable as what came, and is dropped.
    if (this.#parted.has(socket)) return;
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const refusal = explainRefusal(error.code);
    const exchange = this.#newest.get(socket);
    if (exchange !== undefined && !exchange.request.complete) {
      this.#close(exchange, refusal);
    } else if (exchange !== undefined && !exchange.response.writableFinished) {
      exchange.response.once('close', () => this.#part(socket, rawAnswer(refusal)));
    } else {
      this.#part(socket, rawAnswer(refusal));
    }
  }

  /**
   * Says the last word on a connection. Closing it at once would reset it while the client is
   * still sending, and the client would lose the answer.
   */
  #part(socket: Socket, answer: string | Buffer): void {
    this.#parted.add(socket);
    socket.end(answer);
    const timer = setTimeout(() => socket.destroy(), PARTING);
    socket.once('close', () => clearTimeout(timer));
  }
}
