import { createHash } from 'node:crypto';

/** The digests of an object, as the stores want them. */
export function digestsOf(bytes: Uint8Array): {
  readonly sha256Hex: string;
  readonly sha256: string;
  readonly md5: string;
} {
  const sha256 = createHash('sha256').update(bytes).digest();
  return {
    sha256Hex: sha256.toString('hex'),
    sha256: sha256.toString('base64'),
    md5: createHash('md5').update(bytes).digest('base64'),
  };
}
