import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { ResponseReader } from './response-reader.js';

export interface Answer {
  readonly status: number;
  /** Empty unless the caller asked to keep it. */
  readonly body: string;
}

export type OnAnswer = (answer: Answer | Error) => void;

/**
 * One kept-alive HTTP/1.1 connection with one request under way at a time. The load generator shares
 * its cores with the servers it measures, so this does no more than a benchmark needs.
 */
export class Connection {
  private readonly port: number;
  private socket: Socket | undefined;
  private readonly reader = new ResponseReader();
  private waiting: OnAnswer | undefined;

  constructor(port: number) {
    this.port = port;
  }

  async connect(): Promise<void> {
    const socket = createConnection({ host: '127.0.0.1', port: this.port, noDelay: true });
    await once(socket, 'connect');
    this.socket = socket;
    this.reader.reset();
    socket.on('data', (chunk) => this.receive(chunk));
    socket.on('error', (error) => this.settle(error));
    socket.on('close', () => {
      if (this.socket === socket) this.socket = undefined;
      this.settle(new Error('connection closed'));
    });
  }

  /** Calls back once, with the answer or with what broke the connection. */
  send(request: Buffer, keepBody: boolean, onAnswer: OnAnswer): void {
    this.waiting = onAnswer;
    this.reader.keepBody = keepBody;
    if (this.socket !== undefined) {
      this.socket.write(request);
      return;
    }
    this.connect().then(
      () => this.socket?.write(request),
      (error: Error) => this.settle(error),
    );
  }

  destroy(): void {
    this.waiting = undefined;
    this.socket?.destroy();
    this.socket = undefined;
  }

  private receive(chunk: Buffer): void {
    let complete: boolean;
    try {
      complete = this.reader.feed(chunk);
    } catch (error) {
      this.socket?.destroy(error as Error);
      return;
    }
    if (!complete) return;
    const answer = { status: this.reader.status, body: this.reader.body };
    if (this.reader.closes) {
      this.socket?.destroy();
      this.socket = undefined;
    }
    this.reader.reset();
    this.settle(answer);
  }

  private settle(answer: Answer | Error): void {
    const waiting = this.waiting;
    this.waiting = undefined;
    waiting?.(answer);
  }
}

/** The bytes of a request, with the headers that MLflow's Python client sends. */
export function encodeRequest(method: string, path: string, body?: unknown): Buffer {
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  const entity =
    method === 'GET'
      ? ''
      : `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n`;
  return Buffer.from(
    `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: mlflow-python-client/3.17.2\r\n` +
      `Accept: */*\r\nConnection: keep-alive\r\n${entity}\r\n${text}`,
  );
}
