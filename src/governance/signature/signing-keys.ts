import { readFile } from 'node:fs/promises';
import type { Clock } from '../../platform/clock.js';
import type { Database, Reader } from '../../platform/db/database.js';
import { hintOf } from './bundle.js';
import { keyHint, makeSigningKey, readSigningKey, type SigningKey } from './signing-key.js';
import type { SigningKeyStore } from './signing-keys.store.js';

/** Encrypts texts for the database; each is bound to what it belongs to. */
export interface Secrets {
  encrypt(text: string, owner: string): Promise<string>;
  /** @throws Error when it was encrypted with a key that is not here */
  decrypt(sealed: string, owner: string): Promise<string>;
}

export interface SigningKeyParts {
  readonly database: Database;
  readonly store: SigningKeyStore;
  readonly secrets: Secrets;
  readonly now: Clock;
  /** A PEM file with the operator's private key, which is used instead of one of the server's. */
  readonly keyFile: string | undefined;
}

/** What the keys are for, as they are stored. */
const PURPOSE = 'model signature';

/** @returns the public key that a signature of a model names, if it is one that was used here */
export async function signatureKey(
  store: SigningKeyStore,
  reader: Reader,
  bundle: string,
): Promise<string | undefined> {
  const hint = hintOf(bundle);
  return hint === undefined ? undefined : store.publicKey(reader, PURPOSE, hint);
}

/** The key that models are signed with: the operator's, or one that is made at first use. */
export class SigningKeys {
  readonly #parts: SigningKeyParts;
  #key: Promise<SigningKey> | undefined;

  constructor(parts: SigningKeyParts) {
    this.#parts = parts;
  }

  /** @throws Error when the key is there and can't be read: another must not take its place */
  current(): Promise<SigningKey> {
    // What can't be read now may be readable the next time.
    this.#key ??= this.#read().catch((error: unknown) => {
      this.#key = undefined;
      throw error;
    });
    return this.#key;
  }

  /** @returns the public key that a signature names, if it is one that this server has used */
  publicKey(hint: string): Promise<string | undefined> {
    const { database, store } = this.#parts;
    return store.publicKey(database.read, PURPOSE, hint);
  }

  async #read(): Promise<SigningKey> {
    const { keyFile } = this.#parts;
    if (keyFile === undefined) return (await this.#own()) ?? (await this.#make());
    const key = await readFromFile(keyFile);
    // What it has signed must be verifiable when there is another.
    await this.#add(key.publicKey, null);
    return key;
  }

  async #own(): Promise<SigningKey | undefined> {
    const { database, store, secrets } = this.#parts;
    const found = await store.own(database.read, PURPOSE);
    if (found === undefined) return undefined;
    const { publicKey, sealed } = found;
    return { publicKey, privateKey: await secrets.decrypt(sealed, PURPOSE) };
  }

  async #make(): Promise<SigningKey> {
    const { publicKey, privateKey } = makeSigningKey();
    await this.#add(publicKey, await this.#parts.secrets.encrypt(privateKey, PURPOSE));
    const stored = await this.#own();
    if (stored === undefined) throw new Error('The new signing key is gone');
    return stored;
  }

  async #add(publicKey: string, sealed: string | null): Promise<void> {
    const { database, store, now } = this.#parts;
    const key = { hint: keyHint(publicKey), publicKey, sealed };
    await database.write((tx) => store.add(tx, PURPOSE, key, now()));
  }
}

async function readFromFile(file: string): Promise<SigningKey> {
  try {
    return readSigningKey(await readFile(file, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The signing key in ${file} can not be used: ${reason}`);
  }
}
