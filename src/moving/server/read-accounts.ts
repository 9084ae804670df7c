import { ServerRefusal } from '../../platform/outgoing/server-client.js';
import type { Answer } from './answer.js';
import { ask, askIfKnown, isUnknownThere, type Reading } from './asking.js';

/** What a server says of who may do what: its answers, or in words why there are none. */
export type ToldAccounts =
  | { readonly users: Answer; readonly roles: Answer }
  | { readonly why: string | undefined };

/** Asks for accounts, which admins of a server with sign-in are told. */
export async function readAccounts(reading: Pick<Reading, 'client'>): Promise<ToldAccounts> {
  try {
    const users = await askIfKnown(reading, { path: '/api/2.0/mlflow/users/list' });
    const roles = users && (await askIfKnown(reading, { path: '/api/3.0/mlflow/roles/list' }));
    if (users !== undefined && roles !== undefined) return { users, roles };
  } catch (error) {
    if (!(error instanceof ServerRefusal)) throw error;
    return { why: 'The server tells its accounts to admins alone; none were moved in.' };
  }
  try {
    await ask(reading, { path: '/api/2.0/mlflow/users/get' });
  } catch (error) {
    // Without sign-in there are no users.
    if (isUnknownThere(error)) return { why: undefined };
    if (!(error instanceof ServerRefusal)) throw error;
  }
  return {
    why:
      'A server of this release does not list its accounts; move them in with --accounts and its ' +
      'database of them.',
  };
}
