import { resolve } from 'node:path';
import { invalidParameter } from '../errors.js';
import { foreignHost, foreignHostScheme, type HostSettings } from './host-policy.js';
import { parseLocation } from './location.js';
import { parseUri, type Uri } from './parse-uri.js';
import { decodeOnce, readings } from './percent.js';

export interface LocationSettings extends HostSettings {
  /** Characters of an `artifact_location`. */
  readonly maxLocationLength: number;
}

/**
 * Appends path segments to a location. A query of a URI stays at its end, as in MLflow:
 * `s3://b/x?v=1` + `a` is `s3://b/x/a?v=1`. In a plain path `?` is a character like any other.
 */
export function joinLocation(location: string, ...segments: readonly string[]): string {
  const { scheme, authority, path, query, fragment } = parseUri(location);
  if (scheme === '') return `${withoutSlash(location)}/${segments.join('/')}`;
  const host = authority || WITH_HOST.has(scheme) ? `//${authority ?? ''}` : '';
  const tail = (query ? `?${query}` : '') + (fragment ? `#${fragment}` : '');
  return `${scheme}:${host}${withoutSlash(path)}/${segments.join('/')}${tail}`;
}

/** Schemes whose URIs are written with `//` even when there is no host, as Python writes them. */
const WITH_HOST = new Set(['file', 'ftp', 'sftp', 'http', 'https']);

const withoutSlash = (path: string): string => (path.endsWith('/') ? path.slice(0, -1) : path);

/**
 * Where a new experiment keeps its artifacts: what the caller asked for, or a folder below the
 * default root. What is returned is stored, and means the same place at every later reading.
 *
 * @throws MlflowError 400 for a location that could be read in two ways, or whose host the
 *   server must not connect to
 */
export function resolveExperimentLocation(request: {
  readonly given: string | undefined;
  readonly experimentId: number | string;
  readonly settings: LocationSettings;
}): string {
  const { given, experimentId, settings } = request;
  if (!given) return joinLocation(resolveLocal(settings.defaultRoot), String(experimentId));
  checkLocation(given, settings);
  return resolveLocal(given);
}

/** @throws MlflowError 400 for a location that could be read in two ways, or of a foreign host */
export function checkLocation(given: string, settings: LocationSettings): void {
  const uri = parseUri(given);
  if (uri.fragment !== undefined || hasParams(uri)) {
    throw invalidParameter("'artifact_location' URL can't include fragments or params.");
  }
  const queries = readings(uri.query ?? '');
  if (queries === undefined || queries.some((query) => query.includes('..'))) {
    throw invalidParameter('Invalid query string');
  }
  const foreign = foreignHostScheme(given, settings);
  if (foreign !== undefined) throw foreignHost('artifact_location', foreign);
  if (uri.scheme === 'runs') {
    throw invalidParameter(`Artifact location cannot be a runs:/ URI. Given: '${given}'`);
  }
  if (given.length > settings.maxLocationLength) {
    throw invalidParameter(
      'Invalid artifact path length. The length of the artifact path cannot be greater than ' +
        `${settings.maxLocationLength} characters. To configure this limit, please set the ` +
        'MLFLOW_ARTIFACT_LOCATION_MAX_LENGTH environment variable.',
    );
  }
  parseLocation(given);
}

/** The schemes in which Python's clients cut `;params` off the last segment. */
const WITH_PARAMS = new Set(['', 'ftp', 'sftp', 'http', 'https']);

const hasParams = ({ scheme, path }: Uri): boolean =>
  WITH_PARAMS.has(scheme) && path.slice(path.lastIndexOf('/') + 1).includes(';');

/**
 * Makes a local location absolute and free of `..`; every other one stays as it is. The text is
 * kept where it says so already, so that clients see the spelling they sent.
 */
export function resolveLocal(text: string): string {
  const location = parseLocation(text);
  if (location.kind !== 'local') return text;
  const uri = parseUri(text);
  const said = decodeOnce(uri.scheme === 'file' ? uri.path : text);
  if (said === resolve(said) || said === `${resolve(said)}/`) return text;
  const path = location.path.replace(/[%?#;]/g, (sign) => encodeURIComponent(sign));
  return uri.scheme === 'file' ? `file://${path}` : path;
}
