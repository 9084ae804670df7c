import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { newFolder } from '../../testing/new-folder.js';
import { secretsWith } from '../testing/freezing-on.js';
import { keyHint, makeSigningKey } from './signing-key.js';
import { SigningKeys } from './signing-keys.js';
import { SigningKeyStore } from './signing-keys.store.js';

const KEY = 'a key of this test, 0123456789abcdef';

forEachDatabase((open) => {
  let database: Database;
  beforeEach(async () => {
    database ??= await open();
    await database.write((tx) => tx.run({ sql: 'delete from signing_keys', bindings: [] }));
  });
  const keysWith = (keyFile?: string, secret = KEY) =>
    new SigningKeys({
      ...{ database, keyFile, now: () => 1 },
      store: new SigningKeyStore(),
      secrets: secretsWith(secret),
    });

  describe('the key that models are signed with', () => {
    it('is made at first use, and is the same ever after', async () => {
      const made = await keysWith().current();
      expect(await keysWith().current()).toEqual(made);
    });

    it('is the same for servers that make it together', async () => {
      const keys = await Promise.all([1, 2, 3, 4].map(() => keysWith().current()));
      expect(new Set(keys.map(({ privateKey }) => privateKey)).size).toBe(1);
    });

    it('can be looked up by the name that signatures give it, also when there is another', async () => {
      const own = await keysWith().current();
      const file = join(newFolder(), 'key.pem');
      writeFileSync(file, makeSigningKey().privateKey);
      const operators = await keysWith(file).current();
      for (const { publicKey } of [own, operators]) {
        expect(await keysWith().publicKey(keyHint(publicKey))).toBe(publicKey);
      }
      expect(await keysWith().publicKey('other')).toBeUndefined();
      expect(await keysWith().current()).toEqual(own);
    });

    it('is stored encrypted', async () => {
      await keysWith().current();
      const sql = 'select private_key from signing_keys';
      const row = await database.read.first<{ private_key: string }>({ sql, bindings: [] });
      expect(row?.private_key).toMatch(/^v1\./);
    });

    it('is not replaced when it can not be read', async () => {
      const made = await keysWith().current();
      const other = keysWith(undefined, 'another key altogether, 0123456789');
      await expect(other.current()).rejects.toThrow('another key');
      expect(await keysWith().current()).toEqual(made);
    });

    it('is that of a file where there is one', async () => {
      const file = join(newFolder(), 'key.pem');
      const { privateKey, publicKey } = makeSigningKey();
      const keys = keysWith(file);
      await expect(keys.current()).rejects.toThrow('key.pem can not be used');
      writeFileSync(file, privateKey);
      expect(await keys.current()).toEqual({ privateKey, publicKey });
    });
  });
});
