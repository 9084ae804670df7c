import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { Bucket as Client, File } from '@google-cloud/storage';
import { notImplemented } from '../../errors.js';
import type { GcsConfig } from '../../platform/config/store-config.js';
import { attachment } from '../http/disposition.js';
import type { ByteRange } from './backend.js';
import {
  type Bucket,
  DIGEST_KEY,
  type ObjectInfo,
  type ObjectPage,
  type PageWish,
  type PartedUpload,
  type SentPart,
  type SignedUrl,
  type StartedUpload,
  type WholeObject,
} from './bucket.js';
import { digestsOf } from './digests.js';
import { eachOf } from './each-of.js';
import { abortParts, finishParts, startParts } from './gcs-parts.js';
import { isAbsent, UNSUPPORTED } from './store-errors.js';

const PART_SECONDS = 3_600;
const CHUNK_BYTES = 8 * 1024 * 1024;

/** A bucket of Google Cloud Storage. */
export class GcsBucket implements Bucket {
  readonly name: string;
  /** A resumable upload takes one part after the other. */
  readonly partsAtOnce = 1;
  readonly #bucket: string;
  readonly #config: GcsConfig;
  #opened: Promise<Client> | undefined;

  constructor(bucket: string, config: GcsConfig) {
    this.#bucket = bucket;
    this.#config = config;
    this.name = `gs://${bucket}`;
  }

  async head(key: string): Promise<ObjectInfo | undefined> {
    const file = await this.#file(key);
    try {
      const [found] = await file.getMetadata();
      return {
        size: Number(found.size ?? 0),
        modified: new Date(found.updated ?? 0),
        version: String(found.generation),
      };
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }

  async read(key: string, version: string, range: ByteRange): Promise<Readable> {
    const bucket = await this.#open();
    const file = bucket.file(key, { generation: version });
    return file.createReadStream({ ...range, validation: false, decompress: false });
  }

  async page({ prefix, isFlat, token, most }: PageWish): Promise<ObjectPage> {
    const bucket = await this.#open();
    const [files, next, answer] = await bucket.getFiles({
      ...{ prefix, autoPaginate: false },
      ...(isFlat ? {} : { delimiter: '/' }),
      ...(token === undefined ? {} : { pageToken: token }),
      ...(most === undefined ? {} : { maxResults: most }),
    });
    const { prefixes = [] } = (answer ?? {}) as { prefixes?: string[] };
    const { pageToken } = (next ?? {}) as { pageToken?: string };
    return {
      files: files.map(({ name, metadata }) => ({ key: name, size: Number(metadata.size ?? 0) })),
      folders: prefixes,
      next: pageToken,
    };
  }

  async put(key: string, { bytes, type }: WholeObject): Promise<string> {
    const file = await this.#file(key);
    const { md5, sha256Hex } = digestsOf(bytes);
    await file.save(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), {
      ...{ resumable: false, validation: false },
      // The store refuses what it does not get whole.
      metadata: { contentType: type, md5Hash: md5, metadata: { [DIGEST_KEY]: sha256Hex } },
    });
    return String(file.metadata.generation);
  }

  async begin(key: string, type: string): Promise<PartedUpload> {
    const file = await this.#file(key);
    const hash = createHash('md5');
    const stream = file.createWriteStream({
      ...{ resumable: true, chunkSize: CHUNK_BYTES, validation: false },
      metadata: { contentType: type },
    });
    const broken = new Promise<never>((_, reject) => {
      stream.on('error', reject);
    });
    broken.catch(() => undefined);
    return {
      put: async (_, bytes) => {
        hash.update(bytes);
        if (!stream.write(bytes)) await Promise.race([once(stream, 'drain'), broken]);
      },
      finish: async () => {
        stream.end();
        await Promise.race([once(stream, 'finish'), broken]);
        await checkStored(file, hash.digest('base64'));
        return String(file.metadata.generation);
      },
      abort: async () => {
        stream.destroy();
      },
    };
  }

  async remove(keys: readonly string[]): Promise<void> {
    const bucket = await this.#open();
    await eachOf(keys, async (key) => {
      await bucket.file(key).delete({ ignoreNotFound: true });
    });
  }

  async startDirect(key: string, parts: number): Promise<StartedUpload> {
    const file = await this.#file(key);
    // What can't be signed is not even begun.
    await sign(file, { action: 'write', seconds: PART_SECONDS });
    const uploadId = await startParts(file);
    const urls = new Map<number, string>();
    const numbers = Array.from({ length: parts }, (_, at) => at + 1);
    await eachOf(numbers, async (number) => {
      const queryParams = { partNumber: String(number), uploadId };
      urls.set(number, await sign(file, { action: 'write', seconds: PART_SECONDS, queryParams }));
    });
    return {
      upload_id: uploadId,
      credentials: numbers.map((number) => ({
        ...{ url: urls.get(number) ?? '', part_number: number, headers: {} },
      })),
    };
  }

  async finishDirect(key: string, uploadId: string, parts: readonly SentPart[]): Promise<void> {
    await finishParts(await this.#file(key), uploadId, parts);
  }

  async abortDirect(key: string, uploadId: string): Promise<void> {
    await abortParts(await this.#file(key), uploadId);
  }

  async downloadUrl(key: string, seconds: number): Promise<SignedUrl> {
    const responseDisposition = attachment(key.slice(key.lastIndexOf('/') + 1));
    const url = await sign(await this.#file(key), { action: 'read', seconds, responseDisposition });
    return { url, headers: {} };
  }

  async uploadUrl(key: string, type: string, seconds: number): Promise<SignedUrl> {
    const url = await sign(await this.#file(key), { action: 'write', seconds, contentType: type });
    return { url, headers: { 'Content-Type': type } };
  }

  async #file(key: string): Promise<File> {
    return (await this.#open()).file(key);
  }

  /** The library is large: it is loaded when the first artifact is asked for. */
  #open(): Promise<Client> {
    const { endpoint, keyFile, project } = this.#config;
    this.#opened ??= import('@google-cloud/storage').then(({ Storage, IdempotencyStrategy }) =>
      new Storage({
        ...(endpoint === undefined ? {} : { apiEndpoint: endpoint }),
        ...(keyFile === undefined ? {} : { keyFilename: keyFile }),
        // Nothing asks for it; without one the library looks for it on the network.
        projectId: project ?? 'none',
        timeout: 60_000,
        retryOptions: {
          ...{ autoRetry: true, maxRetries: 3, maxRetryDelay: 2, totalTimeout: 30 },
          // Objects are written whole and deleted by name: both may be done twice.
          idempotencyStrategy: IdempotencyStrategy.RetryAlways,
        },
      }).bucket(this.#bucket),
    );
    return this.#opened;
  }
}

/** @throws Error for a file that came to the store as another one; it is deleted then */
async function checkStored(file: File, md5: string): Promise<void> {
  const { md5Hash, generation } = file.metadata;
  if (md5Hash === undefined || md5Hash === md5) return;
  await file.delete({ ifGenerationMatch: Number(generation), ignoreNotFound: true });
  throw new Error('The store has kept other bytes than it was sent');
}

interface Signing {
  readonly action: 'read' | 'write';
  readonly seconds: number;
  readonly queryParams?: Record<string, string>;
  readonly contentType?: string;
  readonly responseDisposition?: string;
}

/** @throws MlflowError 501 when the server has nothing to sign with */
async function sign(file: File, { seconds, ...wish }: Signing): Promise<string> {
  try {
    const expires = Date.now() + 1_000 * seconds;
    const [url] = await file.getSignedUrl({ version: 'v4', expires, ...wish });
    return url;
  } catch (error) {
    // Credentials of a person, or of a service account that may not sign in its own name.
    if (error instanceof Error && error.name === 'SigningError') throw notImplemented(UNSUPPORTED);
    throw error;
  }
}
