import { describe, expect, it } from 'vitest';
import type { KeyValue, SortColumn } from './keyset.js';
import { decodePageToken, encodePageToken, nextPage } from './page-token.js';
import { refusal } from './testing/refusal.js';

const column = (type: SortColumn['type'], nullable = false): SortColumn => ({
  sql: 'x',
  bindings: [],
  name: 'x',
  type,
  ascending: true,
  nullable,
});
const query = { filter: "name = 'a'", order_by: ['name'], experiment_ids: ['1'] };

describe('a page token', () => {
  it.each<[KeyValue, SortColumn]>([
    ['text\u{1f600}"', column('text')],
    ['123', column('text')],
    [null, column('text', true)],
    [1.7976931348623157e308, column('double')],
    [5e-324, column('double')],
    [Number.NEGATIVE_INFINITY, column('double')],
    [0.1, column('double')],
    [9007199254740993n, column('integer')],
    [-9223372036854775808n, column('integer')],
    [-1, column('integer')],
  ])('brings %s back exactly', (key, type) => {
    const token = encodePageToken(query, { after: [key], seen: 10 });
    expect(token).toMatch(/^[\w-]+$/);
    expect(decodePageToken(token, query, [type])).toEqual({ after: [key], seen: 10 });
  });

  it('counts rows where the keys are too long for it', () => {
    const token = encodePageToken(query, { after: ['x'.repeat(8000)], seen: 20 });
    expect(token.length).toBeLessThanOrEqual(4096);
    expect(decodePageToken(token, query, [column('text')])).toEqual({ seen: 20 });
  });

  it('is absent on the last page', () => {
    const rows = [{ x: 1 }, { x: 2 }, { x: 3 }];
    const columns = [column('integer')];
    expect(nextPage(rows, 3, columns, query, undefined)).toEqual({ rows, token: undefined });
    const first = nextPage(rows, 2, columns, query, { seen: 4 });
    expect(first.rows).toEqual(rows.slice(0, 2));
    expect(decodePageToken(first.token, query, columns)).toEqual({ after: [2], seen: 6 });
  });

  it('is not needed for the first page', () => {
    expect(decodePageToken('', query, [])).toBeUndefined();
    expect(decodePageToken(undefined, query, [])).toBeUndefined();
  });

  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const valid = encodePageToken(query, { after: ['a'], seen: 1 });
  const other = encodePageToken({ ...query, filter: '' }, { after: ['a'], seen: 1 });
  const twoKeys = encodePageToken(query, { after: ['a', 'b'], seen: 1 });
  const number = encodePageToken(query, { after: [1], seen: 1 });
  const nothing = encodePageToken(query, { after: [null], seen: 1 });

  it.each([
    ['%%%', 'Invalid page token, could not base64-decode'],
    ['a'.repeat(4097), 'Invalid page token, could not base64-decode'],
    ['eHh4', "Invalid page token, decoded value='xxx'"],
    [valid.slice(0, -6), /^Invalid page token, decoded value='\{"v":1/],
    [encode({}), 'Invalid page token, parsed value={}'],
    [encode(null), 'Invalid page token, parsed value=null'],
    [encode({ offset: 5 }), 'Invalid page token, parsed value={"offset":5}'],
    [encode({ v: 1, q: [], n: 1 }), /^Invalid page token, parsed value=/],
    [encode({ v: 1, q: {}, n: -1 }), /^Invalid page token, parsed value=/],
    [other, 'Invalid page token, it belongs to a search with another filter'],
    [twoKeys, /^Invalid page token, parsed value=/],
    [number, /^Invalid page token, parsed value=/],
    [nothing, /^Invalid page token, parsed value=/],
  ])('%s is refused', (token, message) => {
    const answer = refusal(() => decodePageToken(token, query, [column('text')]));
    const prefix = 'INVALID_PARAMETER_VALUE: ';
    expect(answer.slice(0, prefix.length)).toBe(prefix);
    const text = answer.slice(prefix.length);
    if (typeof message === 'string') expect(text).toBe(message);
    else expect(text).toMatch(message);
  });

  it('of another query is refused in the words of the entity', () => {
    const words = (part: string, expected: unknown) => `${part} is not ${JSON.stringify(expected)}`;
    expect(refusal(() => decodePageToken(other, query, [column('text')], words))).toBe(
      'INVALID_PARAMETER_VALUE: filter is not "name = \'a\'"',
    );
  });
});
