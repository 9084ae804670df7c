import type { Reply } from '../platform/http/reply.js';
import { isDirectory, noSuchArtifact } from './artifacts.errors.js';
import type { ArtifactBackend } from './backends/backend.js';
import { fileReply } from './http/send-file.js';
import type { ArtifactPlaces } from './places.js';
import { SafePath } from './safe-path.js';

/**
 * Sends a file of a store.
 *
 * @param shown the path as MLflow's messages spell it
 * @throws MlflowError 404 when there is none, 400 for a folder
 */
export async function sendArtifact(
  backend: ArtifactBackend,
  path: SafePath,
  shown = path.text,
): Promise<Reply<never>> {
  const file = await backend.open(path);
  if (file === 'missing') throw noSuchArtifact(shown);
  if (file === 'folder') throw isDirectory(shown);
  return fileReply(file, path.name);
}

/**
 * Sends a file of a folder that some other slice knows of.
 *
 * @param path may be a client's
 * @returns nothing when there is no such file
 */
export async function findArtifact(
  places: ArtifactPlaces,
  folder: string,
  path: string,
): Promise<Reply<never> | undefined> {
  const file = SafePath.parse(path);
  const found = await places.at(folder).backend.open(file);
  return typeof found === 'string' ? undefined : fileReply(found, file.name);
}
