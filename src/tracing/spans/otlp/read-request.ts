import type { Transform } from 'node:stream';
import { createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { BusyError, MlflowError } from '../../../errors.js';
import type { Call } from '../../../platform/http/operation.js';
import { asText, readBytes } from '../../../platform/http/read-body.js';
import { one, type ResourceSpans, refused } from './otlp.js';
import { readJson } from './read-json.js';
import { readProtobuf } from './read-protobuf.js';

/**
 * Reads spans that come by OTLP over HTTP: protobuf or JSON, compressed or not.
 *
 * @param limit bytes, both of the body and of what it is unpacked to
 * @throws MlflowError 400, 413 beyond the limit, 422 for what is no span, 503 when all bodies
 *   together are too large
 */
export async function readSpans(
  { body, headers, hold }: Pick<Call, 'body' | 'headers' | 'hold'>,
  limit: number,
): Promise<ResourceSpans[]> {
  const given = one(headers['content-type']);
  const type = given?.split(';', 1)[0]?.trim();
  if (type !== 'application/x-protobuf' && type !== 'application/json') {
    throw refused(
      `Invalid Content-Type: ${given ?? 'None'}. Expected: application/x-protobuf or application/json`,
    );
  }
  const encoding = one(headers['content-encoding'])?.toLowerCase() ?? '';
  const packed = await readBytes(body, limit, one(headers['content-length']), hold);
  const decoder = decoderOf(encoding, packed);
  const bytes =
    decoder === undefined
      ? packed
      : await unpack(decoder, packed, limit, hold).catch((error) => {
          throw refusal(error, encoding, limit);
        });
  const sent = type === 'application/json' ? readJson(asText(bytes)) : readProtobuf(bytes);
  if (sent.length > 0) return sent;
  throw refused('Invalid OpenTelemetry format - no spans found');
}

/** Piece by piece, so that it ends with the piece that is too much. */
function unpack(decoder: Transform, packed: Buffer, limit: number, hold: Call['hold']) {
  decoder.end(packed);
  return readBytes(decoder, limit, undefined, (size) => hold?.(packed.length + size));
}

/** @returns undefined for what is not compressed */
function decoderOf(encoding: string, packed: Buffer): Transform | undefined {
  switch (encoding) {
    case '':
    case 'identity':
      return undefined;
    case 'gzip':
      return createGunzip();
    case 'deflate':
      // Some clients leave the wrapping out.
      return isWrapped(packed) ? createInflate() : createInflateRaw();
    default:
      throw refused(`Unsupported Content-Encoding: ${encoding}`);
  }
}

/** The two bytes of a zlib header name the method and check each other. */
const isWrapped = (bytes: Buffer): boolean =>
  bytes.length >= 2 && ((bytes[0] ?? 0) & 0x0f) === 8 && bytes.readUInt16BE(0) % 31 === 0;

function refusal(error: unknown, encoding: string, limit: number): unknown {
  if (error instanceof BusyError) return error;
  if (error instanceof MlflowError && error.status === 413) {
    return refused(`The request body is larger than ${limit} bytes when it is unpacked`, 413);
  }
  return refused(`Failed to decompress ${encoding} payload`);
}
