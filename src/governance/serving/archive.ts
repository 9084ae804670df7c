import { createHash } from 'node:crypto';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type Pack, pack } from 'tar-stream';
import type { ArtifactBackend } from '../../artifacts/backends/backend.js';
import { SafePath } from '../../artifacts/safe-path.js';
import { MlflowError, notFound } from '../../errors.js';
import { isHangUp } from '../../platform/error-code.js';
import { headersOf, Reply } from '../../platform/http/reply.js';
import { isCardFile } from '../cards/resolve-card.js';
import type { FileDigest } from '../freeze/manifest.js';

/** What a version is made of, as it leaves the server. */
export interface ArchivedModel {
  readonly name: string;
  readonly version: number;
  readonly semver: string | undefined;
  readonly rootDigest: string | undefined;
  readonly folder: ArtifactBackend;
  /** As they were at registration; undefined where nobody has looked at them. */
  readonly files: readonly FileDigest[] | undefined;
}

interface Listed {
  readonly path: SafePath;
  readonly sha256: string | undefined;
}

/** Weights hardly get smaller; to try it costs more than to send them. */
const LEVEL = 1;
const MAX_FILES = 100_000;

/**
 * Sends all files of a model as one archive, made while it is sent. A file that is not what was
 * registered breaks the archive off, so that nobody serves it.
 *
 * @throws MlflowError 404 where there are no files
 */
export async function archiveReply(model: ArchivedModel): Promise<Reply<never>> {
  const files = await filesOf(model);
  if (files.length === 0) {
    throw notFound(`There are no files of models:/${model.name}/${model.version}`);
  }
  return new Reply(async (request, response) => {
    const { version, semver, rootDigest } = model;
    response.writeHead(
      200,
      headersOf(response, {
        'Content-Type': 'application/x-gzip',
        'Content-Disposition': 'attachment; filename="model.tar.gz"',
        'Cache-Control': 'no-cache',
        'X-Content-Type-Options': 'nosniff',
        'X-Model-Version': version,
        ...(semver === undefined ? {} : { 'X-Model-Semver': semver }),
        ...(rootDigest === undefined ? {} : { 'X-Model-Root-Digest': rootDigest }),
      }),
    );
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    const archive = pack();
    const filled = fill(archive, model.folder, files).catch((error: Error) => {
      archive.destroy(error);
      throw error;
    });
    const gzip = createGzip({ level: LEVEL });
    const sent = pipeline(Readable.from(archive), gzip, response).catch((error: Error) => {
      archive.destroy(error);
      throw error;
    });
    const [one, other] = await Promise.allSettled([filled, sent]);
    if (one.status === 'fulfilled' && other.status === 'fulfilled') return;
    const hungUp = response.destroyed && one.status === 'rejected' && isBrokenOff(one.reason);
    response.destroy();
    if (!hungUp && one.status === 'rejected' && !isBrokenOff(one.reason)) throw one.reason;
  });
}

async function filesOf({ folder, files }: ArchivedModel): Promise<Listed[]> {
  if (files !== undefined && files.length > 0) {
    // A card may be written anew after it was registered, so long as nobody has approved it.
    return files.map(({ path, sha256 }) => ({
      path: SafePath.parse(path),
      sha256: isCardFile(path) ? undefined : sha256,
    }));
  }
  const found: Listed[] = [];
  const walk = async (at: SafePath): Promise<void> => {
    for (const entry of await folder.list(at)) {
      const path = at.join(SafePath.parse(entry.name));
      if (entry.isFolder) await walk(path);
      else found.push({ path, sha256: undefined });
      if (found.length > MAX_FILES) {
        throw new MlflowError('BAD_REQUEST', `The model has more than ${MAX_FILES} files`);
      }
    }
  };
  await walk(SafePath.parse(''));
  return found;
}

async function fill(
  archive: Pack,
  folder: ArtifactBackend,
  files: readonly Listed[],
): Promise<void> {
  for (const { path, sha256 } of files) {
    const file = await folder.open(path);
    if (typeof file === 'string') {
      if (sha256 === undefined) continue;
      throw tampered(path);
    }
    const hash = createHash('sha256');
    const hashed = new Transform({
      transform(chunk: Buffer, _, done) {
        hash.update(chunk);
        done(null, chunk);
      },
    });
    try {
      const entry = archive.entry({ name: path.text, size: file.size, mtime: file.modified });
      await pipeline(file.read(), hashed, entry);
    } catch (error) {
      await file.close().catch(() => undefined);
      throw error;
    }
    if (sha256 !== undefined && hash.digest('hex') !== sha256) throw tampered(path);
  }
  archive.finalize();
}

/** The answer has begun, so that nobody reads this but the log. */
const tampered = (path: SafePath): Error =>
  new Error(`ARTIFACT_TAMPERED: ${path.text} is not the file that was registered`);

const isBrokenOff = (error: unknown): boolean =>
  isHangUp(error) || (error instanceof Error && /premature close/i.test(error.message));
