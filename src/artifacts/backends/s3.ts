import type { Readable } from 'node:stream';
import type { CompletedPart, PutObjectCommandInput, S3Client } from '@aws-sdk/client-s3';
import type { S3Config } from '../../platform/config/store-config.js';
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
import { lookAtParts } from './s3-parts.js';
import { isAbsent } from './store-errors.js';

/** Seconds that clients have for the parts of an upload. */
const PART_SECONDS = 3_600;

type Library = typeof import('@aws-sdk/client-s3');

interface Opened {
  readonly library: Library;
  readonly client: S3Client;
}

/** A bucket of Amazon S3, or of a store that speaks as it does. */
export class S3Bucket implements Bucket {
  readonly name: string;
  readonly partsAtOnce = 2;
  readonly #bucket: string;
  readonly #config: S3Config;
  #opened: Promise<Opened> | undefined;

  constructor(bucket: string, config: S3Config) {
    this.#bucket = bucket;
    this.#config = config;
    this.name = `s3://${bucket}`;
  }

  async head(key: string): Promise<ObjectInfo | undefined> {
    const { library, client } = await this.#open();
    try {
      const found = await client.send(new library.HeadObjectCommand(this.#at(key)));
      return {
        size: found.ContentLength ?? 0,
        modified: found.LastModified ?? new Date(0),
        version: unquoted(found.ETag),
      };
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }

  async read(key: string, version: string, { start, end }: ByteRange): Promise<Readable> {
    const { library, client } = await this.#open();
    const { Body } = await client.send(
      new library.GetObjectCommand({
        ...this.#at(key),
        Range: `bytes=${start}-${end}`,
        IfMatch: `"${version}"`,
      }),
    );
    return Body as Readable;
  }

  async page({ prefix, isFlat, token, most }: PageWish): Promise<ObjectPage> {
    const { library, client } = await this.#open();
    const { Bucket, ExpectedBucketOwner } = this.#at('');
    const page = await client.send(
      new library.ListObjectsV2Command({
        ...{ Bucket, ExpectedBucketOwner, Prefix: prefix },
        Delimiter: isFlat ? undefined : '/',
        ContinuationToken: token,
        MaxKeys: most,
      }),
    );
    return {
      files: (page.Contents ?? []).map(({ Key = '', Size = 0 }) => ({ key: Key, size: Size })),
      folders: (page.CommonPrefixes ?? []).map(({ Prefix = '' }) => Prefix),
      next: page.IsTruncated ? page.NextContinuationToken : undefined,
    };
  }

  async put(key: string, { bytes, type }: WholeObject): Promise<string> {
    const { library, client } = await this.#open();
    const { md5, sha256, sha256Hex } = digestsOf(bytes);
    const { ETag } = await client.send(
      new library.PutObjectCommand({
        ...this.#upload(key, type),
        ...{ Body: bytes, ContentLength: bytes.length, ContentMD5: md5, ChecksumSHA256: sha256 },
        Metadata: { [DIGEST_KEY]: sha256Hex },
      }),
    );
    return unquoted(ETag);
  }

  async begin(key: string, type: string): Promise<PartedUpload> {
    const { library, client } = await this.#open();
    const { UploadId } = await client.send(
      new library.CreateMultipartUploadCommand({
        ...this.#upload(key, type),
        ChecksumAlgorithm: 'SHA256',
      }),
    );
    const upload = { ...this.#at(key), UploadId };
    const parts: CompletedPart[] = [];
    return {
      put: async (number, bytes) => {
        const { md5, sha256 } = digestsOf(bytes);
        const part = { PartNumber: number, ChecksumSHA256: sha256 };
        const { ETag } = await client.send(
          new library.UploadPartCommand({
            ...{ ...upload, ...part },
            ...{ Body: bytes, ContentLength: bytes.length, ContentMD5: md5 },
          }),
        );
        parts[number - 1] = { ...part, ETag };
      },
      finish: async () => {
        const { ETag } = await client.send(
          new library.CompleteMultipartUploadCommand({
            ...upload,
            MultipartUpload: { Parts: parts },
          }),
        );
        return unquoted(ETag);
      },
      abort: async () => {
        await client.send(new library.AbortMultipartUploadCommand(upload));
      },
    };
  }

  async remove(keys: readonly string[]): Promise<void> {
    const { library, client } = await this.#open();
    const { Bucket, ExpectedBucketOwner } = this.#at('');
    const { Errors } = await client.send(
      new library.DeleteObjectsCommand({
        ...{ Bucket, ExpectedBucketOwner },
        Delete: { Objects: keys.map((Key) => ({ Key })), Quiet: true },
      }),
    );
    const failed = Errors?.find(({ Code }) => Code !== 'NoSuchKey');
    if (failed === undefined) return;
    const status = failed.Code === 'AccessDenied' ? 403 : 500;
    throw Object.assign(new Error(failed.Message), { code: failed.Code, status });
  }

  async startDirect(key: string, parts: number): Promise<StartedUpload> {
    const { library, client } = await this.#open();
    const { UploadId } = await client.send(
      new library.CreateMultipartUploadCommand(this.#upload(key, undefined)),
    );
    const credentials = await Promise.all(
      Array.from({ length: parts }, async (_, at) => {
        const part = { ...this.#at(key), UploadId, PartNumber: at + 1 };
        const url = await this.#sign(new library.UploadPartCommand(part), PART_SECONDS);
        return { url, part_number: at + 1, headers: {} };
      }),
    );
    return { ...(UploadId === undefined ? {} : { upload_id: UploadId }), credentials };
  }

  async finishDirect(key: string, uploadId: string, parts: readonly SentPart[]): Promise<void> {
    const { library, client } = await this.#open();
    const outlook = await lookAtParts({ library, client }, this.#at(key), uploadId, parts);
    if (outlook === 'finished') return;
    await client.send(
      new library.CompleteMultipartUploadCommand({
        ...{ ...this.#at(key), UploadId: uploadId },
        MultipartUpload: {
          Parts: parts.map(({ number, etag }) => ({ PartNumber: number, ETag: etag })),
        },
      }),
    );
  }

  async abortDirect(key: string, uploadId: string): Promise<void> {
    const { library, client } = await this.#open();
    await client.send(
      new library.AbortMultipartUploadCommand({ ...this.#at(key), UploadId: uploadId }),
    );
  }

  async downloadUrl(key: string, seconds: number): Promise<SignedUrl> {
    const { library } = await this.#open();
    const name = key.slice(key.lastIndexOf('/') + 1);
    const wish = { ...this.#at(key), ResponseContentDisposition: attachment(name) };
    return { url: await this.#sign(new library.GetObjectCommand(wish), seconds), headers: {} };
  }

  async uploadUrl(key: string, type: string, seconds: number): Promise<SignedUrl> {
    const { library } = await this.#open();
    const headers: Record<string, string> = { 'Content-Type': type };
    for (const [name, value] of Object.entries(this.#config.uploadArgs)) {
      const header = HEADERS[name];
      if (header !== undefined) headers[header] = value;
    }
    const command = new library.PutObjectCommand(this.#upload(key, type));
    const signed = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
    return { url: await this.#sign(command, seconds, signed), headers };
  }

  /** @param headers those that clients must send, in lower case */
  async #sign(
    command: import('@aws-sdk/client-s3').UploadPartCommand | object,
    seconds: number,
    headers: Set<string> = new Set(),
  ): Promise<string> {
    const [{ getSignedUrl }, { client }] = await Promise.all([
      import('@aws-sdk/s3-request-presigner'),
      this.#open(),
    ]);
    return getSignedUrl(client, command as Parameters<typeof getSignedUrl>[1], {
      expiresIn: seconds,
      signableHeaders: new Set(['host', ...headers]),
      unhoistableHeaders: headers,
    });
  }

  #at(key: string): { Bucket: string; Key: string; ExpectedBucketOwner?: string } {
    const owner = this.#config.bucketOwner;
    return {
      Bucket: this.#bucket,
      Key: key,
      ...(owner === undefined ? {} : { ExpectedBucketOwner: owner }),
    };
  }

  #upload(key: string, type: string | undefined): PutObjectCommandInput {
    return { ...this.#at(key), ContentType: type, ...this.#config.uploadArgs };
  }

  /** The library is large: it is loaded when the first artifact is asked for. */
  #open(): Promise<Opened> {
    this.#opened ??= import('@aws-sdk/client-s3').then((library) => ({
      library,
      client: new library.S3Client(settings(this.#config)),
    }));
    return this.#opened;
  }
}

function settings({ endpoint, region, keys, pathStyle, ignoreTls }: S3Config) {
  const agent = { keepAlive: true, maxSockets: 256 };
  return {
    region,
    forcePathStyle: pathStyle,
    ...(endpoint === undefined ? { followRegionRedirects: true } : { endpoint }),
    ...(keys === undefined ? {} : { credentials: credentials(keys) }),
    maxAttempts: 3,
    // Checksums are given by hand, as compatible stores know them.
    requestChecksumCalculation: 'WHEN_REQUIRED' as const,
    responseChecksumValidation: 'WHEN_REQUIRED' as const,
    requestHandler: {
      connectionTimeout: 5_000,
      socketTimeout: 60_000,
      httpAgent: agent,
      httpsAgent: { ...agent, ...(ignoreTls && { rejectUnauthorized: false }) },
    },
  };
}

const credentials = ({ sessionToken, ...keys }: NonNullable<S3Config['keys']>) =>
  sessionToken === undefined ? keys : { ...keys, sessionToken };

const unquoted = (etag: string | undefined): string => (etag ?? '').replace(/^W\/|"/g, '');

/** How parameters of an upload are called on the wire. */
const HEADERS: Readonly<Record<string, string>> = {
  ACL: 'x-amz-acl',
  CacheControl: 'Cache-Control',
  ContentDisposition: 'Content-Disposition',
  ContentEncoding: 'Content-Encoding',
  ContentLanguage: 'Content-Language',
  ContentType: 'Content-Type',
  RequestPayer: 'x-amz-request-payer',
  SSECustomerAlgorithm: 'x-amz-server-side-encryption-customer-algorithm',
  SSECustomerKey: 'x-amz-server-side-encryption-customer-key',
  SSEKMSEncryptionContext: 'x-amz-server-side-encryption-context',
  SSEKMSKeyId: 'x-amz-server-side-encryption-aws-kms-key-id',
  ServerSideEncryption: 'x-amz-server-side-encryption',
  StorageClass: 'x-amz-storage-class',
  Tagging: 'x-amz-tagging',
};
