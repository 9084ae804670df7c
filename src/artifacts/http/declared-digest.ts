import { createHash } from 'node:crypto';
import { invalidParameter } from '../../errors.js';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Ways for a client to say what its bytes must come to, and where in the header that stands. */
const DECLARED = [
  ['content-md5', 'md5', /^\s*(\S+)\s*$/],
  ['content-digest', 'sha256', /(?:^|,)\s*sha-256=:([^:]+):/i],
  ['x-amz-checksum-sha256', 'sha256', /^\s*(\S+)\s*$/],
] as const;

/**
 * Hands content on, and throws at its end when it is not what the client has declared: then it is
 * never stored.
 *
 * @throws MlflowError 400
 */
export async function* asDeclared(
  content: AsyncIterable<Buffer>,
  headers: Headers,
): AsyncGenerator<Buffer> {
  const checks = DECLARED.flatMap(([header, algorithm, pattern]) => {
    const expected = pattern.exec(String(headers[header] ?? ''))?.[1];
    return expected === undefined ? [] : [{ header, expected, hash: createHash(algorithm) }];
  });
  for await (const chunk of content) {
    for (const { hash } of checks) hash.update(chunk);
    yield chunk;
  }
  for (const { header, expected, hash } of checks) {
    if (hash.digest('base64') === expected) continue;
    throw invalidParameter(`The content does not match the checksum in the header '${header}'`);
  }
}
