import type { ArtifactBackend } from '../../artifacts/backends/backend.js';
import type { ArtifactPlaces } from '../../artifacts/places.js';
import { SafePath } from '../../artifacts/safe-path.js';

export interface Size {
  readonly files: number;
  readonly bytes: number;
}

/** A folder below one that this server reaches. */
interface Found {
  readonly backend: ArtifactBackend;
  readonly path: SafePath;
}

/** The folders of artifacts, as garbage. */
export class GarbageFolders {
  readonly #places: Pick<ArtifactPlaces, 'at' | 'nameOf'>;

  constructor(places: Pick<ArtifactPlaces, 'at' | 'nameOf'>) {
    this.#places = places;
  }

  /** @returns what lies in the folder of a thing; undefined where this server can't look */
  async sizeOf(location: string, id: string): Promise<Size | undefined> {
    const found = this.#find(location, id);
    return found === undefined ? undefined : sizeOf(found.backend, found.path);
  }

  /**
   * Removes the folder of a thing.
   *
   * @returns whether this server reaches it, and it is that of the thing alone
   * @throws what the store says that could not do it now
   */
  async remove(location: string, id: string): Promise<boolean> {
    const found = this.#find(location, id);
    if (found === undefined) return false;
    await found.backend.remove(found.path);
    return true;
  }

  /** Removes what is left of the folder of an experiment, if no file is in it. */
  async removeEmpty(location: string, id: string): Promise<void> {
    const found = this.#below(location, id, `/${id}`);
    if (found === undefined || (await sizeOf(found.backend, found.path)).files > 0) return;
    await found.backend.remove(found.path);
  }

  /** `<somewhere>/<id>/artifacts` is in a folder that nothing else is in. */
  #find(location: string, id: string): Found | undefined {
    return this.#below(location, id, `/${id}/artifacts`);
  }

  #below(location: string, id: string, end: string): Found | undefined {
    const text = location.replace(/\/+$/, '');
    if (!text.endsWith(end)) return undefined;
    try {
      const parent = text.slice(0, -end.length);
      const uri = parent.endsWith(':') ? `${parent}/` : parent || '/';
      if (this.#places.nameOf(uri) === undefined) return undefined;
      return { backend: this.#places.at(uri).backend, path: SafePath.parse(id) };
    } catch {
      // Such as what is proxied, of a server that proxies nothing.
      return undefined;
    }
  }
}

/** @returns how much lies in a folder */
export async function sizeOf(backend: ArtifactBackend, folder: SafePath): Promise<Size> {
  let files = 0;
  let bytes = 0;
  const left = [folder];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    for (const { name, isFolder, size } of await backend.list(next)) {
      if (isFolder) left.push(next.join(SafePath.parse(name)));
      else {
        files += 1;
        bytes += size;
      }
    }
  }
  return { files, bytes };
}
