import type { Readable } from 'node:stream';
import type { BlobServiceClient, BlockBlobClient, ContainerClient } from '@azure/storage-blob';
import { notImplemented, unavailable } from '../../errors.js';
import type { AzureConfig } from '../../platform/config/store-config.js';
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
import { isAbsent, isRefused, UNSUPPORTED } from './store-errors.js';

const PART_SECONDS = 3_600;

/** Clocks differ: a signature holds from a little before now on. */
const SKEW_MS = 300_000;

interface Opened {
  readonly library: typeof import('@azure/storage-blob');
  readonly service: BlobServiceClient;
  readonly container: ContainerClient;
}

/** A container of Azure Blob Storage. */
export class AzureContainer implements Bucket {
  readonly name: string;
  readonly partsAtOnce = 2;
  readonly #container: string;
  readonly #host: string;
  readonly #config: AzureConfig;
  #opened: Promise<Opened> | undefined;

  constructor(container: string, host: string, config: AzureConfig) {
    this.#container = container;
    this.#host = host;
    this.#config = config;
    this.name = `wasbs://${container}@${host}`;
  }

  async head(key: string): Promise<ObjectInfo | undefined> {
    const blob = await this.#blob(key);
    try {
      const found = await blob.getProperties();
      return {
        size: found.contentLength ?? 0,
        modified: found.lastModified ?? new Date(0),
        version: unquoted(found.etag),
      };
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }

  async read(key: string, version: string, { start, end }: ByteRange): Promise<Readable> {
    const blob = await this.#blob(key);
    const { readableStreamBody } = await blob.download(start, end - start + 1, {
      conditions: { ifMatch: `"${version}"` },
    });
    return readableStreamBody as Readable;
  }

  async page({ prefix, isFlat, token, most }: PageWish): Promise<ObjectPage> {
    const { container } = await this.#open();
    const paging = {
      ...(token === undefined ? {} : { continuationToken: token }),
      ...(most === undefined ? {} : { maxPageSize: most }),
    };
    const pages = isFlat
      ? container.listBlobsFlat({ prefix }).byPage(paging)
      : container.listBlobsByHierarchy('/', { prefix }).byPage(paging);
    for await (const { segment, continuationToken } of pages) {
      const { blobPrefixes = [] } = segment as { blobPrefixes?: { name: string }[] };
      return {
        files: segment.blobItems.map(({ name, properties }) => ({
          key: name,
          size: properties.contentLength ?? 0,
        })),
        folders: blobPrefixes.map(({ name }) => name),
        next: continuationToken === '' ? undefined : continuationToken,
      };
    }
    return { files: [], folders: [], next: undefined };
  }

  async put(key: string, { bytes, type }: WholeObject): Promise<string> {
    const blob = await this.#blob(key);
    const { md5, sha256Hex } = digestsOf(bytes);
    const blobContentMD5 = Buffer.from(md5, 'base64');
    const { etag } = await blob.upload(bytes, bytes.length, {
      blobHTTPHeaders: { blobContentType: type, blobContentMD5 },
      metadata: { [DIGEST_KEY]: sha256Hex },
    });
    return unquoted(etag);
  }

  async begin(key: string, type: string): Promise<PartedUpload> {
    const blob = await this.#blob(key);
    // Blocks of other uploads to the same name lie beside them until one is committed.
    const own = crypto.randomUUID();
    let parts = 0;
    return {
      put: async (number, bytes) => {
        parts = Math.max(parts, number);
        const transactionalContentMD5 = Buffer.from(digestsOf(bytes).md5, 'base64');
        const block = blockId(own, number);
        await blob.stageBlock(block, bytes, bytes.length, { transactionalContentMD5 });
      },
      finish: async () => {
        const blocks = Array.from({ length: parts }, (_, at) => blockId(own, at + 1));
        const headers = { blobHTTPHeaders: { blobContentType: type } };
        try {
          return unquoted((await blob.commitBlockList(blocks, headers)).etag);
        } catch (error) {
          // Whoever commits first takes the blocks of all the others away.
          if (!isRefused(error, 'InvalidBlockList')) throw error;
          throw unavailable('Another upload of the same file has come to its end before', error);
        }
      },
      // Blocks that nobody commits are deleted by the store.
      abort: async () => undefined,
    };
  }

  async remove(keys: readonly string[]): Promise<void> {
    const { container } = await this.#open();
    await eachOf(keys, async (key) => {
      await container.getBlobClient(key).deleteIfExists({ deleteSnapshots: 'include' });
    });
  }

  async startDirect(key: string, parts: number): Promise<StartedUpload> {
    const url = await this.#sign(key, 'w', PART_SECONDS);
    const own = crypto.randomUUID();
    const credentials = Array.from({ length: parts }, (_, at) => {
      const signed = new URL(url);
      signed.searchParams.set('comp', 'block');
      signed.searchParams.set('blockid', blockId(own, at + 1));
      return { url: signed.href, part_number: at + 1, headers: {} };
    });
    return { upload_id: own, credentials };
  }

  async finishDirect(key: string, uploadId: string, parts: readonly SentPart[]): Promise<void> {
    const blob = await this.#blob(key);
    await blob.commitBlockList(parts.map(({ number }) => blockId(uploadId, number)));
  }

  async abortDirect(): Promise<void> {
    // Blocks that nobody commits are deleted by the store.
  }

  async downloadUrl(key: string, seconds: number): Promise<SignedUrl> {
    const name = key.slice(key.lastIndexOf('/') + 1);
    return { url: await this.#sign(key, 'r', seconds, attachment(name)), headers: {} };
  }

  async uploadUrl(key: string, type: string, seconds: number): Promise<SignedUrl> {
    const url = await this.#sign(key, 'cw', seconds);
    return { url, headers: { 'Content-Type': type, 'x-ms-blob-type': 'BlockBlob' } };
  }

  /** @throws MlflowError 501 when the server has nothing to sign with */
  async #sign(
    key: string,
    rights: string,
    seconds: number,
    contentDisposition?: string,
  ): Promise<string> {
    const { library, service } = await this.#open();
    const blob = await this.#blob(key);
    const startsOn = new Date(Date.now() - SKEW_MS);
    const expiresOn = new Date(Date.now() + 1_000 * seconds);
    const wish = {
      permissions: library.BlobSASPermissions.parse(rights),
      ...{ startsOn, expiresOn },
      ...(contentDisposition === undefined ? {} : { contentDisposition }),
    };
    if (service.credential instanceof library.StorageSharedKeyCredential) {
      return blob.generateSasUrl(wish);
    }
    if (this.#config.connectionString !== undefined) throw notImplemented(UNSUPPORTED);
    const delegated = await service.getUserDelegationKey(startsOn, expiresOn);
    return blob.generateUserDelegationSasUrl(wish, delegated);
  }

  async #blob(key: string): Promise<BlockBlobClient> {
    return (await this.#open()).container.getBlockBlobClient(key);
  }

  /** The library is large: it is loaded when the first artifact is asked for. */
  #open(): Promise<Opened> {
    this.#opened ??= openService(this.#host, this.#config).then(({ library, service }) => ({
      ...{ library, service },
      container: service.getContainerClient(this.#container),
    }));
    return this.#opened;
  }
}

async function openService(
  host: string,
  { connectionString, accessKey }: AzureConfig,
): Promise<Pick<Opened, 'library' | 'service'>> {
  const library = await import('@azure/storage-blob');
  const options = {
    retryOptions: { maxTries: 3, tryTimeoutInMs: 60_000, maxRetryDelayInMs: 2_000 },
  };
  const { BlobServiceClient } = library;
  if (connectionString !== undefined) {
    return { library, service: BlobServiceClient.fromConnectionString(connectionString, options) };
  }
  const credential =
    accessKey === undefined
      ? new (await import('@azure/identity')).DefaultAzureCredential()
      : new library.StorageSharedKeyCredential(host.slice(0, host.indexOf('.')), accessKey);
  return { library, service: new BlobServiceClient(`https://${host}`, credential, options) };
}

/** All ids of one object must be of the same length. */
const blockId = (upload: string, number: number): string =>
  Buffer.from(`${upload.slice(0, 36)}-${String(number).padStart(6, '0')}`).toString('base64');

const unquoted = (etag: string | undefined): string => (etag ?? '').replace(/^W\/|"/g, '');
