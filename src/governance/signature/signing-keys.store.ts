import type { Reader, Transaction } from '../../platform/db/database.js';

/** A key pair as it is stored. */
export interface StoredKey {
  readonly publicKey: string;
  /** Encrypted. */
  readonly sealed: string;
}

/** SQL of the keys that the server signs with. */
export class SigningKeyStore {
  find(reader: Reader, purpose: string): Promise<StoredKey | undefined> {
    return reader.first<StoredKey>({
      sql: 'select public_key as "publicKey", private_key as sealed from signing_keys where purpose = ?',
      bindings: [purpose],
    });
  }

  /** Stores a key unless there is one; of servers that do so together one wins. */
  async addFirst(tx: Transaction, purpose: string, key: StoredKey, now: number): Promise<void> {
    await tx.run({
      sql:
        'insert into signing_keys (purpose, public_key, private_key, creation_timestamp) ' +
        'values (?, ?, ?, ?) on conflict (purpose) do nothing',
      bindings: [purpose, key.publicKey, key.sealed, now],
    });
  }
}
