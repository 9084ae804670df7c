import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle, createConfig } from '@redocly/openapi-core';

/** An operation that the contract names. */
export interface Operation {
  readonly id: string;
  readonly family: string;
  readonly method: string;
  readonly path: string;
}

const CONTRACT = join(dirname(fileURLToPath(import.meta.url)), '..', 'openapi', 'openapi.yaml');
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** Every operation in `openapi/`, sorted by family, path and method. */
export async function readOperations(contract = CONTRACT): Promise<readonly Operation[]> {
  const { bundle: document } = await bundle({ ref: contract, config: await createConfig({}) });
  const paths = record(record(document.parsed).paths);
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    METHODS.filter((method) => method in record(item)).map((method) =>
      operation(path, method, record(record(item)[method])),
    ),
  );
  const key = (one: Operation) => `${one.family} ${one.path} ${one.method}`;
  return operations.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function operation(path: string, method: string, described: Record<string, unknown>): Operation {
  const { operationId, tags } = described;
  if (typeof operationId !== 'string') {
    throw new Error(`${method.toUpperCase()} ${path} has no operationId in the contract`);
  }
  const family: unknown = Array.isArray(tags) ? tags[0] : undefined;
  return {
    id: operationId,
    family: typeof family === 'string' ? family : 'other',
    method: method.toUpperCase(),
    path,
  };
}

/** Finds the operation that a request is for, or nothing when the contract names none. */
export function operationFinder(
  operations: readonly Operation[],
): (method: string, path: string) => Operation | undefined {
  const routes = operations
    .map((one) => ({ operation: one, pattern: patternOf(one.path) }))
    .sort((a, b) => variables(a.operation.path) - variables(b.operation.path));
  const find = (method: string, path: string) =>
    routes.find((route) => route.operation.method === method && route.pattern.test(path))
      ?.operation;
  return (method, path) =>
    find(method, path) ?? find(method, path.replace(/^\/ajax-api\//, '/api/'));
}

/** A variable stands for one segment, except a path, which may span several. */
function patternOf(template: string): RegExp {
  const source = template
    .split(/(\{[^}]+\})/)
    .map((part) => {
      if (!part.startsWith('{')) return part.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
      return part.endsWith('path}') ? '.+' : '[^/]+';
    })
    .join('');
  return new RegExp(`^${source}$`);
}

function variables(template: string): number {
  return template.split('{').length - 1;
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
