import type { Readable } from 'node:stream';
import type { SafePath } from '../safe-path.js';
import type { SentPart, SignedUrl, StartedUpload } from './bucket.js';

/** A file or folder in a folder. */
export interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
  /** Bytes; 0 for a folder. */
  readonly size: number;
}

/** First and last byte, both included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** A file as it is at one moment: replacing it meanwhile changes nothing for the reader. */
export interface OpenFile {
  readonly size: number;
  readonly modified: Date;
  /** Differs whenever the content may differ. */
  readonly version: string;
  /** Streams the content, or a part of it, and closes the file. */
  read(range?: ByteRange): Readable;
  /** For a file that is not read after all. */
  close(): Promise<void>;
  /** Opens what is there by now, where a file can't be read any more once it was replaced. */
  again?(): Promise<OpenFile | 'folder' | 'missing'>;
}

/** Transfers between clients and a store itself, by URLs that the server signs. */
export interface DirectTransfers {
  /** Begins an upload whose parts the client sends to the store. */
  start(path: SafePath, parts: number): Promise<StartedUpload>;
  /** Makes the file visible, whole. */
  finish(path: SafePath, uploadId: string, parts: readonly SentPart[]): Promise<void>;
  abort(path: SafePath, uploadId: string): Promise<void>;
  /** @throws MlflowError 404 when there is no such file */
  downloadUrl(path: SafePath, seconds: number): Promise<SignedUrl & { readonly size: number }>;
  uploadUrl(path: SafePath, seconds: number): Promise<SignedUrl>;
}

/**
 * A store of artifacts, seen from one root. Paths are {@link SafePath}s and nothing else; no
 * path, link or race may lead out of the root, and the root itself is never removed.
 */
export interface ArtifactBackend {
  /** One level, sorted by name; nothing for a file or a missing folder. */
  list(folder: SafePath): Promise<Entry[]>;
  open(path: SafePath): Promise<OpenFile | 'folder' | 'missing'>;
  /**
   * Stores a file whole and durably, in place of one that is there, or not at all. Folders are
   * made as needed. Content is never held in memory.
   *
   * @returns the version of the new file, as {@link OpenFile} shows it
   */
  store(path: SafePath, content: AsyncIterable<Uint8Array>): Promise<string>;
  /** Removes a file or a folder with all that is in it; no error when there is none. */
  remove(path: SafePath): Promise<void>;
  /** The same store, seen from a folder. */
  folder(path: SafePath): ArtifactBackend;
  /** Absent where clients can't reach the store. */
  readonly direct?: DirectTransfers | undefined;
}
