import { createHash } from 'node:crypto';
import type { By } from '../platform/http/operation.js';
import type { Freezing } from './artifacts.ports.js';
import type { ArtifactBackend } from './backends/backend.js';
import type { SafePath } from './safe-path.js';

/** A file that is to be stored. */
export interface Target {
  readonly backend: ArtifactBackend;
  readonly path: SafePath;
  /** The name of its place; absent where there is none that anything could be frozen by. */
  readonly place: string | undefined;
}

/**
 * Stores a file. Where models are frozen it is hashed on its way, so that nobody has to read it
 * again, and refused at a place that must stay as it is.
 *
 * @throws MlflowError 403 `ARTIFACT_FROZEN`
 */
export async function storeFile(
  { backend, path, place }: Target,
  content: AsyncIterable<Uint8Array>,
  freezing: Freezing | undefined,
  by: By,
): Promise<void> {
  if (freezing === undefined || place === undefined) {
    await backend.store(path, content);
    return;
  }
  const [watching, watched] = [freezing, place];
  await watching.frozen.checkWritable(watched, by);
  const hash = createHash('sha256');
  let size = 0;
  const version = await backend.store(path, seen());
  await watching.digests.record(watched, { size, sha256: hash.digest('hex'), version });

  async function* seen(): AsyncGenerator<Uint8Array> {
    for await (const chunk of content) {
      hash.update(chunk);
      size += chunk.length;
      yield chunk;
    }
    // A version may have been registered meanwhile. What throws here is never stored.
    await watching.frozen.checkStillWritable(watched);
  }
}
