import type { Client } from './client.js';

export interface Route {
  readonly method: string;
  readonly path: string;
  readonly operation: string;
}

/** Every route that the server says it has, in both spellings, with `x` for path parameters. */
export async function routesOf(client: Client, prefix = ''): Promise<Route[]> {
  const answer = await client.ask({ path: `${prefix}/openapi.json` });
  const { paths } = answer.json<{
    paths: Record<string, Record<string, { operationId: string }>>;
  }>();
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, { operationId }]) =>
      spellings(path.replace(/\{\w+\}/g, 'x')).map((spelling) => ({
        method: method.toUpperCase(),
        path: spelling,
        operation: operationId,
      })),
    ),
  );
}

const spellings = (path: string): string[] =>
  path.startsWith('/api/') ? [path, path.replace('/api/', '/ajax-api/')] : [path];
