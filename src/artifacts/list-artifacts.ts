import type { Entry } from './backends/backend.js';
import type { ArtifactPlaces } from './places.js';
import { SafePath } from './safe-path.js';

interface FileInfo {
  path: string;
  is_dir: boolean;
  file_size?: number;
}

/** What MLflow says of an entry; folders have no size. */
export const fileInfo = (path: string, { isFolder, size }: Entry): FileInfo =>
  isFolder
    ? { path, is_dir: true }
    : // As in MLflow, whose message has no member for nothing.
      { path, is_dir: false, ...(size === 0 ? {} : { file_size: size }) };

/** One level of a run's or model's artifacts, with paths relative to their root. */
export async function listArtifacts(
  places: ArtifactPlaces,
  uri: string,
  folder: SafePath,
): Promise<{ root_uri: string; files?: FileInfo[] }> {
  const entries = await places.at(uri).backend.list(folder);
  const prefix = folder.isRoot ? '' : `${folder.text}/`;
  const files = entries.map((entry) => fileInfo(prefix + entry.name, entry));
  return { root_uri: uri, ...(files.length > 0 && { files }) };
}

/** The folder of a request that may leave it out. */
export const folderOf = (text: string | undefined): SafePath => SafePath.parse(text ?? '');
