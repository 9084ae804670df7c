import { invalidParameter } from '../errors.js';
import { parseUri } from './parse-uri.js';
import { SafePath } from './safe-path.js';

/** A folder in an object store. */
export interface ObjectLocation {
  readonly kind: 's3' | 'gcs' | 'azure';
  /** Of Azure it is the container. */
  readonly bucket: string;
  /** The host that a location of Azure names, which begins with the account; empty otherwise. */
  readonly host: string;
  readonly path: SafePath;
}

const BUCKET = /^[a-z0-9][a-z0-9._-]{1,221}$/i;
const CONTAINER = /^(?:\$root|[a-z0-9][a-z0-9-]{1,62})$/;
const AZURE_HOST =
  /^[a-z0-9]{3,24}\.blob\.core\.(?:windows\.net|chinacloudapi\.cn|usgovcloudapi\.net)$/;

/**
 * Reads a location in an object store, as MLflow's clients read it: nothing in it is decoded, and
 * what follows a `?` or `#` is no part of the path.
 *
 * @returns undefined for another kind of location
 * @throws MlflowError 400 for one of such a store that means no place
 */
export function objectLocation(text: string): ObjectLocation | undefined {
  const { scheme, authority = '', path } = parseUri(text);
  switch (scheme) {
    case 's3':
      return located('s3', text, authority, path);
    case 'gs':
      return located('gcs', text, authority, path);
    case 'wasbs': {
      const [container = '', host = '', ...more] = authority.split('@');
      if (!CONTAINER.test(container) || !AZURE_HOST.test(host) || more.length > 0) {
        throw notAzure();
      }
      return { kind: 'azure', bucket: container, host, path: keyPath(path) };
    }
    default:
      return undefined;
  }
}

function located(kind: 's3' | 'gcs', text: string, bucket: string, path: string): ObjectLocation {
  if (!BUCKET.test(bucket)) {
    const shown = JSON.stringify(text.slice(0, 200));
    throw invalidParameter(`The artifact location ${shown} names no bucket`);
  }
  return { kind, bucket, host: '', path: keyPath(path) };
}

const keyPath = (path: string): SafePath => SafePath.parse(path.replace(/^\/+/, ''));

/** Do both lie in the same bucket of the same store? */
export const inSameBucket = (one: ObjectLocation, other: ObjectLocation): boolean =>
  one.kind === other.kind && one.bucket === other.bucket && one.host === other.host;

/** @returns the path from a folder on, or undefined for what does not lie in it */
export function pathFrom(folder: SafePath, path: SafePath): SafePath | undefined {
  const [above, all] = [folder.segments, path.segments];
  if (above.some((segment, at) => segment !== all[at])) return undefined;
  return SafePath.parse(all.slice(above.length).join('/'));
}

const SCHEMES = { s3: 's3', gcs: 'gs', azure: 'wasbs' } as const;

/** One name for each place, however its location is spelled. */
export function objectName({ kind, bucket, host, path }: ObjectLocation): string {
  const authority = host === '' ? bucket : `${bucket}@${host}`;
  return [`${SCHEMES[kind]}://${authority}`, ...path.segments].join('/');
}

const notAzure = () =>
  invalidParameter(
    'WASBS URI must be of the form <container>@<account>.blob.core.windows.net or ' +
      '<container>@<account>.blob.core.chinacloudapi.cn or ' +
      '<container>@<account>.blob.core.usgovcloudapi.net',
  );
