import { createHash } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';
import { invalidParameter, notFound } from '../../errors.js';
import type { SentPart } from './bucket.js';
import { statusOf } from './store-errors.js';

interface Opened {
  readonly library: typeof import('@aws-sdk/client-s3');
  readonly client: S3Client;
}

/** Statuses of a store that does not tell the parts of an upload, or not to this account. */
const UNTOLD = new Set([403, 405, 501]);

/** What becomes of an upload whose parts have been looked at. */
export type Outlook =
  /** The parts are all there, or the store tells nothing of them. */
  | 'to finish'
  /** It has been finished before: its client has not heard of it. */
  | 'finished';

/**
 * Looks at the parts that have come before they become a file: not every compatible store does, and
 * a file of other parts than its client has sent would be taken for whole.
 *
 * @param at the object
 * @throws MlflowError 400 for a part that is not there, or that is another; the store's error where
 *   it has no such upload of this object
 */
export async function lookAtParts(
  opened: Opened,
  at: { readonly Bucket: string; readonly Key: string },
  uploadId: string,
  parts: readonly SentPart[],
): Promise<Outlook> {
  let stored: ReadonlyMap<number, string>;
  try {
    stored = await partsOf(opened, at, uploadId);
  } catch (error) {
    const status = statusOf(error);
    if (UNTOLD.has(status)) return 'to finish';
    if (status !== 404) throw error;
    const [etag, whole] = [await etagOf(opened, at), etagOfAll(parts)];
    if (etag === whole) return 'finished';
    // Where a key of the store's encrypts, its tags are no sums of the content.
    if (etag?.endsWith(`-${parts.length}`) === true) return 'to finish';
    throw error;
  }
  const wrong = parts.find(({ number, etag }) => bare(stored.get(number)) !== bare(etag));
  if (wrong === undefined) return 'to finish';
  throw invalidParameter(`Part ${wrong.number} has not come, or is another than the one that came`);
}

async function partsOf(
  { library, client }: Opened,
  at: { readonly Bucket: string; readonly Key: string },
  uploadId: string,
): Promise<ReadonlyMap<number, string>> {
  const stored = new Map<number, string>();
  let marker: string | undefined;
  do {
    const page = await client.send(
      new library.ListPartsCommand({
        ...{ ...at, UploadId: uploadId },
        ...(marker === undefined ? {} : { PartNumberMarker: marker }),
      }),
    );
    if (page.Key !== undefined && page.Key !== at.Key) {
      throw notFound('There is no such multipart upload');
    }
    for (const { PartNumber = 0, ETag = '' } of page.Parts ?? []) stored.set(PartNumber, ETag);
    const { IsTruncated: hasMore, NextPartNumberMarker: next } = page;
    marker = hasMore === true && next !== marker ? next : undefined;
  } while (marker !== undefined);
  return stored;
}

async function etagOf(
  { library, client }: Opened,
  at: { readonly Bucket: string; readonly Key: string },
): Promise<string | undefined> {
  try {
    return bare((await client.send(new library.HeadObjectCommand(at))).ETag);
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** The tag of an object that was made of parts, as Amazon's store and those like it make it. */
function etagOfAll(parts: readonly SentPart[]): string {
  const sums = parts.map(({ etag }) => Buffer.from(bare(etag) ?? '', 'hex'));
  const sum = createHash('md5').update(Buffer.concat(sums)).digest('hex');
  return `${sum}-${parts.length}`;
}

/** @returns nothing like a text where there is none: no part has it */
const bare = (etag: string | undefined): string | undefined => etag?.replaceAll('"', '');
