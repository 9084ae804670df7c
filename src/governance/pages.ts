import { invalidParameter } from '../errors.js';

const DEFAULT = 100;
const MAX = 1_000;
const FIRST = Number.MAX_SAFE_INTEGER;

/** @throws MlflowError 400 for a size or a token that is none */
export function readPage(
  size: number | bigint | undefined,
  token: string | undefined,
): { readonly before: number; readonly limit: number } {
  const limit = Number(size ?? DEFAULT);
  if (!(limit >= 1 && limit <= MAX)) {
    throw invalidParameter(`'max_results' is a number from 1 to ${MAX}.`);
  }
  if (token === undefined || token === '') return { before: FIRST, limit };
  const text = Buffer.from(token, 'base64url').toString();
  if (!/^before:[1-9]\d{0,15}$/.test(text)) throw invalidParameter('Invalid page token');
  return { before: Number(text.slice('before:'.length)), limit };
}

/** @returns the token of the page behind a full one; rows come the newest first */
export function nextPage(
  rows: readonly { readonly key: number }[],
  limit: number,
): { readonly next_page_token?: string } {
  const last = rows.at(-1);
  if (last === undefined || rows.length < limit) return {};
  return { next_page_token: Buffer.from(`before:${last.key}`).toString('base64url') };
}
