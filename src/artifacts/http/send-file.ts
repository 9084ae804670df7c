import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { MlflowError } from '../../errors.js';
import { isHangUp } from '../../platform/error-code.js';
import { acceptsGzip, packer, varying, WORTH_PACKING } from '../../platform/http/compress.js';
import { headersOf, Reply } from '../../platform/http/reply.js';
import type { OpenFile } from '../backends/backend.js';
import { FileReplaced } from '../backends/store-errors.js';
import { isFresh, isOther, requestedRange } from './conditional.js';
import { contentTypeOf, isText } from './content-type.js';
import { attachment } from './disposition.js';

/** Bytes. Packing a larger file would keep others from their files for long. */
const MOST_PACKED = 16 * 1024 * 1024;

/** How often a file is looked at that others replace before its first byte is there. */
const LOOKS = 8;

/**
 * Sends a file, or the part of it that the request asks for, to be saved. Whatever is in it, it
 * is inert: not shown, not sniffed, and without rights if a browser shows it all the same. Text is
 * packed where the client asks for that.
 */
export function fileReply(opened: OpenFile, name: string): Reply<never> {
  return new Reply(async (request, response) => {
    let file = opened;
    for (let look = 1; ; look += 1) {
      try {
        return await send(file, name, request, response);
      } catch (error) {
        const mayLook = error instanceof FileReplaced && !response.headersSent && look < LOOKS;
        const found = mayLook ? await file.again?.() : undefined;
        if (found === undefined || typeof found === 'string') throw error;
        file = found;
      }
    }
  });
}

async function send(
  file: OpenFile,
  name: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method, headers } = request;
  const etag = `"${file.version}"`;
  const validators = { etag, modified: file.modified };
  const type = contentTypeOf(name);
  const mayPack = isText(type) && file.size >= WORTH_PACKING && file.size <= MOST_PACKED;
  const isPacked = mayPack && headers.range === undefined && acceptsGzip(request);
  const plain = headersOf(response, {
    // Packed, it is the same content in other bytes.
    ETag: isPacked ? `W/${etag}` : etag,
    'Last-Modified': file.modified.toUTCString(),
    'Cache-Control': 'no-cache',
  });
  const common = mayPack ? varying(plain) : plain;
  if (isOther(headers, validators)) {
    await file.close();
    throw new MlflowError('INVALID_PARAMETER_VALUE', 'The file has changed', { status: 412 });
  }
  if (isFresh(headers, validators)) {
    await file.close();
    response.writeHead(304, common).end();
    return;
  }
  // Parts are of what a GET sends: a HEAD tells of all of it.
  const range = method === 'HEAD' ? undefined : requestedRange(headers, file.size, validators);
  if (range === 'unsatisfiable') {
    await file.close();
    throw unsatisfiable(file.size);
  }
  const length = range === undefined ? file.size : range.end - range.start + 1;
  const part = range && { 'Content-Range': `bytes ${range.start}-${range.end}/${file.size}` };
  const isEmpty = method === 'HEAD' || length === 0;
  const content = isEmpty ? undefined : await begun(file.read(range));
  const size = isPacked ? { 'Content-Encoding': 'gzip' } : { 'Content-Length': length };
  response.writeHead(range === undefined ? 200 : 206, {
    ...common,
    ...part,
    ...size,
    'Content-Type': type,
    'Content-Disposition': attachment(name),
    'Accept-Ranges': 'bytes',
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': 'sandbox',
  });
  if (content === undefined) {
    await file.close();
    response.end();
  } else {
    await pour(content, response, length, isPacked ? [packer()] : []);
  }
}

/** Waits for the first bytes: a store that has none to give can still be told of in an answer. */
async function begun(content: Readable): Promise<Readable> {
  if (content.readableLength === 0) await once(content, 'readable');
  return content;
}

/** Sends all of a stream; an answer that turns out short breaks off instead of looking whole. */
async function pour(
  content: Readable,
  response: ServerResponse,
  length: number,
  through: readonly Transform[],
): Promise<void> {
  let sent = 0;
  content.on('data', (chunk: Buffer) => {
    sent += chunk.length;
  });
  try {
    await pipeline([content, ...through, response], { end: false });
  } catch (error) {
    if (isHangUp(error)) return;
    throw error;
  }
  if (sent === length) response.end();
  else response.destroy();
}

const unsatisfiable = (size: number): MlflowError =>
  new MlflowError('INVALID_PARAMETER_VALUE', 'The requested range lies outside of the file', {
    status: 416,
    headers: { 'Content-Range': `bytes */${size}` },
  });
