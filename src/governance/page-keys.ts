import { invalidParameter } from '../errors.js';

type Key = readonly (string | number)[];

const MAX_TOKEN = 8_192;

/** @returns the token of the page behind a row with this key */
export const encodeKey = (key: Key): string =>
  Buffer.from(JSON.stringify(key)).toString('base64url');

/** @throws MlflowError 400 for a token that is none of this list's */
export function decodeKey(token: string | undefined, parts: number): Key | undefined {
  if (token === undefined || token === '') return undefined;
  try {
    if (token.length > MAX_TOKEN) throw new Error('too long');
    const key: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    const isKey =
      Array.isArray(key) &&
      key.length === parts &&
      key.every((part) => typeof part === 'string' || Number.isSafeInteger(part));
    if (isKey) return key as Key;
  } catch {
    // It is told below.
  }
  throw invalidParameter('Invalid page token');
}
