import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConfig, lint } from '@redocly/openapi-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from './app.js';
import { operationTable } from './operations.js';
import { pendingOperations } from './pending.js';
import { type Config, toConfig } from './platform/config/config.js';
import type { Database } from './platform/db/database.js';
import { migrateUp } from './platform/db/migrate.js';
import { loadContract, type Route, type Schema } from './platform/http/contract.js';
import { openGuard } from './platform/http/guard.js';
import { mountContract } from './platform/http/mount.js';
import { plainText } from './platform/http/reply.js';
import { createLog } from './platform/log.js';
import { createSlices } from './slices.js';
import { openLocation } from './testing/for-each-database.js';

const contract = loadContract();
const pending: ReadonlySet<string> = new Set(Object.keys(pendingOperations()));
/** Each operation once, without the second routes to it. */
const operationIds = [...new Set(contract.routes.map(({ operation }) => operation))];

interface Described {
  readonly operationId: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly responses: Readonly<Record<string, { readonly $ref?: string }>>;
  readonly 'x-same-as'?: string;
}
const { paths } = contract.document as { paths: Record<string, Record<string, Described>> };
const described = Object.values(paths).flatMap((item) => Object.values(item));

const ends: (() => unknown)[] = [];
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

describe('the contract', () => {
  it('is a valid OpenAPI document', async () => {
    const rules = {
      struct: 'error',
      'no-unresolved-refs': 'error',
      'no-identical-paths': 'error',
      'no-path-trailing-slash': 'error',
      'no-enum-type-mismatch': 'error',
      'no-schema-type-mismatch': 'error',
      'operation-operationId-unique': 'error',
      'operation-operationId-url-safe': 'error',
      'operation-2xx-response': 'error',
      'operation-parameters-unique': 'error',
      'operation-singular-tag': 'error',
      'path-declaration-must-exist': 'error',
      'path-not-include-query': 'error',
      'path-parameters-defined': 'error',
      'spec-components-invalid-map-name': 'error',
    } as const;
    const config = await createConfig({ rules });
    const problems = await lint({ ref: 'openapi/openapi.yaml', config });
    const told = problems.map(
      ({ message, ruleId, location: [at] }) =>
        `${ruleId}: ${message} (${at?.source.absoluteRef.split('/').at(-1)}${at?.pointer})`,
    );
    expect(told).toEqual([]);
  });

  it.each(described)('says of $operationId what it is and how it fails', (operation) => {
    expect(operation.summary).toMatch(/^[A-Z].+[^.]$/);
    expect(operation.tags).toEqual([expect.stringMatching(/^[a-z-]+$/)]);
    expect(operation.responses.default?.$ref).toBe('#/components/responses/Error');
    expect(described.filter((other) => other.operationId === operation.operationId)).toHaveLength(
      1,
    );
  });

  it('leads a second route to an operation that is there', () => {
    const ids = new Set(described.map(({ operationId }) => operationId));
    const lost = described.filter(({ 'x-same-as': same }) => same !== undefined && !ids.has(same));
    expect(lost).toEqual([]);
  });

  it('leads every path, under both prefixes, to its operation', async () => {
    const operations = Object.fromEntries(
      operationIds.map((id) => [
        id,
        { access: 'open' as const, of: 'server' as const, handler: async () => plainText(id) },
      ]),
    );
    const anything = { type: 'object' } as const;
    const routes = contract.routes.map((r) => ({ ...r, query: anything, body: undefined }));
    const url = await serve(
      mountContract({
        contract: { ...contract, routes },
        operations,
        bodyLimit: 1_000,
        guard: openGuard,
        sendError: (error, _, response) => response.end(String(error)),
      }),
    );
    for (const route of contract.routes) {
      for (const path of spellings(route)) {
        const answer = await fetch(url + path, bare(route));
        expect(`${path}: ${await answer.text()}`).toBe(`${path}: ${route.operation}`);
      }
    }
  });
});

describe('the table of operations', () => {
  let config: Config;
  let database: Database;

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'runledger-contract-'));
    ends.push(() => rm(folder, { recursive: true, force: true }));
    config = toConfig({
      backendStoreUri: `sqlite:///${join(folder, 'test.db')}`,
      artifactsDestination: join(folder, 'artifacts'),
      logLevel: 'silent',
    });
    await migrateUp(config.database);
    database = await openLocation(config.database);
    ends.push(() => database.close());
  });

  it('has an entry with an access rule for each operation, and no other', () => {
    const table = operationTable(
      createSlices(config, database),
      contract,
      openGuard,
      async () => undefined,
      async () => '',
    );
    expect(Object.keys(table).sort()).toEqual([...operationIds].sort());
    for (const [id, entry] of Object.entries(table)) {
      // Which rules there are, the compiler knows.
      expect([typeof entry.access, typeof entry.of], id).toEqual(['string', 'string']);
      expect(entry.handler, id).toBeTypeOf('function');
    }
  });

  it('answers 501 for what is pending', async () => {
    const url = await serve(await createApp(config, database, createLog('silent')));
    const routes = contract.routes.filter(({ operation }) => pending.has(operation));
    for (const route of routes) {
      const answer = await fetch(url + exampleUrl(route), exampleRequest(route));
      expect(answer.headers.get('content-type'), route.operation).toBe('application/json');
      expect(await answer.json(), route.operation).toMatchObject({
        error_code: 'NOT_IMPLEMENTED',
        message: expect.stringContaining(route.operation),
      });
      expect(answer.status, route.operation).toBe(501);
    }
    expect(new Set(routes.map(({ operation }) => operation))).toEqual(pending);
  });

  it('has nothing pending that a slice has built', async () => {
    const built = await builtOperations();
    expect(built.length).toBeGreaterThan(50);
    expect(built.filter((id) => pending.has(id))).toEqual([]);
    const all = new Set([...built, ...pending]);
    expect(operationIds.filter((id) => !all.has(id))).toEqual([]);
  });
});

/** The ids in the tables of all slices, whether or not the whole table holds them. */
async function builtOperations(): Promise<string[]> {
  const names = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => name.endsWith('.operations.ts'));
  const modules = await Promise.all(
    files.map((name): Promise<Record<string, unknown>> => import(join(import.meta.dirname, name))),
  );
  return modules
    .flatMap((module) => Object.entries(module))
    .filter(([name]) => name.endsWith('Operations'))
    .flatMap(([, make]) =>
      Object.keys((make as (...ports: unknown[]) => object)(...Array(8).fill(ANY))),
    );
}

/** Stands for every port of a slice: a table can be made of it, though not used. */
const ANY: unknown = new Proxy(() => undefined, { get: () => ANY, apply: () => ANY });

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer((request, response) => void listener(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const filled = ({ path }: Route): string => path.replace(/\{\w+\}/g, 'x1');

function spellings(route: Route): string[] {
  const path = filled(route);
  return path.startsWith('/api/') ? [path, path.replace('/api/', '/ajax-api/')] : [path];
}

/** The smallest requests that the contract takes. */
function exampleUrl(route: Route): string {
  const query = example(route.query) as Record<string, unknown>;
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((one) => [name, String(one)] as [string, string]),
  );
  return `${filled(route)}?${new URLSearchParams(pairs)}`;
}

const JSON_TYPE = { 'Content-Type': 'application/json' };

const bare = ({ method }: Route): RequestInit =>
  method === 'GET' ? {} : { method, headers: JSON_TYPE, body: '{}' };

function exampleRequest({ method, body, streams }: Route): RequestInit {
  if (streams)
    return { method, body: 'x', headers: { 'Content-Type': 'application/octet-stream' } };
  if (body === undefined) return { method };
  return { method, headers: JSON_TYPE, body: JSON.stringify(example(body)) };
}

function example(given: Schema): unknown {
  const schema = contract.resolve(given);
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.type === 'array') return schema.items === undefined ? [] : [example(schema.items)];
  if (schema.type === 'string')
    return schema.format === 'date-time' ? '2030-01-01T00:00:00Z' : 'x1';
  if (schema.type === 'boolean') return true;
  if (schema.type !== 'object') return 1;
  const properties = schema.properties ?? {};
  const names = (schema.required ?? []).filter((name) => properties[name] !== undefined);
  return Object.fromEntries(names.map((name) => [name, example(properties[name] as Schema)]));
}
