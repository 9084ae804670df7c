import {
  Agent,
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';
import type { WireRecord } from './wire.js';

/** One request that a client made, and how the server answered. */
export interface Exchange {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly status: number;
  readonly userAgent: string;
}

export interface RecordingProxy {
  /** Where clients reach the proxy. */
  readonly url: string;
  /** Grows while the proxy runs, in order of the answers. */
  readonly exchanges: readonly Exchange[];
  close(): Promise<void>;
}

/** These belong to one connection, so they are not forwarded. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding']);

/** Idle clients keep their connection longer than any pause between two tests. */
const KEEP_ALIVE_MS = 120_000;

/**
 * Forwards everything to the target, streaming both ways, and remembers every exchange.
 *
 * @param wire takes down the bodies as well
 */
export async function startRecordingProxy(
  target: string,
  wire?: WireRecord,
): Promise<RecordingProxy> {
  if (!target.startsWith('http://')) throw new Error(`only http:// can be recorded: ${target}`);
  const exchanges: Exchange[] = [];
  // A fresh connection each time: a pooled one may be closed by the server as it is taken.
  const agent = new Agent({ keepAlive: false });
  const server = createServer((incoming, outgoing) => {
    const answered = wire?.begin(incoming);
    forward(incoming, outgoing, new URL(target), agent, (status, answer) => {
      answered?.(answer);
      exchanges.push({
        method: incoming.method ?? '',
        path: (incoming.url ?? '').replace(/\?.*$/s, ''),
        status,
        userAgent: incoming.headers['user-agent'] ?? '',
      });
    });
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, exchanges, close: () => close(server) };
}

function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  target: URL,
  agent: Agent,
  record: (status: number, answer?: IncomingMessage) => void,
): void {
  const upstream = request({
    agent,
    hostname: target.hostname,
    port: target.port || 80,
    method: incoming.method,
    path: `${target.pathname.replace(/\/$/, '')}${incoming.url ?? '/'}`,
    headers: { ...endToEnd(incoming), host: target.host, connection: 'close' },
  });
  upstream.once('response', (answer) => {
    record(answer.statusCode ?? 0, answer);
    outgoing.writeHead(answer.statusCode ?? 502, answer.statusMessage, endToEndRaw(answer));
    pipeline(answer, outgoing, () => undefined);
  });
  upstream.once('error', (error) => {
    if (outgoing.headersSent) {
      outgoing.destroy(error);
      return;
    }
    record(502);
    outgoing.writeHead(502, { 'content-type': 'text/plain' });
    outgoing.end(`The recording proxy could not reach the server: ${error.message}`);
  });
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) upstream.destroy();
  });
  // A server may answer before it has read the whole body; its answer is what counts then.
  pipeline(incoming, upstream, () => undefined);
}

function endToEnd(message: IncomingMessage): NodeJS.Dict<string | string[]> {
  const framed = message.headers['transfer-encoding'];
  const kept = Object.entries(message.headers).filter(([name]) => !HOP_BY_HOP.has(name));
  // Keep chunks as chunks: a GET with a body would otherwise lose it.
  return Object.fromEntries(framed ? [...kept, ['transfer-encoding', framed]] : kept);
}

/** The headers as sent, with their spelling and repetitions. */
function endToEndRaw(message: IncomingMessage): string[] {
  const kept: string[] = [];
  for (let i = 0; i + 1 < message.rawHeaders.length; i += 2) {
    const [name = '', value = ''] = message.rawHeaders.slice(i, i + 2);
    if (!HOP_BY_HOP.has(name.toLowerCase())) kept.push(name, value);
  }
  return kept;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    server.closeAllConnections();
  });
}
