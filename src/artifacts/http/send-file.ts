import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { MlflowError } from '../../errors.js';
import { headersOf, Reply } from '../../platform/http/reply.js';
import type { OpenFile } from '../backends/backend.js';
import { isFresh, requestedRange } from './conditional.js';
import { contentTypeOf } from './content-type.js';
import { attachment } from './disposition.js';

/**
 * Sends a file, or the part of it that the request asks for, to be saved. Whatever is in it, it
 * is inert: not shown, not sniffed, and without rights if a browser shows it all the same.
 */
export function fileReply(file: OpenFile, name: string): Reply<never> {
  return new Reply(async ({ method, headers }, response) => {
    const etag = `"${file.version}"`;
    const validators = { etag, modified: file.modified };
    const common = {
      ETag: etag,
      'Last-Modified': file.modified.toUTCString(),
      'Cache-Control': 'no-cache',
    };
    if (isFresh(headers, validators)) {
      await file.close();
      response.writeHead(304, headersOf(response, common)).end();
      return;
    }
    const range = requestedRange(headers, file.size, validators);
    if (range === 'unsatisfiable') {
      await file.close();
      throw unsatisfiable(file.size);
    }
    const length = range === undefined ? file.size : range.end - range.start + 1;
    const part = range && { 'Content-Range': `bytes ${range.start}-${range.end}/${file.size}` };
    response.writeHead(
      range === undefined ? 200 : 206,
      headersOf(response, {
        ...common,
        ...part,
        'Content-Type': contentTypeOf(name),
        'Content-Disposition': attachment(name),
        'Content-Length': length,
        'Accept-Ranges': 'bytes',
        'X-Content-Type-Options': 'nosniff',
        'Content-Security-Policy': 'sandbox',
      }),
    );
    if (method === 'HEAD' || length === 0) {
      await file.close();
      response.end();
    } else {
      await pour(file.read(range), response, length);
    }
  });
}

/** Sends all of a stream; an answer that turns out short breaks off instead of looking whole. */
async function pour(content: Readable, response: ServerResponse, length: number): Promise<void> {
  let sent = 0;
  content.on('data', (chunk: Buffer) => {
    sent += chunk.length;
  });
  try {
    await pipeline(content, response, { end: false });
  } catch (error) {
    if (isHangUp(error)) return;
    throw error;
  }
  if (sent === length) response.end();
  else response.destroy();
}

/** A client that goes away is no fault of the server's. */
const isHangUp = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  ['ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED', 'EPIPE', 'ECONNRESET'].includes(
    String(error.code),
  );

const unsatisfiable = (size: number): MlflowError =>
  new MlflowError('INVALID_PARAMETER_VALUE', 'The requested range lies outside of the file', {
    status: 416,
    headers: { 'Content-Range': `bytes */${size}` },
  });
