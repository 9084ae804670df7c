import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Clock } from '../platform/clock.js';
import type { Database } from '../platform/db/database.js';
import type { AuditStore } from './audit.store.js';
import { printKey } from './signed-note.js';

/** Encrypts what the database is to hold, with a key that it doesn't. */
export interface Sealing {
  encrypt(text: string, owner: string): Promise<string>;
  decrypt(sealed: string, owner: string): Promise<string>;
}

export interface SigningKeyParts {
  readonly database: Database;
  readonly store: AuditStore;
  readonly sealing: Sealing;
  /** A PEM with an Ed25519 key, which then never lies in the database; undefined for none. */
  readonly file: string | undefined;
  readonly now: Clock;
}

const OWNER = 'the signing key of the audit log';

/**
 * @returns the private key that checkpoints are signed with; where there is none it is made
 * @throws Error when it can't be read, or there is nothing to encrypt a new one with
 */
export async function openSigningKey(parts: SigningKeyParts): Promise<KeyObject> {
  const { database, store, sealing, file, now } = parts;
  if (file !== undefined) return ed25519(await readFile(file, 'utf8'), file);
  const stored = await store.key(database.read);
  if (stored !== undefined) {
    return ed25519(await sealing.decrypt(stored.private_key, OWNER), 'the database');
  }
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  const sealed = await sealing.encrypt(pem, OWNER);
  const kept = await database.write(async (tx) => {
    // Of servers that start together one makes the key.
    await store.lockHead(tx);
    const other = await store.key(tx);
    if (other !== undefined) return other.private_key;
    await store.addKey(tx, { public_key: printKey(privateKey), private_key: sealed }, now());
    return sealed;
  });
  return kept === sealed ? privateKey : ed25519(await sealing.decrypt(kept, OWNER), 'the database');
}

function ed25519(pem: string, from: string): KeyObject {
  const key = createPrivateKey(pem);
  if (key.asymmetricKeyType === 'ed25519') return key;
  throw new Error(`The signing key of the audit log in ${from} is no Ed25519 key`);
}
