import type { ArtifactBackend } from '../../artifacts/backends/backend.js';
import { WORKSPACES_FOLDER } from '../../artifacts/proxied-paths.js';
import { SafePath } from '../../artifacts/safe-path.js';
import type { Database } from '../../platform/db/database.js';
import { DEFAULT_WORKSPACE } from '../../platform/db/workspace.js';
import { sizeOf } from './folders.js';
import type { GcStore } from './gc.store.js';
import { type Kind, LOGGED_MODEL, RUN, TRACE } from './kinds.js';

/** A folder of something that there is not. */
export interface Orphan {
  readonly path: SafePath;
  readonly files: number;
  readonly bytes: number;
}

interface LookedThrough {
  readonly root: ArtifactBackend;
  /** The only one whose folders are looked through. */
  readonly workspace: string | undefined;
}

/** Ids that are looked up at a time. */
const AT_ONCE = 500;

/** Names as this server and MLflow's give them; other folders are somebody's own. */
const SHAPES = [
  { kind: RUN, folder: '', name: /^[0-9a-f]{32}$/ },
  { kind: LOGGED_MODEL, folder: 'models', name: /^m-[0-9a-f]{32}$/ },
  { kind: TRACE, folder: 'traces', name: /^(?:tr-)?[0-9a-f]{32}$/ },
] as const;

/**
 * Looks through a root of artifacts for folders of runs, logged models and traces that the
 * database does not know. Where they lie in the folder of no experiment they are left out.
 *
 * @param locationsOf how the locations of versions may spell a path
 */
export async function* orphansIn(
  { root, workspace }: LookedThrough,
  database: Database,
  store: GcStore,
  locationsOf: (path: SafePath) => readonly string[],
): AsyncGenerator<Orphan> {
  for await (const experiment of experimentsIn(root, workspace)) {
    for (const shape of SHAPES) {
      const folder = experiment.join(SafePath.parse(shape.folder));
      const names = (await root.list(folder))
        .filter((entry) => entry.isFolder && shape.name.test(entry.name))
        .map((entry) => entry.name);
      for await (const unknown of unknownOf(names, shape.kind, database, store)) {
        const path = folder.join(SafePath.parse(unknown));
        if (await isInUse(path)) continue;
        yield { path, ...(await sizeOf(root, path)) };
      }
    }
  }

  async function isInUse(path: SafePath): Promise<boolean> {
    for (const location of locationsOf(path)) {
      if (await store.holdsVersion(database.scan, location)) return true;
    }
    return false;
  }
}

/** The folders of experiments: at the top, and in those of workspaces. */
async function* experimentsIn(
  root: ArtifactBackend,
  workspace: string | undefined,
): AsyncGenerator<SafePath> {
  const workspaces = SafePath.parse(WORKSPACES_FOLDER);
  const all = new Map([[DEFAULT_WORKSPACE, SafePath.ROOT]]);
  for (const name of await foldersIn(root, workspaces)) {
    all.set(name, workspaces.join(SafePath.parse(name)));
  }
  for (const [name, folder] of all) {
    if (workspace !== undefined && name !== workspace) continue;
    for (const name of await foldersIn(root, folder)) {
      if (/^\d{1,18}$/.test(name)) yield folder.join(SafePath.parse(name));
    }
  }
}

const foldersIn = async (root: ArtifactBackend, folder: SafePath): Promise<string[]> =>
  (await root.list(folder)).flatMap(({ name, isFolder }) => (isFolder ? [name] : []));

async function* unknownOf(
  names: readonly string[],
  kind: Kind,
  database: Database,
  store: GcStore,
): AsyncGenerator<string> {
  for (let start = 0; start < names.length; start += AT_ONCE) {
    const some = names.slice(start, start + AT_ONCE);
    const known = await store.known(database.scan, kind, some);
    yield* some.filter((name) => !known.has(name));
  }
}
