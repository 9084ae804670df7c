import { MlflowError } from '../errors.js';
import type { By } from '../platform/http/operation.js';

const WRITING = ['registry', 'manage', 'admin'];

/** Whether somebody has come without a token, or with one that was made for writing. */
export const mayWrite = ({ caller: { scopes } }: By): boolean =>
  scopes === undefined || scopes.some((scope) => WRITING.includes(scope));

/** @throws MlflowError 403 for a token that was made for reading: to ask and to agree is no reading */
export function checkMayWrite(by: By): void {
  if (mayWrite(by)) return;
  throw new MlflowError('PERMISSION_DENIED', "This needs a token with the scope 'registry'.");
}
