import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { expect } from 'vitest';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
  json<T = Readonly<Record<string, unknown>>>(): T;
}

export interface Ask {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** No answer came: the connection broke before it. */
export class NoAnswer extends Error {}

/** A client that keeps its connections and never repeats a request. */
export class Client {
  readonly #url: string;
  readonly #agent: Agent;

  /** @param from the address that it has, of this machine's */
  constructor(url: string, connections = 16, from?: string) {
    this.#url = url;
    const own = from === undefined ? {} : { localAddress: from };
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections, ...own });
  }

  ask({ method = 'GET', path, headers = {}, body }: Ask): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const fail = (cause: Error) => reject(new NoAnswer(`${method} ${path}`, { cause }));
      const request = httpRequest(
        `${this.#url}${path}`,
        {
          method,
          agent: this.#agent,
          headers: {
            ...(body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }),
            ...headers,
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', fail);
          response.on('end', () => {
            const bytes = Buffer.concat(chunks);
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              bytes,
              text: bytes.toString('utf8'),
              json: <T>() => JSON.parse(bytes.toString('utf8')) as T,
            });
          });
        },
      );
      request.on('error', fail);
      request.end(body);
    });
  }

  /** Calls a route of MLflow's API, named without what all of them begin with. */
  call(
    method: string,
    route: string,
    message: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const path = `/api/2.0/mlflow/${route}`;
    if (method === 'GET') {
      const search = new URLSearchParams();
      for (const [name, value] of Object.entries(message)) search.set(name, String(value));
      return this.ask({ path: `${path}?${search}`, headers });
    }
    return this.ask({
      method,
      path,
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify(message),
    });
  }

  /** Calls a route that must succeed. */
  async ok<T = Readonly<Record<string, unknown>>>(
    method: string,
    route: string,
    message: object = {},
    headers: Readonly<Record<string, string>> = {},
  ): Promise<T> {
    const answer = await this.call(method, route, message, headers);
    if (answer.status !== 200) throw new Error(`${route}: ${answer.status} ${answer.text}`);
    return answer.json<T>();
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** An answer that is one of MLflow's errors, as its clients read them. */
export function expectError(answer: Answer, status: number, code?: string): void {
  expect(answer.text, `${answer.status}`).toContain('error_code');
  expect(answer.headers['content-type']).toBe('application/json');
  const body = answer.json<{ error_code: string; message: string }>();
  expect({ status: answer.status, code: body.error_code }, body.message).toEqual({
    status,
    code: code ?? body.error_code,
  });
  expect(typeof body.message).toBe('string');
  expect(answer.headers['x-request-id']).toMatch(/^[\w.:-]+$/);
}
