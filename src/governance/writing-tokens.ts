import { MlflowError } from '../errors.js';
import type { By } from '../platform/http/operation.js';

const WRITING = ['registry', 'manage', 'admin'];

/** @throws MlflowError 403 for a token that was made for reading: to ask and to agree is no reading */
export function checkMayWrite({ caller: { scopes } }: By): void {
  if (scopes === undefined || scopes.some((scope) => WRITING.includes(scope))) return;
  throw new MlflowError('PERMISSION_DENIED', "This needs a token with the scope 'registry'.");
}
