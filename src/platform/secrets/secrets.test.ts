import { randomBytes } from 'node:crypto';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newFolder } from '../../testing/new-folder.js';
import { readKeyFile, readOrMakeKeyFile } from './key-file.js';
import { KeyRing } from './key-ring.js';

const KEY = 'correct horse battery staple, 0123';
const OTHER = randomBytes(32).toString('hex');
/** As `Fernet.generate_key()` of Python's cryptography prints it. */
const FERNET = 'cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=';

describe('a key ring', () => {
  it.each([KEY, OTHER, FERNET])('encrypts and decrypts with %s', (key) => {
    const ring = new KeyRing([key]);
    const sealed = ring.encrypt('s3cr€t', 'owner');
    expect(sealed).not.toContain('s3cr');
    expect(ring.encrypt('s3cr€t', 'owner')).not.toBe(sealed);
    expect(new KeyRing([key]).decrypt(sealed, 'owner')).toBe('s3cr€t');
  });

  it('binds a text to its owner', () => {
    const ring = new KeyRing([KEY]);
    expect(() => ring.decrypt(ring.encrypt('a', 'one'), 'other')).toThrow();
  });

  it('notices every change', () => {
    const ring = new KeyRing([KEY]);
    const sealed = ring.encrypt('secret', 'owner');
    const [version, id, nonce, data = ''] = sealed.split('.');
    const bytes = Buffer.from(data, 'base64url');
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes);
      changed[index] = (changed[index] ?? 0) ^ 1;
      const text = [version, id, nonce, changed.toString('base64url')].join('.');
      expect(() => ring.decrypt(text, 'owner')).toThrow();
    }
    expect(() => ring.decrypt('', 'owner')).toThrow();
    expect(() => ring.decrypt([version, id, nonce, ''].join('.'), 'owner')).toThrow();
  });

  it('reads what older keys have encrypted, and tells that it is old', () => {
    const sealed = new KeyRing([KEY]).encrypt('secret', 'owner');
    expect(() => new KeyRing([OTHER]).decrypt(sealed, 'owner')).toThrow('another key');
    const both = new KeyRing([OTHER, KEY]);
    expect(both.decrypt(sealed, 'owner')).toBe('secret');
    expect(both.isCurrent(sealed)).toBe(false);
    expect(both.isCurrent(both.encrypt('secret', 'owner'))).toBe(true);
  });

  it.each(['', 'short', 'a'.repeat(64), 'abcabcabcabcabcabcabcabcabcabcabcabc'])(
    'takes no key that is easy to guess: %j',
    (key) => {
      expect(() => new KeyRing([key])).toThrow('random text of 32 characters or more');
    },
  );
});

describe('a key file', () => {
  it('is made once, for its owner alone, whoever asks first', async () => {
    const file = join(newFolder(), 'key');
    expect(await readKeyFile(file)).toBeUndefined();
    const keys = await Promise.all(Array.from({ length: 8 }, () => readOrMakeKeyFile(file)));
    expect(new Set(keys).size).toBe(1);
    expect(await readOrMakeKeyFile(file)).toBe(keys[0]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(dirname(file))).toEqual(['key']);
    expect(new KeyRing([keys[0] ?? '']).encrypt('a', 'b')).toMatch(/^v1\./);
  });

  it('is taken as it is', async () => {
    const file = join(newFolder(), 'key');
    writeFileSync(file, `${KEY}\n`);
    expect(await readOrMakeKeyFile(file)).toBe(KEY);
    await expect(readOrMakeKeyFile(join(file, 'below'))).rejects.toThrow(/ENOTDIR/);
  });
});
