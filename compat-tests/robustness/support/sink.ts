import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { generate } from 'selfsigned';
import type { Place } from './place.js';

export interface Received {
  readonly deliveryId: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A receiver of webhooks on this machine, by TLS, that keeps what it is sent. */
export class Sink {
  readonly url: string;
  /** What lets a server trust this receiver, and reach it although it is in no public network. */
  readonly environment: Readonly<Record<string, string>>;
  readonly received: Received[] = [];
  /** How messages are answered: by a status, or not at all. */
  status: number | undefined = 200;

  constructor(port: number, certificateFile: string) {
    this.url = `https://localhost:${port}/hook`;
    this.environment = {
      NODE_EXTRA_CA_CERTS: certificateFile,
      RUNLEDGER_WEBHOOK_ALLOWED_HOSTS: 'localhost',
      MLFLOW_WEBHOOK_REQUEST_TIMEOUT: '2',
      MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY: 'a key of these tests 0123456789abcdef',
    };
  }

  /** Waits until something holds of what has come. */
  async until(holds: (received: readonly Received[]) => boolean): Promise<void> {
    const deadline = Date.now() + 40_000;
    while (!holds(this.received)) {
      if (Date.now() > deadline) throw new Error(`Only ${this.received.length} messages came`);
      await sleep(20);
    }
  }
}

/** Starts a receiver that goes with the place. */
export async function startSink(place: Place): Promise<Sink> {
  const altNames = [{ type: 2, value: 'localhost' }];
  const extensions = [
    { name: 'basicConstraints', cA: true },
    { name: 'subjectAltName', altNames },
  ];
  const attributes = [{ name: 'commonName', value: 'localhost' }];
  const { private: key, cert } = generate(attributes, { keySize: 2_048, extensions });
  const certificateFile = join(place.folder, 'sink.pem');
  writeFileSync(certificateFile, cert);

  const sockets = new Set<Socket>();
  const server = createServer({ key, cert }, async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const { headers } = request;
    const body = Buffer.concat(parts).toString();
    sink.received.push({ deliveryId: String(headers['x-mlflow-delivery-id']), headers, body });
    if (sink.status !== undefined) response.writeHead(sink.status).end();
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  const sink = new Sink((server.address() as AddressInfo).port, certificateFile);
  place.atEnd(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return sink;
}
