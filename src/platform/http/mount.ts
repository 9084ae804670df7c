import type { IncomingMessage, ServerResponse } from 'node:http';
import findMyWay from 'find-my-way';
import { invalidParameter, MlflowError } from '../../errors.js';
import { Admission } from './admission.js';
import type { Contract, Route } from './contract.js';
import { ANYBODY, type Guard, type MountedOperation } from './guard.js';
import { IncomingCall } from './incoming-call.js';
import { LoopTurns } from './loop-turns.js';
import type { RequestObserver } from './observer.js';
import { perform } from './perform.js';
import { inputReader } from './read-input.js';
import { headersOf, Reply, sendJson } from './reply.js';
import type { SendError } from './send-error.js';

export interface Mounting {
  readonly contract: Contract;
  readonly operations: Readonly<Record<string, MountedOperation>>;
  readonly guard: Guard;
  /** Bytes of a JSON body. */
  readonly bodyLimit: number;
  /** Why a route is not served as this server is set up; undefined when it is. */
  readonly closed?: ((route: Route) => MlflowError | undefined) | undefined;
  readonly sendError: SendError;
  /** How many requests are let in at one time; undefined for any number. */
  readonly admission?: Admission | undefined;
  readonly observer?: RequestObserver | undefined;
}

type Answer = (
  request: IncomingMessage,
  response: ServerResponse,
  parameters: Readonly<Record<string, string | undefined>>,
  search: URLSearchParams,
) => Promise<void>;

/** What the router leads to. */
interface Mounted {
  readonly operation: string;
  readonly answer: Answer;
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/**
 * Serves every route of the contract, each in the same steps: find, authenticate, read and
 * validate, handle, send. Every `/api/` path answers under `/ajax-api/` too.
 */
export function mountContract(
  mounting: Mounting,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const router = findMyWay({ maxParamLength: 4_096, onBadUrl: () => undefined });
  const turns = new LoopTurns();
  for (const route of mounting.contract.routes) {
    const answer = answerOf(mounting, route, turns);
    for (const path of spellings(route)) {
      router.on(route.method as 'GET', path, () => undefined, {
        operation: route.operation,
        answer,
      });
    }
  }

  const { observer, admission } = mounting;
  return async (request, response) => {
    const begin = observer === undefined ? 0 : performance.now();
    let operation: string | undefined;
    observer?.began();
    try {
      const { path, search } = splitUrl(request.url ?? '/');
      const method = request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET');
      const found = router.find(method as 'GET', path);
      if (found === null) {
        if (method === 'OPTIONS') return sendOptions(path, response);
        throw unknownRoute(method, path);
      }
      // The router leads a path that it can't decode to a place of its own, without an answer.
      if (!found.store) {
        throw invalidParameter('The path is not valid percent-encoding');
      }
      const mounted = found.store as Mounted;
      operation = mounted.operation;
      admission?.enter(operation, response);
      const answer = () =>
        mounted.answer(request, response, found.params, new URLSearchParams(search));
      await (observer?.around?.(request, operation, answer) ?? answer());
    } catch (error) {
      mounting.sendError(error, request, response);
    } finally {
      admission?.leaveBody(request);
    }
    if (observer === undefined) return;
    const milliseconds = performance.now() - begin;
    observer.ended({ request, operation, status: response.statusCode, milliseconds });
  };

  function servedAt(path: string): string[] {
    return METHODS.filter((other) => router.find(other, path) !== null);
  }

  function sendOptions(path: string, response: ServerResponse): void {
    const served = servedAt(path);
    if (served.length === 0) throw unknownRoute('OPTIONS', path);
    response.writeHead(204, headersOf(response, { Allow: allowHeader(served) })).end();
  }

  function unknownRoute(method: string, path: string): MlflowError {
    const served = servedAt(path);
    if (served.length === 0) {
      return new MlflowError('ENDPOINT_NOT_FOUND', `There is no endpoint ${method} ${path}`);
    }
    return new MlflowError(
      'ENDPOINT_NOT_FOUND',
      `${method} is not allowed for ${path}; use ${served.join(' or ')}`,
      { status: 405, headers: { Allow: allowHeader(served) } },
    );
  }
}

/** With what comes along: OPTIONS everywhere, HEAD with each GET. */
const allowHeader = (served: readonly string[]): string =>
  ['OPTIONS', ...(served.includes('GET') ? ['HEAD'] : []), ...served].join(', ');

function answerOf(mounting: Mounting, route: Route, turns: LoopTurns): Answer {
  const closed = mounting.closed?.(route);
  if (closed !== undefined) {
    return async () => {
      throw closed;
    };
  }
  const operation = mounting.operations[route.operation];
  if (operation === undefined) throw new Error(`${route.operation} has no entry in the table`);
  const { guard, admission } = mounting;
  const isOpen = operation.access === 'open';
  const readInput = inputReader(
    mounting.contract,
    route,
    { limit: mounting.bodyLimit, admission },
    Admission.exempts(route.operation) ? undefined : turns,
  );
  const holdOf =
    admission !== undefined && route.streams
      ? (request: IncomingMessage) => (size: number) => admission.holdBody(request, size)
      : undefined;
  const wildcard = route.wildcard ? /\{(\w+)\}$/.exec(route.path)?.[1] : undefined;
  return async (request, response, found, search) => {
    const parameters = wildcard === undefined ? found : { [wildcard]: found['*'] };
    const identity = isOpen ? ANYBODY : guard.identify(request);
    const caller = identity instanceof Promise ? await identity : identity;
    if (admission !== undefined) {
      const name = identity === ANYBODY ? guard.addressOf(request) : caller.name;
      admission.enterOf(route.operation, name, response);
    }
    const input = await readInput(request, parameters, search);
    const call = new IncomingCall(request, caller, guard, holdOf?.(request));
    const answer = await perform(guard, operation, input, call);
    if (answer instanceof Reply) await answer.send(request, response);
    else sendJson(response, 200, answer);
  };
}

function spellings(route: Route): string[] {
  const path = route.path
    .replace(/\{\w+\}$/, (name) => (route.wildcard ? '*' : name))
    .replace(/\{(\w+)\}/g, ':$1');
  return path.startsWith('/api/') ? [path, `/ajax-api/${path.slice('/api/'.length)}`] : [path];
}

function splitUrl(url: string): { path: string; search: string } {
  const mark = url.indexOf('?');
  return mark === -1
    ? { path: url, search: '' }
    : { path: url.slice(0, mark), search: url.slice(mark + 1) };
}
