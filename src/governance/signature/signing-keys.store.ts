import type { Reader, Transaction } from '../../platform/db/database.js';

/** A key as it is stored. */
export interface StoredKey {
  readonly hint: string;
  readonly publicKey: string;
  /** The private key, encrypted; null for one that the operator keeps. */
  readonly sealed: string | null;
}

/** SQL of the keys that have signed something, or will. */
export class SigningKeyStore {
  /** @returns the key that the server itself has made */
  async own(
    reader: Reader,
    purpose: string,
  ): Promise<{ readonly publicKey: string; readonly sealed: string } | undefined> {
    return reader.first({
      sql:
        'select public_key as "publicKey", private_key as sealed from signing_keys ' +
        'where purpose = ? and private_key is not null',
      bindings: [purpose],
    });
  }

  /** @returns the public key that signatures name in this way */
  async publicKey(reader: Reader, purpose: string, hint: string): Promise<string | undefined> {
    const row = await reader.first<{ public_key: string }>({
      sql: 'select public_key from signing_keys where hint = ? and purpose = ?',
      bindings: [hint, purpose],
    });
    return row?.public_key;
  }

  /** Stores a key, unless it or another of the server's own is there. */
  async add(tx: Transaction, purpose: string, key: StoredKey, now: number): Promise<void> {
    await tx.run({
      sql:
        'insert into signing_keys (hint, purpose, public_key, private_key, creation_timestamp) ' +
        'values (?, ?, ?, ?, ?) on conflict do nothing',
      bindings: [key.hint, purpose, key.publicKey, key.sealed, now],
    });
  }
}
