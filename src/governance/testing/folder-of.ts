import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ArtifactPlaces } from '../../artifacts/places.js';
import { newFolder } from '../../testing/new-folder.js';
import type { ModelFolder } from '../model-folder/model-folder.js';

/** Writes files into a folder, by paths from it on. */
export function writeFiles(
  root: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

/** A folder of this machine with these files, as the artifact slice shows it. */
export function folderOf(files: Readonly<Record<string, string | Uint8Array>>): {
  readonly root: string;
  readonly folder: ModelFolder;
} {
  const root = realpathSync(newFolder());
  writeFiles(root, files);
  const places = new ArtifactPlaces({ defaultRoot: root, destination: root, serveArtifacts: true });
  return { root, folder: places.at('mlflow-artifacts:/').backend };
}
