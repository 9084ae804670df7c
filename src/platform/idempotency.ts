import { createHash } from 'node:crypto';
import { invalidParameter } from '../errors.js';
import type { Transaction } from './db/database.js';
import { checkLength } from './rules/names.js';

/** Milliseconds for which a key is remembered: a client that is still retrying has long given up. */
const REMEMBERED = 24 * 60 * 60 * 1_000;
const MAX_KEY = 255;

/** A key that a client has chosen for one request, and what that request asks for. */
export interface IdempotentRequest {
  /** The operation; the same key may be used for another one. */
  readonly scope: string;
  readonly key: string;
  /** What is asked; a key must not be used again for something else. */
  readonly request: unknown;
}

/** Reads the `Idempotency-Key` header. @throws MlflowError 400 for one that is too long */
export function idempotencyKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined || header === '') return undefined;
  const key = String(header);
  checkLength(key, 'Idempotency-Key', MAX_KEY);
  return key;
}

/**
 * Claims a key for what this transaction is about to make. Of two requests with one key the
 * second waits for the first, and then finds what it made.
 *
 * @param result names what is about to be made
 * @returns what an earlier request with the key has made, or undefined when this is the first
 * @throws MlflowError 400 when the earlier request asked for something else
 */
export async function claimKey(
  tx: Transaction,
  { scope, key, request }: IdempotentRequest,
  result: string,
  now: number,
): Promise<string | undefined> {
  const hash = createHash('sha256').update(print(request)).digest('base64url');
  await tx.run({
    sql: 'delete from idempotency_keys where created_time < ?',
    bindings: [now - REMEMBERED],
  });
  const claimed = await tx.run({
    sql:
      'insert into idempotency_keys (scope, key, request, result, created_time) ' +
      'values (?, ?, ?, ?, ?) on conflict do nothing',
    bindings: [scope, key, hash, result, now],
  });
  if (claimed > 0) return undefined;
  const earlier = await tx.first<{ request: string; result: string }>({
    sql: 'select request, result from idempotency_keys where scope = ? and key = ?',
    bindings: [scope, key],
  });
  if (earlier?.request === hash) return earlier.result;
  throw invalidParameter(`The Idempotency-Key '${key}' was used before for another request`);
}

const print = (request: unknown): string =>
  JSON.stringify(request, (_, value) => (typeof value === 'bigint' ? `${value}n` : value));
