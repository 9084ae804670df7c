import { ZipFile } from 'yazl';

/** One file of an archive. */
export interface PackedFile {
  readonly path: string;
  readonly content: string | Uint8Array;
}

/**
 * @param at what every file is dated at, so that the same pack is the same archive
 * @returns an archive as a stream: it is packed as fast as it is read
 */
export function zipOf(files: readonly PackedFile[], at: number): NodeJS.ReadableStream {
  const zip = new ZipFile();
  for (const { path, content } of files) {
    const bytes = typeof content === 'string' ? Buffer.from(content) : Buffer.from(content);
    zip.addBuffer(bytes, path, { mtime: new Date(at) });
  }
  zip.end();
  return zip.outputStream;
}
