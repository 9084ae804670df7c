import { relative, sep } from 'node:path';
import { badRequest } from '../errors.js';
import type { StoreConfig } from '../platform/config/store-config.js';
import { makeFolders } from '../platform/make-folders.js';
import { AbsentStore } from './backends/absent.js';
import type { ArtifactBackend } from './backends/backend.js';
import { isInside } from './backends/containment.js';
import { LocalFolder } from './backends/local.js';
import { ObjectStore } from './backends/object-store.js';
import { openBucket } from './backends/open-bucket.js';
import { UploadArea } from './backends/upload-area.js';
import { type Location, parseLocation } from './location.js';
import {
  inSameBucket,
  type ObjectLocation,
  objectLocation,
  objectName,
  pathFrom,
} from './object-location.js';
import { SafePath } from './safe-path.js';

export interface PlaceSettings {
  /** Where new experiments keep their artifacts: `mlflow-artifacts:/`, a folder or a URI. */
  readonly defaultRoot: string;
  /** What `mlflow-artifacts:/` stands for: a folder or a URI. */
  readonly destination: string;
  readonly serveArtifacts: boolean;
  /** How object stores are reached; absent where none is. */
  readonly stores?: StoreConfig | undefined;
}

/** The folder that a stored location means. */
export interface Place {
  readonly backend: ArtifactBackend;
  /** How MLflow's messages spell a path in it: proxied ones from the destination on. */
  shown(path: SafePath): string;
}

interface OwnFolder {
  readonly path: string;
  readonly uploads: UploadArea;
  readonly backend: LocalFolder;
}

interface OwnBucket {
  readonly location: ObjectLocation;
  readonly backend: ObjectStore;
}

/** Turns stored locations into stores. It opens the operator's own folders and no others' hosts. */
export class ArtifactPlaces {
  /** What the artifact proxy serves. */
  readonly destination: ArtifactBackend;
  /**
   * What clients are told that they may transfer past the server. Where credentials can't sign,
   * they go back to the proxy with an upload, but not with a download: of S3's all can.
   */
  readonly transfers: { readonly uploads: boolean; readonly downloads: boolean };
  /** How long a signed URL to download from holds if the client does not say. */
  readonly downloadUrlSeconds: number;
  readonly #serveArtifacts: boolean;
  /** The folder of the destination, where it is one of this machine. */
  readonly #served: string | undefined;
  /** The folders that the operator gave to the server, to write in as well. */
  readonly #own: readonly OwnFolder[];
  /** The same in object stores, the destination before the default root. */
  readonly #buckets: readonly OwnBucket[];
  /** The folder of the destination, where it lies in an object store. */
  readonly #servedBucket: ObjectLocation | undefined;

  constructor(settings: PlaceSettings) {
    this.#serveArtifacts = settings.serveArtifacts;
    this.downloadUrlSeconds = settings.stores?.downloadUrlSeconds ?? 300;
    const destination = parseLocation(settings.destination);
    this.#own = ownFolders([destination, parseLocation(settings.defaultRoot)]);
    const own = this.#own.find(
      (folder) => destination.kind === 'local' && folder.path === destination.path,
    );
    this.#served = own?.path;
    this.#buckets = ownBuckets(settings);
    this.#servedBucket = objectLocation(settings.destination);
    const isServed = settings.serveArtifacts;
    this.transfers = {
      uploads: isServed && this.#servedBucket !== undefined,
      downloads: isServed && this.#servedBucket?.kind === 's3',
    };
    this.destination =
      own?.backend ??
      this.#inBucket(settings.destination) ??
      new AbsentStore(schemeOf(destination));
  }

  /**
   * Makes the server's folders, and removes what uploads of a killed server left in them.
   *
   * @throws Error when what is to be served can't be stored there
   */
  async prepare(): Promise<void> {
    for (const { path, uploads } of this.#own) {
      await makeFolders(path);
      // A folder that is there already says nothing of whether a file can be made in it.
      if (this.#serveArtifacts && path === this.#served) await uploads.make();
      await uploads.sweep();
    }
  }

  /** Whether there is a way to what is to be served. */
  get isReachable(): boolean {
    return !this.#serveArtifacts || !(this.destination instanceof AbsentStore);
  }

  /** @throws MlflowError 400 for a location that can't be served at all */
  at(uri: string): Place {
    const location = parseLocation(uri);
    switch (location.kind) {
      case 'proxied':
        if (!this.#serveArtifacts) throw notServed();
        return {
          backend: this.destination.folder(location.path),
          shown: (path) => location.path.join(path).text,
        };
      case 'local':
        // What is stored by this server is absolute; where else it came from, nobody can tell.
        if (location.isRelative) throw relativePath(uri);
        return { backend: this.#localAt(location.path), shown: (path) => path.text };
      default: {
        const backend = this.#inBucket(uri) ?? new AbsentStore(schemeOf(location));
        return { backend, shown: (path) => path.text };
      }
    }
  }

  /**
   * One name for each place, however its location is spelled, and for each file in it: the name
   * of the folder, a slash, the path.
   *
   * @returns undefined for a place that this server does not reach
   * @throws MlflowError 400 for a location that no client could read
   */
  nameOf(uri: string): string | undefined {
    const location = parseLocation(uri);
    if (location.kind === 'proxied') return proxiedName(location.path);
    if (location.kind === 'remote') return this.#nameInBucket(uri);
    if (location.kind !== 'local' || location.isRelative) return undefined;
    const served = this.#served;
    const below = served === undefined ? undefined : pathBelow(served, location.path);
    return below === undefined ? location.path.replace(/[/\\]$/, '') : proxiedName(below);
  }

  #inBucket(uri: string): ArtifactBackend | undefined {
    const location = this.#buckets.length === 0 ? undefined : objectLocation(uri);
    if (location === undefined) return undefined;
    for (const own of this.#buckets) {
      const below = belowBucket(own.location, location);
      if (below !== undefined) return own.backend.folder(below);
    }
    return undefined;
  }

  #nameInBucket(uri: string): string | undefined {
    const location = this.#inBucket(uri) && objectLocation(uri);
    if (location === undefined) return undefined;
    const served = this.#servedBucket;
    const below = served === undefined ? undefined : belowBucket(served, location);
    return below === undefined ? objectName(location) : proxiedName(below);
  }

  #localAt(path: string): ArtifactBackend {
    for (const own of this.#own) {
      const below = pathBelow(own.path, path);
      if (below !== undefined) return own.backend.folder(below);
    }
    return new LocalFolder({ top: path, isForeign: true });
  }
}

/** The name of a path below what the artifact proxy serves. */
export const proxiedName = (path: SafePath): string =>
  ['mlflow-artifacts:', ...path.segments].join('/');

function pathBelow(folder: string, path: string): SafePath | undefined {
  if (!isInside(folder, path)) return undefined;
  return SafePath.parse(relative(folder, path).split(sep).join('/'));
}

function ownFolders(locations: readonly Location[]): OwnFolder[] {
  const paths = locations.flatMap((location) => (location.kind === 'local' ? location.path : []));
  return [...new Set(paths)].map((path) => {
    const uploads = new UploadArea(path);
    return { path, uploads, backend: new LocalFolder({ top: path, uploads }) };
  });
}

function ownBuckets({ destination, defaultRoot, stores }: PlaceSettings): OwnBucket[] {
  if (stores === undefined) return [];
  return [destination, defaultRoot].flatMap((uri) => {
    const location = objectLocation(uri);
    if (location === undefined) return [];
    const backend = new ObjectStore(openBucket(location, stores), location.path);
    return [{ location, backend }];
  });
}

const belowBucket = (own: ObjectLocation, location: ObjectLocation): SafePath | undefined =>
  inSameBucket(own, location) ? pathFrom(own.path, location.path) : undefined;

const schemeOf = (location: Location): string =>
  location.kind === 'remote' ? location.scheme : location.kind;

const relativePath = (uri: string) =>
  badRequest(`The artifact location '${uri}' is a relative path, which means nothing to a server`);

const notServed = () =>
  badRequest(
    'These artifacts are proxied by an artifact server, and this server runs with ' +
      '`--no-serve-artifacts`',
  );
