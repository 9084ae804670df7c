import type { Contract, Route, Schema } from '../../platform/http/contract.js';

/** The things of a fixture, by the names that fields of requests have for them. */
export type Named = Readonly<Record<string, unknown>>;

export interface MadeRequest {
  readonly method: string;
  readonly path: string;
  readonly json?: unknown;
}

/**
 * Makes a request for a route that names the things of a fixture: a field whose name is known gets
 * its value, a required one any value of its type, and the rest is left out.
 *
 * @param prefer what fields of this operation mean other than elsewhere
 */
export function requestFor(
  contract: Contract,
  route: Route,
  things: Named,
  prefer: Named,
): MadeRequest {
  const known: Named = { ...things, ...prefer };
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    String(known[name] ?? 'x')
      .split('/')
      .map(encodeURIComponent)
      .join(route.wildcard ? '/' : '%2F'),
  );
  const query = fill(
    contract,
    route.query,
    known,
    [...route.path.matchAll(/\{(\w+)\}/g)].map((m) => m[1]),
  );
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    for (const each of [value].flat()) search.append(key, String(each));
  }
  const text = search.toString();
  return {
    method: route.method,
    path: text === '' ? path : `${path}?${text}`,
    ...bodyOf(contract, route, known),
  };
}

/** What changes something sends JSON, be it empty; a file is sent as it is. */
function bodyOf(contract: Contract, route: Route, known: Named): { readonly json?: unknown } {
  if (route.body !== undefined) return { json: fill(contract, route.body, known, []) };
  return route.method === 'GET' || route.streams ? {} : { json: {} };
}

function fill(
  contract: Contract,
  given: Schema,
  known: Named,
  inPath: readonly (string | undefined)[],
): Record<string, unknown> {
  const { properties = {}, required = [] } = contract.resolve(given);
  const filled: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(properties)) {
    if (inPath.includes(name)) continue;
    const isKnown = Object.hasOwn(known, name);
    if (isKnown) filled[name] = known[name];
    else if (required.includes(name)) filled[name] = any(contract, schema, known);
  }
  return filled;
}

function any(contract: Contract, given: Schema, known: Named): unknown {
  const schema = contract.resolve(given);
  switch (schema.type) {
    case 'integer':
    case 'number':
      return 1;
    case 'boolean':
      return true;
    case 'array':
      return schema.items === undefined ? [] : [any(contract, schema.items, known)];
    case 'object':
      return fill(contract, schema, known, []);
    default:
      return schema.enum?.[0] ?? 'x';
  }
}
