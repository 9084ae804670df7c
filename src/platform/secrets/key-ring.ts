import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

interface Key {
  /** Names the key in what was encrypted with it; it tells nothing of the key. */
  readonly id: string;
  readonly bytes: Buffer;
}

const VERSION = 'v1';
const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Characters of a key: as random text of letters and digits, more than 128 bits. */
const MIN_LENGTH = 32;
const MIN_DISTINCT = 8;
/** A Fernet key, as MLflow takes it: 32 bytes in URL-safe base64. */
const FERNET = /^[\w-]{43}=$/;

/**
 * Encrypts texts for the database with AES-256-GCM. Each text is bound to what it belongs to, so
 * that none can be put in another's place.
 */
export class KeyRing {
  readonly #keys: readonly [Key, ...Key[]];

  /**
   * @param texts what keys are derived from: the first encrypts, all of them decrypt
   * @throws Error with one sentence when one is too easy to guess
   */
  constructor(texts: readonly [string, ...string[]]) {
    const [first, ...rest] = texts;
    this.#keys = [keyOf(first), ...rest.map(keyOf)];
  }

  /** @param owner what the text belongs to */
  encrypt(text: string, owner: string): string {
    const [key] = this.#keys;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, key.bytes, nonce).setAAD(Buffer.from(owner));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    const parts = [nonce, Buffer.concat([sealed, cipher.getAuthTag()])];
    return [VERSION, key.id, ...parts.map((part) => part.toString('base64url'))].join('.');
  }

  /** @returns whether a text is encrypted with the first key */
  isCurrent(sealed: string): boolean {
    return sealed.split('.')[1] === this.#keys[0].id;
  }

  /** @throws Error when the text was encrypted with a key that is not here, or was changed */
  decrypt(sealed: string, owner: string): string {
    const [version, id, nonce = '', data = ''] = sealed.split('.');
    const key = this.#keys.find((known) => known.id === id);
    if (version !== VERSION || key === undefined) {
      throw new Error('It was encrypted with another key');
    }
    const bytes = Buffer.from(data, 'base64url');
    const decipher = createDecipheriv(CIPHER, key.bytes, Buffer.from(nonce, 'base64url'), {
      authTagLength: TAG_BYTES,
    })
      .setAAD(Buffer.from(owner))
      .setAuthTag(bytes.subarray(-TAG_BYTES));
    const text = [decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()];
    return Buffer.concat(text).toString('utf8');
  }
}

/** @throws Error with one sentence for a text that is too easy to guess */
export function checkKeyText(text: string): void {
  if (text.length >= MIN_LENGTH && new Set(text).size >= MIN_DISTINCT) return;
  throw new Error(`it must be random text of ${MIN_LENGTH} characters or more`);
}

function keyOf(text: string): Key {
  checkKeyText(text);
  const secret = FERNET.test(text) ? Buffer.from(text, 'base64url') : Buffer.from(text, 'utf8');
  const derive = (use: string, length: number) =>
    Buffer.from(hkdfSync('sha256', secret, '', `runledger webhook secrets ${use}`, length));
  return { id: derive('id', 6).toString('base64url'), bytes: derive(CIPHER, 32) };
}
