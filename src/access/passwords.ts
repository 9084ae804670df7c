import { pbkdf2, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derivePbkdf2 = promisify(pbkdf2);
const deriveScrypt = promisify<Buffer, string, number, object, Buffer>(
  (password, salt, length, options, done) => scrypt(password, salt, length, options, done),
);

/** Native code that only servers with accounts need. */
const argon2 = () => import('@node-rs/argon2');

/** @returns an argon2id hash in its usual text form, with a salt of its own */
export const hashPassword = async (password: string): Promise<string> =>
  (await argon2()).hash(password);

/** Whether a hash should be made anew at the next sign-in, since it was made elsewhere. */
export const isForeignHash = (stored: string): boolean => !stored.startsWith('$argon2id$');

/**
 * Checks a password against a hash of ours, or one that MLflow has stored: accounts that were
 * moved in keep working. MLflow's are werkzeug's: `scrypt:N:r:p$salt$hex` and
 * `pbkdf2:digest:iterations$salt$hex`.
 *
 * @returns false for a wrong password and for a hash of an unknown kind
 */
export async function verifyPassword(stored: string, password: string): Promise<boolean> {
  if (!isForeignHash(stored)) {
    const { verify } = await argon2();
    return verify(stored, password).catch(() => false);
  }
  const [method = '', salt = '', hex = ''] = stored.split('$');
  const expected = Buffer.from(hex, 'hex');
  if (expected.length === 0) return false;
  const given = await derive(method, password, salt, expected.length);
  return given !== undefined && timingSafeEqual(given, expected);
}

async function derive(
  method: string,
  password: string,
  salt: string,
  length: number,
): Promise<Buffer | undefined> {
  const [kind, first = '', second = '', third = ''] = method.split(':');
  const secret = Buffer.from(password, 'utf8');
  try {
    if (kind === 'scrypt') {
      const [N, r, p] = [Number(first || 32_768), Number(second || 8), Number(third || 1)];
      return await deriveScrypt(secret, salt, length, { N, r, p, maxmem: 132 * N * r * p });
    }
    if (kind === 'pbkdf2') {
      return await derivePbkdf2(secret, salt, Number(second || 600_000), length, first || 'sha256');
    }
  } catch {
    // Numbers that no such function takes: this hash was not made by one.
  }
  return undefined;
}
