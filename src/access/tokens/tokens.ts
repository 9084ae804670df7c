import { invalidParameter, type MlflowError, notFound } from '../../errors.js';
import type { TokenScope } from './scopes.js';

/** A token as its user may see it: never the token itself. Times in ms since the epoch. */
export interface AccessToken {
  readonly token_id: string;
  readonly name: string;
  readonly username: string;
  readonly scopes: readonly TokenScope[];
  readonly creation_timestamp: number;
  readonly expiration_timestamp: number | null;
  readonly last_used_timestamp: number | null;
}

const MAX_NAME = 100;
const DAY = 86_400;
const DEFAULT_LIFETIME = 90 * DAY;
const MAX_LIFETIME = 3_650 * DAY;

/** Tokens of one user that are neither revoked nor expired, at most. */
export const MAX_TOKENS = 200;

/** @throws MlflowError 400 */
export function checkTokenName(name: string): void {
  if (name.length > MAX_NAME || /^\s*$|[\p{Cc}\p{Cs}]/u.test(name)) {
    throw invalidParameter(`A token's name must have 1 to ${MAX_NAME} printable characters`);
  }
}

/** @returns ms; @throws MlflowError 400 */
export function lifetimeOf(seconds: number | undefined): number {
  const lifetime = seconds ?? DEFAULT_LIFETIME;
  if (lifetime >= 60 && lifetime <= MAX_LIFETIME) return 1_000 * lifetime;
  throw invalidParameter(`lifetime_seconds must be from 60 to ${MAX_LIFETIME}, not ${seconds}`);
}

export const noToken = (id: string): MlflowError => notFound(`There is no token '${id}'`);
