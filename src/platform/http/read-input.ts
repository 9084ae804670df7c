import type { IncomingMessage } from 'node:http';
import { invalidParameter } from '../../errors.js';
import type { Contract, Route, Schema } from './contract.js';
import { explainMismatch, Mismatch } from './explain.js';
import type { LoopTurns } from './loop-turns.js';
import { parseJsonBody } from './parse-json.js';
import { type BodyBounds, readBody } from './read-body.js';
import { type Message, messageReader, type ReadMessage } from './read-message.js';
import { readString } from './scalars.js';

/** Everything a caller says, path, query and body, as one object that is read once. */
export type ReadInput = (
  request: IncomingMessage,
  pathParameters: Readonly<Record<string, string | undefined>>,
  search: URLSearchParams,
) => Promise<Message>;

/**
 * Makes the one reader of a route. Handler and access rule see the same object, so no request
 * can be judged by one spelling and answered by another.
 *
 * @param turns is asked before anything is read into an object
 */
export function inputReader(
  contract: Contract,
  route: Route,
  bounds: BodyBounds,
  turns?: LoopTurns,
): ReadInput {
  const schema = route.body ?? route.query;
  const queryTypes = queryKinds(contract, schema);
  const besideBody = route.body === undefined ? new Map() : queryKinds(contract, route.query);
  // Compiled at the first call: most routes are never asked in the life of a process.
  let read: ReadMessage | undefined;
  return async (request, pathParameters, search) => {
    read ??= messageReader(contract, schema);
    const given = await taken(request, search);
    const turn = turns?.wait();
    if (turn !== undefined) await turn;
    const message = read(typeof given === 'string' ? parseJsonBody(given) : given);
    for (const [name, value] of Object.entries(beside(search))) {
      if (name in message && message[name] !== value) {
        throw invalidParameter(`The query and the body name different values of '${name}'.`);
      }
      message[name] = value;
    }
    for (const [name, value] of Object.entries(pathParameters)) {
      if (value === undefined) continue;
      requireText(name, value);
      if (message[name] && message[name] !== value) {
        throw invalidParameter(`The path and the request name different values of '${name}'.`);
      }
      message[name] = value;
    }
    return message;
  };

  /** What a query says beside a body: most routes with a body have none. */
  function beside(search: URLSearchParams): Message {
    if (besideBody.size === 0 || route.streams || search.size === 0) return {};
    return messageReader(contract, route.query)(queryMessage(search, besideBody));
  }

  /** @returns the members, or the text of the body that holds them */
  async function taken(
    request: IncomingMessage,
    search: URLSearchParams,
  ): Promise<Message | string> {
    if (route.streams) return queryMessage(search, queryTypes);
    if (route.method === 'POST' || route.method === 'PUT') requireJson(request);
    if (route.method === 'GET' && search.size > 0) return queryMessage(search, queryTypes);
    if (route.method === 'GET' && !hasBody(request)) return {};
    // The contract says so of a few: their client sends no body.
    const isAsked = route.body === undefined && queryTypes.size > 0;
    // And others say it so although the contract doesn't, as the Databricks SDK does of all it deletes.
    const isTold = isAsked || (search.size > 0 && !hasBody(request));
    if (route.method === 'DELETE' && isTold) return queryMessage(search, queryTypes);
    return readBody(request, bounds);
  }
}

function requireText(name: string, value: string): void {
  try {
    readString(value);
  } catch (error) {
    throw error instanceof Mismatch ? explainMismatch(error.within(name)) : error;
  }
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

function requireJson({ headers }: IncomingMessage): void {
  const type = headers['content-type'];
  if (type === undefined) {
    throw invalidParameter('Bad Request. Content-Type header is missing.');
  }
  if (type.split(';', 1)[0]?.trim().toLowerCase() !== 'application/json') {
    throw invalidParameter("Bad Request. Content-Type must be one of ['application/json'].");
  }
}

type QueryKind = 'array' | 'boolean' | 'plain';

function queryKinds(contract: Contract, schema: Schema): ReadonlyMap<string, QueryKind> {
  const properties = contract.resolve(schema).properties ?? {};
  return new Map(
    Object.entries(properties).map(([name, property]) => {
      const { type } = contract.resolve(property);
      return [name, type === 'array' || type === 'boolean' ? type : 'plain'];
    }),
  );
}

function queryMessage(search: URLSearchParams, kinds: ReadonlyMap<string, QueryKind>): Message {
  const message: Message = {};
  for (const name of new Set(search.keys())) {
    const kind = kinds.get(name);
    if (kind === undefined) continue;
    const values = search.getAll(name);
    if (kind === 'array') message[name] = values;
    else if (values.length > 1 && new Set(values).size > 1) {
      throw invalidParameter(`The parameter '${name}' was given more than once.`);
    } else message[name] = kind === 'boolean' ? booleanOf(values[0] ?? '') : values[0];
  }
  return message;
}

function booleanOf(text: string): boolean {
  const lower = text.toLowerCase();
  if (lower === 'true' || lower === 'false') return lower === 'true';
  throw invalidParameter(`Invalid boolean value: ${text}, must be 'true' or 'false'.`);
}
