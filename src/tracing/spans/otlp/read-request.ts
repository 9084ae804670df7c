import { promisify } from 'node:util';
import { gunzip, inflate, inflateRaw } from 'node:zlib';
import { MlflowError } from '../../../errors.js';
import type { Call } from '../../../platform/http/operation.js';
import { asText, readBytes } from '../../../platform/http/read-body.js';
import { one, type ResourceSpans, refused } from './otlp.js';
import { readJson } from './read-json.js';
import { readProtobuf } from './read-protobuf.js';

const unzip = promisify(gunzip);
const unwrap = promisify(inflate);
const unwrapRaw = promisify(inflateRaw);

/**
 * Reads spans that come by OTLP over HTTP: protobuf or JSON, compressed or not.
 *
 * @param limit bytes, both of the body and of what it is unpacked to
 * @throws MlflowError 400, 413 beyond the limit, 422 for what is no span
 */
export async function readSpans(
  { body, headers }: Pick<Call, 'body' | 'headers'>,
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
  const packed = await readBytes(body, limit, one(headers['content-length']));
  const bytes = await unpack(packed, encoding, limit);
  const sent = type === 'application/json' ? readJson(asText(bytes)) : readProtobuf(bytes);
  if (sent.length > 0) return sent;
  throw refused('Invalid OpenTelemetry format - no spans found');
}

async function unpack(bytes: Buffer, encoding: string, limit: number): Promise<Buffer> {
  const options = { maxOutputLength: limit };
  try {
    switch (encoding) {
      case '':
      case 'identity':
        return bytes;
      case 'gzip':
        return await unzip(bytes, options);
      case 'deflate':
        // Some clients leave the wrapping out.
        return await (isWrapped(bytes) ? unwrap : unwrapRaw)(bytes, options);
      default:
        throw refused(`Unsupported Content-Encoding: ${encoding}`);
    }
  } catch (error) {
    throw refusal(error, encoding, limit);
  }
}

/** The two bytes of a zlib header name the method and check each other. */
const isWrapped = (bytes: Buffer): boolean =>
  bytes.length >= 2 && ((bytes[0] ?? 0) & 0x0f) === 8 && bytes.readUInt16BE(0) % 31 === 0;

function refusal(error: unknown, encoding: string, limit: number): unknown {
  if (error instanceof MlflowError) return error;
  if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') {
    return refused(`The request body is larger than ${limit} bytes when it is unpacked`, 413);
  }
  return refused(`Failed to decompress ${encoding} payload`);
}
