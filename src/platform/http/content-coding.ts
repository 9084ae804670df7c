import type { IncomingMessage } from 'node:http';
import type { Readable, Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { badRequest, MlflowError } from '../../errors.js';

const DECODERS: ReadonlyMap<string, () => Transform> = new Map([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
]);
const ACCEPTED = 'gzip, deflate, br';

/**
 * The bytes of a body as they were before the client compressed it, no faster than they are taken.
 * Whoever takes them must count them: a small body may hold a large one. Destroying the stream
 * leaves the connection whole.
 *
 * @returns the request itself where nothing is compressed
 * @throws MlflowError 415 for a coding that this server does not know
 */
export function decodedBody(request: IncomingMessage): Readable {
  const coding = request.headers['content-encoding']?.trim().toLowerCase() ?? '';
  if (coding === '' || coding === 'identity') return request;
  const decoder = DECODERS.get(coding)?.();
  if (decoder === undefined) throw unknownCoding(coding);
  request.on('error', (error) => decoder.destroy(error));
  // What comes after a decoder that gave up is read and dropped, so that the client gets to its
  // answer.
  decoder.once('close', () => request.resume());
  return request.pipe(decoder);
}

/** @returns what to tell of an error of {@link decodedBody}'s stream */
export function explainBroken(cause: NodeJS.ErrnoException): MlflowError {
  return /^(?:Z_|ERR_)/.test(cause.code ?? '')
    ? badRequest('The request body is not what its Content-Encoding says')
    : new MlflowError('BAD_REQUEST', 'The request body was cut off', { status: 400, cause });
}

const unknownCoding = (coding: string): MlflowError =>
  new MlflowError(
    'INVALID_PARAMETER_VALUE',
    `The server can't read the content encoding '${coding}'; it reads ${ACCEPTED}`,
    { status: 415, headers: { 'Accept-Encoding': ACCEPTED } },
  );
