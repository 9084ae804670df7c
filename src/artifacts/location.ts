import { isAbsolute, resolve } from 'node:path';
import { invalidParameter, type MlflowError } from '../errors.js';
import { parseUri, type Uri } from './parse-uri.js';
import { decodeOnce } from './percent.js';
import { SafePath } from './safe-path.js';

/** What a stored location means. There is one reading of each, at creation and ever after. */
export type Location =
  /** `path` is absolute, even if the text named a folder of the working directory. */
  | { readonly kind: 'local'; readonly path: string; readonly isRelative: boolean }
  /** Below the destination that this server gives out as `mlflow-artifacts:/`. */
  | { readonly kind: 'proxied'; readonly path: SafePath }
  | { readonly kind: 'run'; readonly runId: string; readonly path: SafePath }
  | { readonly kind: 'remote'; readonly scheme: string };

const PROXY_ROUTE = '/api/2.0/mlflow-artifacts/artifacts/';

/**
 * Reads a location. Local paths are decoded once, as MLflow's clients decode them, and come back
 * absolute; a proxied path is decoded once, as this server decodes it in a request.
 *
 * @throws MlflowError 400 for text that clients could read in another way
 */
export function parseLocation(text: string): Location {
  if (/[\p{Cc}\p{Cs}]|^\s|\s$/u.test(text)) throw unreadable(text);
  const uri = parseUri(text);
  switch (uri.scheme) {
    case '':
      return localAt(decodeOnce(text), text);
    case 'file':
      if (!/^(?:localhost|127\.0\.0\.1|\.)?$/i.test(uri.authority ?? '')) throw remoteFile(text);
      return localAt(decodeOnce(uri.path), text);
    case 'mlflow-artifacts':
      return { kind: 'proxied', path: proxiedPath(uri.path) };
    case 'http':
    case 'https':
      return behindProxy(uri);
    case 'runs':
      return ofRun(uri, text);
    default:
      return { kind: 'remote', scheme: uri.scheme };
  }
}

function localAt(path: string, text: string): Location {
  if (path === '' || /\p{Cc}/u.test(path)) throw unreadable(text);
  return { kind: 'local', path: resolve(path), isRelative: !isAbsolute(path) };
}

const proxiedPath = (path: string): SafePath =>
  SafePath.parse(decodeOnce(path.replace(/^\/+/, '')));

function behindProxy({ scheme, path }: Uri): Location {
  const start = path.indexOf(PROXY_ROUTE);
  if (start === -1) return { kind: 'remote', scheme };
  return { kind: 'proxied', path: proxiedPath(path.slice(start + PROXY_ROUTE.length)) };
}

function ofRun({ authority, path }: Uri, text: string): Location {
  const [, runId, rest = ''] = /^\/([^/]+)(?:\/(.*))?$/s.exec(path) ?? [];
  if (authority || runId === undefined) {
    throw invalidParameter(
      `Not a proper runs:/ URI: ${text}. Runs URIs must be of the form ` +
        "'runs:/<run_id>/run-relative/path/to/artifact'",
    );
  }
  return { kind: 'run', runId, path: SafePath.parse(rest) };
}

const unreadable = (text: string): MlflowError =>
  invalidParameter(`Invalid artifact location: ${JSON.stringify(text.slice(0, 200))}`);

const remoteFile = (text: string): MlflowError =>
  invalidParameter(
    `${text} is not a valid remote uri. For remote access on windows, please consider using a ` +
      'different scheme such as SMB (e.g. smb://<hostname>/<path>).',
  );
