import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Place } from '../support/place.js';
import { type ServerProcess, type Settings, startServer } from '../support/server.js';

export const SECRET = 'a line that nobody may read';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** A server with files beside its artifacts that no request may reach. */
export class Target {
  readonly server: ServerProcess;
  readonly place: Place;
  readonly #before: string;

  constructor(server: ServerProcess, place: Place) {
    this.server = server;
    this.place = place;
    this.#before = this.#outside();
  }

  /** Sends a path exactly as it is written here. */
  send(
    method: string,
    path: string,
    body?: string | Buffer,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const { port } = this.server;
      const length = body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) };
      const options = { host: '127.0.0.1', port, method, path, agent: false };
      const sent = request({ ...options, headers: { ...length, ...headers } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  json(method: string, path: string, message: unknown, headers = {}): Promise<Reply> {
    const text = typeof message === 'string' ? message : JSON.stringify(message);
    return this.send(method, path, text, { 'Content-Type': 'application/json', ...headers });
  }

  /** A call of MLflow's API that must succeed. */
  async ok(path: string, message: object, headers = {}): Promise<Record<string, unknown>> {
    const reply = await this.json('POST', `/api/2.0/mlflow/${path}`, message, headers);
    if (reply.status !== 200) throw new Error(`${path}: ${reply.status} ${reply.text}`);
    return JSON.parse(reply.text);
  }

  /** Nothing outside of the artifacts was written, changed or deleted. */
  expectUntouched(): void {
    expect(this.#outside()).toBe(this.#before);
  }

  #outside(): string {
    const { folder } = this.place;
    return ['outside', 'artifacts-evil']
      .flatMap((name) =>
        readdirSync(join(folder, name)).map((file) => {
          const path = join(folder, name, file);
          return `${path} ${statSync(path).mtimeMs} ${readFileSync(path, 'utf8')}`;
        }),
      )
      .join('\n');
  }
}

export async function startTarget(place: Place, settings: Settings = {}): Promise<Target> {
  for (const name of ['outside', 'artifacts-evil']) {
    mkdirSync(join(place.folder, name));
    writeFileSync(join(place.folder, name, 'secret.txt'), SECRET);
  }
  return new Target(await startServer(place, settings), place);
}

/** One of MLflow's errors that is the caller's fault, and nothing of what it asked for. */
export function expectRefused(reply: Reply, what: string): void {
  expect(reply.text, what).not.toContain(SECRET);
  expect(reply.text, what).not.toContain('root:x:');
  // What is kept in a storage that this server doesn't speak of is 501, which no client repeats.
  const statuses = reply.status === 501 ? 502 : 500;
  expect(reply.status, `${what}: ${reply.text}`).toBeGreaterThanOrEqual(400);
  expect(reply.status, `${what}: ${reply.text}`).toBeLessThan(statuses);
  expect(JSON.parse(reply.text), what).toMatchObject({
    error_code: expect.any(String),
    message: expect.any(String),
  });
}

/** A name that is taken as it is written reaches nothing outside either. */
export function expectHarmless(reply: Reply, what: string): void {
  expect(reply.text, what).not.toContain(SECRET);
  expect(reply.text, what).not.toContain('root:x:');
  expect(reply.status, `${what}: ${reply.text}`).toBeLessThan(500);
}
