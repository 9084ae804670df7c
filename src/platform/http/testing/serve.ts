import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  request as send,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly bytes: Buffer;
  readonly json: Record<string, unknown>;
}

export interface Asking {
  readonly method?: string;
  /** An empty `host` sends none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is. */
  readonly body?: string | Buffer;
  /** Sent as JSON under JSON's content type. */
  readonly json?: unknown;
}

/** Asks for a path exactly as it is written: nothing is normalised on the way. */
export type Ask = (path: string, asking?: Asking) => Promise<Answer>;

/** Listens on the loopback interface until the test ends. */
export async function serve(listener: RequestListener): Promise<Ask> {
  const server = createServer({ requireHostHeader: false }, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return (
    path,
    {
      method = 'GET',
      headers = {},
      json,
      body = json === undefined ? undefined : JSON.stringify(json),
    } = {},
  ) =>
    new Promise((resolve, reject) => {
      const own: Record<string, string> = json === undefined ? {} : JSON_TYPE;
      const { host, ...rest } = headers;
      const request = send({
        host: '127.0.0.1',
        port,
        method,
        path,
        // Without it Node names the host that it connects to.
        setHost: host !== '',
        headers: { ...own, ...rest, ...(host ? { host } : {}), ...lengthOf(body, rest) },
      });
      request.on('error', reject);
      request.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const bytes = Buffer.concat(chunks);
          const text = bytes.toString('utf8');
          const { 'content-type': type, 'content-encoding': coding } = response.headers;
          const isJson = type === 'application/json' && text !== '' && coding === undefined;
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: text,
            bytes,
            json: isJson ? JSON.parse(text) : {},
          });
        });
      });
      request.end(body);
    });
}

const JSON_TYPE = { 'Content-Type': 'application/json' };

/** Node frames the body of a GET or DELETE only when it is told how. */
const lengthOf = (body: string | Buffer | undefined, headers: object): Record<string, string> =>
  body === undefined || 'Transfer-Encoding' in headers
    ? {}
    : { 'Content-Length': String(Buffer.byteLength(body)) };
