import { mkdir } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import { badRequest } from '../errors.js';
import { AbsentStore } from './backends/absent.js';
import type { ArtifactBackend } from './backends/backend.js';
import { isInside } from './backends/containment.js';
import { LocalFolder } from './backends/local.js';
import { UploadArea } from './backends/upload-area.js';
import { type Location, parseLocation } from './location.js';
import { SafePath } from './safe-path.js';

export interface PlaceSettings {
  /** Where new experiments keep their artifacts: `mlflow-artifacts:/`, a folder or a URI. */
  readonly defaultRoot: string;
  /** What `mlflow-artifacts:/` stands for: a folder or a URI. */
  readonly destination: string;
  readonly serveArtifacts: boolean;
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

/** Turns stored locations into stores. It opens the operator's own folders and no others' hosts. */
export class ArtifactPlaces {
  /** What the artifact proxy serves. */
  readonly destination: ArtifactBackend;
  readonly #serveArtifacts: boolean;
  /** The folder of the destination, where it is one of this machine. */
  readonly #served: string | undefined;
  /** The folders that the operator gave to the server, to write in as well. */
  readonly #own: readonly OwnFolder[];

  constructor(settings: PlaceSettings) {
    this.#serveArtifacts = settings.serveArtifacts;
    const destination = parseLocation(settings.destination);
    this.#own = ownFolders([destination, parseLocation(settings.defaultRoot)]);
    const own = this.#own.find(
      (folder) => destination.kind === 'local' && folder.path === destination.path,
    );
    this.#served = own?.path;
    this.destination = own?.backend ?? new AbsentStore(schemeOf(destination));
  }

  /** Makes the server's folders, and removes what uploads of a killed server left in them. */
  async prepare(): Promise<void> {
    for (const { path, uploads } of this.#own) {
      await mkdir(path, { recursive: true });
      await uploads.sweep();
    }
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
      default:
        return { backend: new AbsentStore(schemeOf(location)), shown: (path) => path.text };
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
    if (location.kind !== 'local' || location.isRelative) return undefined;
    const served = this.#served;
    const below = served === undefined ? undefined : pathBelow(served, location.path);
    return below === undefined ? location.path.replace(/[/\\]$/, '') : proxiedName(below);
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

const schemeOf = (location: Location): string =>
  location.kind === 'remote' ? location.scheme : location.kind;

const relativePath = (uri: string) =>
  badRequest(`The artifact location '${uri}' is a relative path, which means nothing to a server`);

const notServed = () =>
  badRequest(
    'These artifacts are proxied by an artifact server, and this server runs with ' +
      '`--no-serve-artifacts`',
  );
