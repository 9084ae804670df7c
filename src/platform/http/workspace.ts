import type { IncomingHttpHeaders } from 'node:http';
import { MlflowError } from '../../errors.js';

/** Clients ask here whether there are workspaces at all. */
const SERVER_INFO = /^\/(?:ajax-)?api\/3\.0\/mlflow\/server-info(?:\?|$)/;

/**
 * A request for a workspace is refused, on all paths but one: this server has none, and to answer
 * from all data what was meant for a part of it would be wrong. The status says that it is the
 * caller's fault, since clients repeat what is answered with 5xx.
 *
 * @param url without the static prefix
 * @returns undefined for a request that names no workspace
 */
export function workspaceRefusal(
  headers: IncomingHttpHeaders,
  url: string,
): MlflowError | undefined {
  const workspace = headers['x-mlflow-workspace'];
  if (workspace === undefined || String(workspace).trim() === '') return undefined;
  if (SERVER_INFO.test(url)) return undefined;
  return new MlflowError(
    'FEATURE_DISABLED',
    'Workspace APIs are not available: workspaces are not enabled on this server',
  );
}
