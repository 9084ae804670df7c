import { createHash } from 'node:crypto';
import { ArtifactPlaces } from './artifacts/places.js';
import { SafePath } from './artifacts/safe-path.js';
import type { ArtifactSource, CopiedArtifacts } from './moving/artifacts.js';
import { copyArtifacts } from './moving/artifacts.js';
import { copyOut } from './moving/export/artifacts-out.js';
import type { ArtifactConfig } from './platform/config/config.js';

/** Copies the files of another server to where `mlflow-artifacts:/` leads. */
export function moveArtifacts(
  source: ArtifactSource,
  config: ArtifactConfig,
  told: (files: number) => void,
): Promise<CopiedArtifacts> {
  const { destination } = new ArtifactPlaces(config);
  return copyArtifacts(
    source,
    {
      digest: async (path) => {
        const file = await destination.open(SafePath.parse(path));
        if (typeof file === 'string') return undefined;
        const hash = createHash('sha256');
        for await (const chunk of file.read()) hash.update(chunk as Buffer);
        return hash.digest('hex');
      },
      store: async (path, content) => void (await destination.store(SafePath.parse(path), content)),
    },
    told,
  );
}

/** Copies all that `mlflow-artifacts:/` leads to into a folder, which another server serves then. */
export function copyArtifactsOut(
  config: ArtifactConfig,
  folder: string,
  told: (files: number) => void,
): Promise<CopiedArtifacts> {
  const { destination } = new ArtifactPlaces(config);
  return copyOut(
    {
      list: (path) => destination.list(SafePath.parse(path)),
      read: async (path) => {
        const file = await destination.open(SafePath.parse(path));
        return typeof file === 'string' ? undefined : file.read();
      },
    },
    folder,
    told,
  );
}

/** @returns what became of the files, in lines */
export function printCopied(found: CopiedArtifacts): string {
  const { copied, same, bytes, different } = found;
  const lines = [
    `Artifacts: ${copied} files copied (${bytes} bytes, checked by SHA-256), ${same} there already.`,
    ...different.slice(0, 20).map((path) => `DIFFERENT at the destination, left alone: ${path}`),
    ...(different.length > 20 ? [`and ${different.length - 20} more`] : []),
  ];
  return `${lines.join('\n')}\n`;
}
