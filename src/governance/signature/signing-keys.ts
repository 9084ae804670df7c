import { readFile } from 'node:fs/promises';
import type { Clock } from '../../platform/clock.js';
import type { Database } from '../../platform/db/database.js';
import { makeSigningKey, readSigningKey, type SigningKey } from './signing-key.js';
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

const PURPOSE = 'model signature';

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

  async #read(): Promise<SigningKey> {
    const { keyFile } = this.#parts;
    if (keyFile !== undefined) return readFromFile(keyFile);
    return (await this.#stored()) ?? (await this.#make());
  }

  async #stored(): Promise<SigningKey | undefined> {
    const { database, store, secrets } = this.#parts;
    // Not through the door for reading, which a replica may lag behind.
    const found = await database.write((tx) => store.find(tx, PURPOSE));
    if (found === undefined) return undefined;
    return {
      publicKey: found.publicKey,
      privateKey: await secrets.decrypt(found.sealed, PURPOSE),
    };
  }

  async #make(): Promise<SigningKey> {
    const { database, store, secrets, now } = this.#parts;
    const made = makeSigningKey();
    const sealed = await secrets.encrypt(made.privateKey, PURPOSE);
    const key = { publicKey: made.publicKey, sealed };
    await database.write((tx) => store.addFirst(tx, PURPOSE, key, now()));
    const stored = await this.#stored();
    if (stored === undefined) throw new Error('The new signing key is gone');
    return stored;
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
