import { invalidParameter } from '../errors.js';
import { DEFAULT_WORKSPACE } from '../platform/db/workspace.js';
import { SafePath } from './safe-path.js';

/** The folder that those of workspaces lie in. */
export const WORKSPACES_FOLDER = 'workspaces';

/** How the paths are read that clients ask the artifact proxy for. */
export interface ProxiedPaths {
  /** @throws MlflowError 400 for a path that leads out of what the proxy serves */
  parse(text: string): SafePath;
  /** The rights on a path are those on the experiment that it lies in; `` for no experiment. */
  experimentOf(text: string): string;
}

/** Where there are no workspaces a path begins with its experiment. */
export const plainPaths: ProxiedPaths = {
  parse: (text) => SafePath.parse(text),
  experimentOf: (text) => SafePath.parse(text).segments[0] ?? '',
};

/**
 * Where there are workspaces each has a folder of its own. Clients may name it or leave it out;
 * only the default one also has what was stored before there were any.
 */
export function pathsIn(workspace: string): ProxiedPaths {
  const isDefault = workspace === DEFAULT_WORKSPACE;
  const below = SafePath.parse(`${WORKSPACES_FOLDER}/${workspace}`);
  const parse = (text: string): SafePath => {
    const path = SafePath.parse(text);
    const [first, named] = path.segments;
    if (first !== WORKSPACES_FOLDER) return isDefault ? path : below.join(path);
    if (named === undefined) {
      throw invalidParameter(
        `Artifact paths prefixed with '${WORKSPACES_FOLDER}/' must include a workspace name.`,
      );
    }
    if (named === workspace) return path;
    throw invalidParameter(
      `Artifact path targets workspace '${named}' but the workspace specified in the request is ` +
        `'${workspace}'.`,
    );
  };
  return {
    parse,
    experimentOf: (text) => {
      const { segments } = parse(text);
      return (segments[0] === WORKSPACES_FOLDER ? segments[2] : segments[0]) ?? '';
    },
  };
}
