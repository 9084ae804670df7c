import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll } from 'vitest';

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export type Answer = (response: ServerResponse, received: Received) => void;

/** A receiver on this machine that keeps what it is sent. */
export interface Sink {
  readonly port: number;
  readonly url: string;
  readonly received: Received[];
  /** How the next messages are answered; 200 unless said otherwise. */
  answer: Answer;
  /** Waits until this many messages have come. */
  until(count: number): Promise<void>;
  close(): Promise<void>;
}

export const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (response) => {
    response.writeHead(code, headers).end();
  };

const PATIENCE = 20_000;

/** Starts a sink; it goes when the tests of the file end. */
export async function startSink(): Promise<Sink> {
  const sockets = new Set<Socket>();
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts).toString();
    const message = { path: request.url ?? '', headers: request.headers, body };
    received.push(message);
    sink.answer(response, message);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  afterAll(close);
  const sink: Sink = {
    port,
    url: `http://127.0.0.1:${port}`,
    received,
    answer: status(200),
    until: async (count) => {
      const deadline = Date.now() + PATIENCE;
      while (received.length < count) {
        if (Date.now() > deadline) throw new Error(`Only ${received.length} of ${count} came`);
        await sleep(10);
      }
    },
    close,
  };
  return sink;
}
