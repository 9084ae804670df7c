import { createHash } from 'node:crypto';
import { invalidParameter } from '../../errors.js';
import { type KeyValue, keysOf, type Position, type SortColumn } from './keyset.js';
import { quoted } from './python-text.js';

/**
 * What a token belongs to: filter, order, ids, view - whatever changes the rows or their order.
 * The names of the parts appear in messages.
 */
export type PagedQuery = Readonly<Record<string, unknown>>;

/** The words for a token of another query, where an entity has its own. */
export type Mismatch = (part: string, expected: unknown) => string;

const VERSION = 1;
const MAX_LENGTH = 4096;
const MAX_SEEN = Number.MAX_SAFE_INTEGER;

interface Payload {
  readonly v: number;
  /** A hash per part of the query. */
  readonly q: Readonly<Record<string, string>>;
  /** How many rows the pages so far had. */
  readonly n: number;
  /** What the last of them was sorted by; absent where that is too long for a token. */
  readonly k?: readonly EncodedKey[];
}

/** JSON has no integers beyond 2^53, no infinities and no NaN: they travel as text in an array. */
type EncodedKey = string | number | null | readonly [string];

/**
 * Cuts the row that proves that there is a next page, and makes the token for that page.
 * @param rows one more than `size` was asked for
 * @param position where this page began
 */
export function nextPage<Row extends Readonly<Record<string, unknown>>>(
  rows: readonly Row[],
  size: number,
  columns: readonly SortColumn[],
  query: PagedQuery,
  position: Position | undefined,
): { rows: Row[]; token: string | undefined } {
  const page = rows.slice(0, size);
  const last = page.at(-1);
  if (rows.length <= size || last === undefined) return { rows: page, token: undefined };
  const seen = (position?.seen ?? 0) + page.length;
  return { rows: page, token: encodePageToken(query, { after: keysOf(columns, last), seen }) };
}

/** Makes a token of at most 4 kB. Keys that don't fit give way to the count of rows seen. */
export function encodePageToken(
  query: PagedQuery,
  { after, seen }: { readonly after: readonly KeyValue[]; readonly seen: number },
): string {
  const payload: Payload = { v: VERSION, q: hashes(query), n: seen, k: after.map(encodeKey) };
  const token = toText(payload);
  return token.length <= MAX_LENGTH ? token : toText({ v: VERSION, q: payload.q, n: seen });
}

const toText = (payload: Payload): string =>
  Buffer.from(JSON.stringify(payload)).toString('base64url');

function hashes(query: PagedQuery): Record<string, string> {
  return Object.fromEntries(
    Object.entries(query).map(([part, value]) => {
      const text = JSON.stringify(value) ?? '';
      return [part, createHash('sha256').update(text).digest('base64url').slice(0, 16)];
    }),
  );
}

function encodeKey(key: KeyValue): EncodedKey {
  if (typeof key === 'bigint') return [String(key)];
  if (typeof key !== 'number') return key;
  return Number.isFinite(key) ? key : [String(key)];
}

/**
 * Reads a token.
 * @param token as the client sent it; absent or empty means the first page
 * @param query must be the one that the token was made for
 * @param columns the order of the query
 * @throws {MlflowError} INVALID_PARAMETER_VALUE for anything but a token of this query
 */
export function decodePageToken(
  token: string | undefined,
  query: PagedQuery,
  columns: readonly SortColumn[],
  mismatch: Mismatch = (part) => `Invalid page token, it belongs to a search with another ${part}`,
): Position | undefined {
  if (!token) return undefined;
  const payload = readPayload(token);
  const expected = hashes(query);
  for (const [part, hash] of Object.entries(expected)) {
    if (payload.q[part] !== hash) throw invalidParameter(mismatch(part, query[part]));
  }
  const { n: seen, k: keys } = payload;
  if (keys === undefined) return { seen };
  const after = keys.map(decodeKey);
  const fits =
    after.length === columns.length &&
    columns.every((column, index) => isOfType(after[index] as KeyValue, column));
  if (!fits) throw badValue(payload);
  return { after, seen };
}

const BASE64 = /^[\w+/-]+={0,2}$/;

function readPayload(token: string): Payload {
  if (token.length > MAX_LENGTH || !BASE64.test(token)) {
    throw invalidParameter('Invalid page token, could not base64-decode');
  }
  const decoded = Buffer.from(token, 'base64url').toString();
  let parsed: unknown;
  try {
    parsed = JSON.parse(decoded);
  } catch {
    throw invalidParameter(`Invalid page token, decoded value=${shown(quoted(decoded))}`);
  }
  if (!isPayload(parsed)) throw badValue(parsed);
  return parsed;
}

const badValue = (parsed: unknown) =>
  invalidParameter(`Invalid page token, parsed value=${shown(JSON.stringify(parsed))}`);

/** A message need not repeat all of a long token. */
const shown = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}...` : text);

function isPayload(value: unknown): value is Payload {
  if (typeof value !== 'object' || value === null) return false;
  const { v, q, n, k } = value as Partial<Payload>;
  const isCount = typeof n === 'number' && Number.isInteger(n) && n >= 0 && n <= MAX_SEEN;
  const hasQuery = typeof q === 'object' && q !== null && !Array.isArray(q);
  return v === VERSION && isCount && hasQuery && (k === undefined || isKeys(k));
}

const isKeys = (keys: unknown): boolean =>
  Array.isArray(keys) &&
  keys.every(
    (key) =>
      key === null ||
      typeof key === 'string' ||
      typeof key === 'number' ||
      (Array.isArray(key) && key.length === 1 && typeof key[0] === 'string'),
  );

const INTEGER = /^-?\d{1,19}$/;

function decodeKey(key: EncodedKey): KeyValue {
  if (typeof key !== 'object' || key === null) return key;
  return INTEGER.test(key[0]) ? BigInt(key[0]) : Number(key[0]);
}

function isOfType(value: KeyValue, { type, nullable }: SortColumn): boolean {
  if (value === null) return nullable;
  if (type === 'text') return typeof value === 'string' && !value.includes('\0');
  if (type === 'double') return typeof value === 'number' && !Number.isNaN(value);
  return typeof value === 'bigint'
    ? BigInt.asIntN(64, value) === value
    : Number.isSafeInteger(value);
}
