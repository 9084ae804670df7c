import type { IncomingHttpHeaders } from 'node:http';
import { MlflowError } from '../../errors.js';

/** Clients ask here whether there are workspaces at all. */
const SERVER_INFO = /^\/(?:ajax-)?api\/3\.0\/mlflow\/server-info(?:\?|$)/;

/** @returns whether an address is one that is answered whatever workspace is named */
export const namesServerInfo = (url: string): boolean => SERVER_INFO.test(url);

/**
 * A request for a workspace is refused by a server that has none, on all paths but one: to answer
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
  if (namesServerInfo(url)) return undefined;
  return new MlflowError(
    'FEATURE_DISABLED',
    'Workspace APIs are not available: workspaces are not enabled on this server',
  );
}
