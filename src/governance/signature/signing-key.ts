import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';

/** A key pair on the curve P-256, in PEM. */
export interface SigningKey {
  readonly publicKey: string;
  readonly privateKey: string;
}

const CURVE = 'prime256v1';

export function makeSigningKey(): SigningKey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', {
    namedCurve: CURVE,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return { publicKey, privateKey };
}

/**
 * Reads a private key of the operator's.
 *
 * @throws Error with one sentence that holds nothing of the key
 */
export function readSigningKey(pem: string): SigningKey {
  const key = parsed(() => createPrivateKey(pem), 'a private key in PEM');
  if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== CURVE) {
    throw new Error('it must be a key on the curve P-256 (prime256v1)');
  }
  return {
    publicKey: publicPem(createPublicKey(key)),
    privateKey: String(key.export({ type: 'pkcs8', format: 'pem' })),
  };
}

/**
 * How a signature names the key that it can be verified with.
 *
 * @throws Error with one sentence
 */
export function keyHint(publicKey: string): string {
  const key = parsed(() => createPublicKey(publicKey), 'a public key in PEM');
  return createHash('sha256').update(publicPem(key)).digest('hex');
}

/** One spelling for each key, since its hash names it. */
const publicPem = (key: ReturnType<typeof createPublicKey>): string =>
  String(key.export({ type: 'spki', format: 'pem' }));

function parsed<Key>(read: () => Key, what: string): Key {
  try {
    return read();
  } catch {
    throw new Error(`it must be ${what}`);
  }
}
