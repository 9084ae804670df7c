import { MlflowError } from '../../../errors.js';
import { TESTER } from '../../../testing/tester.js';
import type { Contract, Route, Schema } from '../contract.js';
import { type MountedOperation, openGuard } from '../guard.js';
import { mountContract } from '../mount.js';
import type { Message } from '../read-message.js';
import { errorSender } from '../send-error.js';
import { type Ask, serve } from './serve.js';

export interface LoggedFailure {
  readonly err: unknown;
  readonly method: string;
  readonly url: string;
  readonly request_id: string;
}

const NONE: Schema = { type: 'object', properties: {} };

/** A route of a contract that a test writes. */
export const route = (
  method: string,
  path: string,
  more: Partial<Pick<Route, 'operation' | 'query' | 'body' | 'wildcard' | 'streams'>> = {},
): Route => ({
  operation: 'echo',
  method,
  path,
  wildcard: false,
  query: NONE,
  body: undefined,
  streams: false,
  ...more,
});

/** Answers with what a handler is given. */
export const echo: MountedOperation = {
  access: 'login',
  of: 'server',
  handler: async (input: Message) => ({ input }),
};

/** Serves a few routes as the whole server does; `gone` is an error of a database that is gone. */
export async function mounted(
  routes: readonly Route[],
  operations: Readonly<Record<string, MountedOperation>> = {},
  closed?: (route: Route) => MlflowError | undefined,
): Promise<{ ask: Ask; log: LoggedFailure[] }> {
  const log: LoggedFailure[] = [];
  const ignore = () => undefined;
  const failures = {
    debug: ignore,
    info: ignore,
    warn: ignore,
    error: (failure: LoggedFailure) => log.push(failure),
  };
  const contract: Contract = { routes, document: {}, resolve: (schema) => schema };
  const answer = mountContract({
    contract,
    operations: { echo, ...operations },
    bodyLimit: 1_000,
    guard: {
      ...openGuard,
      identify: (request) => {
        if (request.headers.authorization === 'bad') {
          throw new MlflowError('UNAUTHENTICATED', 'Who are you?');
        }
        return TESTER;
      },
    },
    closed,
    sendError: errorSender(failures as never, (error) => error === 'gone'),
  });
  const ask = await serve((request, response) => void answer(request, response));
  return { ask, log };
}
