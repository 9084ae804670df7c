import { MlflowError } from '../errors.js';
import type { By, Caller } from '../platform/http/operation.js';
import { requireFullScope } from './tokens/scopes.js';

/**
 * The caller of an operation that is about accounts.
 *
 * @throws MlflowError 404 where nobody signs in: such a server has no accounts to speak of, and
 *   must not let just anybody make one for the day when it asks for sign-in; 403 for a token that
 *   was made for less
 */
export function asker(by: Pick<By, 'caller'>): Caller {
  const caller = signedIn(by);
  requireFullScope(caller);
  return caller;
}

/**
 * The caller, whatever a token was made for: who asks no more than who they are.
 *
 * @throws MlflowError 404 where nobody signs in
 */
export function signedIn({ caller }: Pick<By, 'caller'>): Caller {
  if (caller.method !== 'nobody') return caller;
  throw new MlflowError(
    'ENDPOINT_NOT_FOUND',
    'There are no users and permissions here, since this server asks nobody to sign in',
  );
}

/** 403, in the words of MLflow where there is nothing more to say. */
export const forbidden = (message = 'Permission denied'): MlflowError =>
  new MlflowError('PERMISSION_DENIED', message);

/** What a start does because the settings say so. */
export const AT_THE_START: By = {
  caller: { name: 'settings', isAdmin: true, method: 'nobody' },
  origin: { address: '', userAgent: 'runledger server', requestId: '' },
};
