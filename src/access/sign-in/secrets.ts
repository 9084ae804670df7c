import { createHash, randomBytes } from 'node:crypto';

/** @returns 256 random bits as text */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/** What is stored instead of a secret that has 256 random bits: there is nothing to slow down. */
export const secretHash = (secret: string): string =>
  createHash('sha256').update(secret).digest('hex');
