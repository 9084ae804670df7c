import { loadContract, type Route, type Schema } from '../../../src/platform/http/contract.js';
import type { Question } from '../support/ask.js';

const contract = loadContract();
export const routes: readonly Route[] = contract.routes;

/** Where a field stands in a request: `['metrics', 0, 'key']`. */
type Place = readonly (string | number)[];

export interface Field {
  readonly place: Place;
  readonly schema: Schema;
  readonly where: 'path' | 'query' | 'body';
}

/** Working values for fields by their name, so that one wrong field is reached behind good ones. */
export type Samples = Readonly<Record<string, unknown>>;

const MAX_DEPTH = 5;

/** A message that is right as far as its schema goes. */
function sample(given: Schema, samples: Samples, name = '', depth = 0): unknown {
  const schema = contract.resolve(given);
  const known = samples[name];
  if (known !== undefined && Array.isArray(known) === (schema.type === 'array')) return known;
  if (schema.enum !== undefined) return schema.enum.at(-1);
  switch (schema.type) {
    case 'string':
      return 'x';
    case 'integer':
    case 'number':
      return 1;
    case 'boolean':
      return false;
    case 'array':
      return depth > MAX_DEPTH ? [] : [sample(schema.items ?? {}, samples, name, depth + 1)];
    default:
      return depth > MAX_DEPTH
        ? {}
        : Object.fromEntries(
            Object.entries(schema.properties ?? {}).map(([key, property]) => [
              key,
              sample(property, samples, key, depth + 1),
            ]),
          );
  }
}

/** Every field of a route's request, however deep. */
export function fieldsOf(route: Route): Field[] {
  const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']): Field => {
    return { place: [name], schema: { type: 'string' }, where: 'path' };
  });
  const where = route.body ? 'body' : 'query';
  const inMessage = nested(route.body ?? route.query, []).map(
    ({ place, schema }): Field => ({ place, schema, where }),
  );
  return [...inPath, ...inMessage];
}

function nested(given: Schema, place: Place): { place: Place; schema: Schema }[] {
  const schema = contract.resolve(given);
  if (place.length > MAX_DEPTH) return [];
  const here = place.length > 0 ? [{ place, schema }] : [];
  if (schema.type === 'array') return [...here, ...nested(schema.items ?? {}, [...place, 0])];
  const inner = Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
    nested(property, [...place, name]),
  );
  return [...here, ...inner];
}

/** The route's request with one field replaced. */
export function withField(
  route: Route,
  samples: Samples,
  { place, where }: Pick<Field, 'place' | 'where'>,
  value: unknown,
): Question {
  const message = sample(route.body ?? route.query, samples) as Record<string, unknown>;
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(
      String(where === 'path' && place[0] === name ? value : (samples[name] ?? 'x')),
    ),
  );
  if (where !== 'path') put(message, place, value);
  else if (route.body !== undefined) delete message[String(place[0])];
  const { method, streams } = route;
  if (route.body !== undefined) return { method, path, body: message };
  const query = new URLSearchParams();
  for (const [name, member] of Object.entries(message)) {
    for (const item of [member].flat()) query.append(name, String(item));
  }
  const body = streams ? { body: 'x', headers: { 'content-type': 'text/plain' } } : {};
  return { method, path: query.size > 0 ? `${path}?${query}` : path, ...body };
}

function put(message: Record<string, unknown>, place: Place, value: unknown): void {
  let inside: Record<string | number, unknown> = message;
  for (const [index, key] of place.slice(0, -1).entries()) {
    const found = inside[key];
    // A sample may be a text, or a list without items.
    const isOpen = typeof found === 'object' && found !== null;
    if (!isOpen) inside[key] = typeof place[index + 1] === 'number' ? [] : {};
    inside = inside[key] as Record<string | number, unknown>;
  }
  inside[place.at(-1) ?? ''] = value;
}
