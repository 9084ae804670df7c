import type { Readable } from 'node:stream';
import type { ByteRange } from './backend.js';

/** What a store says of one of its objects. */
export interface ObjectInfo {
  readonly size: number;
  readonly modified: Date;
  /** Differs whenever the content may differ; fit for an ETag. */
  readonly version: string;
}

export interface ObjectPage {
  readonly files: readonly { readonly key: string; readonly size: number }[];
  /** Keys that end in a slash. */
  readonly folders: readonly string[];
  /** Absent after the last page. */
  readonly next: string | undefined;
}

export interface PageWish {
  /** With a slash at its end, or empty. */
  readonly prefix: string;
  /** One level, where what lies deeper shows as folders; otherwise every object. */
  readonly isFlat: boolean;
  readonly token?: string | undefined;
  /** The most that the page may hold. */
  readonly most?: number;
}

/** What is known of an object before it is sent. */
export interface WholeObject {
  readonly bytes: Uint8Array;
  readonly type: string;
}

/** An object that is sent in parts, and visible when it is finished. */
export interface PartedUpload {
  /** Sends a part; numbers begin at 1 and have no gaps. */
  put(number: number, bytes: Uint8Array): Promise<void>;
  /** @returns the version of the object */
  finish(): Promise<string>;
  abort(): Promise<void>;
}

export interface SignedPart {
  readonly url: string;
  readonly part_number: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** An upload whose parts clients send to the store themselves. */
export interface StartedUpload {
  /** Absent where the store has none. */
  readonly upload_id?: string;
  readonly credentials: readonly SignedPart[];
}

export interface SentPart {
  readonly number: number;
  readonly etag: string;
}

export interface SignedUrl {
  readonly url: string;
  /** What the client must send with it. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * One bucket of an object store: what {@link ObjectStore} needs of it, in full keys. Errors are
 * those of the store's own library.
 */
export interface Bucket {
  /** As messages call it. */
  readonly name: string;
  /** Parts of one object that may be under way at a time. */
  readonly partsAtOnce: number;
  head(key: string): Promise<ObjectInfo | undefined>;
  /** Fails when the object is no longer of this version. */
  read(key: string, version: string, range: ByteRange): Promise<Readable>;
  page(wish: PageWish): Promise<ObjectPage>;
  /** @returns the version of the object */
  put(key: string, object: WholeObject): Promise<string>;
  begin(key: string, type: string): Promise<PartedUpload>;
  /** Removes objects, at most {@link REMOVED_AT_ONCE}; those that are not there are no error. */
  remove(keys: readonly string[]): Promise<void>;

  startDirect(key: string, parts: number): Promise<StartedUpload>;
  finishDirect(key: string, uploadId: string, parts: readonly SentPart[]): Promise<void>;
  abortDirect(key: string, uploadId: string): Promise<void>;
  downloadUrl(key: string, seconds: number): Promise<SignedUrl>;
  uploadUrl(key: string, type: string, seconds: number): Promise<SignedUrl>;
}

export const REMOVED_AT_ONCE = 500;

/** What a store keeps the digest of a small object under, among the object's own metadata. */
export const DIGEST_KEY = 'runledgersha256';
