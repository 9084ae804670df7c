import { invalidParameter, type MlflowError } from '../errors.js';
import { parseHost, parseUri } from './parse-uri.js';

/** What decides which hosts a location may name. */
export interface HostSettings {
  readonly defaultRoot: string;
  readonly destination: string;
  readonly allowedHostSchemes: readonly string[];
}

/** Schemes whose URIs choose the host to connect to, with the ports that an absent one stands for. */
const WELL_KNOWN_PORTS: Readonly<Record<string, readonly (number | undefined)[]>> = {
  ftp: [21],
  sftp: [22],
  http: [80],
  https: [443],
  'mlflow-artifacts': [80, 443],
  r2: [443],
  b2: [443],
  abfss: [443],
  // The port comes from Hadoop's own configuration, so only another portless URI is the same.
  hdfs: [undefined],
  viewfs: [undefined],
};

/** Schemes that reach the same service are compared as one. */
const FAMILIES: Readonly<Record<string, string>> = {
  viewfs: 'hdfs',
  https: 'http',
  'mlflow-artifacts': 'http',
};

/**
 * A server must not connect to hosts that its clients name, with its own credentials or without.
 *
 * @returns the scheme of the URI when it names a host that is not the server's own artifact
 *   storage; undefined when the URI is acceptable
 */
export function foreignHostScheme(uri: string, settings: HostSettings): string | undefined {
  const targets = targetsOf(uri);
  if (targets === undefined) return undefined;
  const { scheme } = parseUri(uri);
  if (settings.allowedHostSchemes.some((allowed) => allowed.toLowerCase() === scheme)) {
    return undefined;
  }
  const own = [settings.defaultRoot, settings.destination].flatMap((root) => targetsOf(root) ?? []);
  return targets.some((target) => own.includes(target)) ? undefined : scheme;
}

/** 400 for a request field with such a URI. */
export const foreignHost = (field: string, scheme: string): MlflowError =>
  invalidParameter(
    `'${field}' cannot use the '${scheme}' scheme: the '${scheme}' scheme addresses a host other ` +
      "than the tracking server's configured artifact storage, so the server would connect to " +
      'the host named in the URI. Set the MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES ' +
      'environment variable on the server to allow it.',
  );

/** @returns undefined when the URI selects no host; an empty list when nobody can tell which */
function targetsOf(text: string): readonly string[] | undefined {
  const uri = parseUri(text);
  const ports = WELL_KNOWN_PORTS[uri.scheme];
  if (ports === undefined) return undefined;
  // Without a host this scheme means the server itself.
  if (uri.scheme === 'mlflow-artifacts' && !uri.authority) return undefined;
  const host = parseHost(uri.authority ?? '');
  if (host === undefined) return [];
  const family = FAMILIES[uri.scheme] ?? uri.scheme;
  const chosen = host.port === undefined ? ports : [host.port];
  return chosen.map((port) => `${family} ${host.name} ${port ?? ''}`);
}
