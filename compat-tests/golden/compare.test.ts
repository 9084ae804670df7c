import { describe, expect, it } from 'vitest';
import { differencesOf } from './compare.js';
import { readExchanges } from './exchange.js';

const exchange = (response: string, path = '/p') =>
  readExchanges(
    `[{"method":"GET","path":"${path}","status":200,"type":"application/json","response":${response}}]`,
  )[0] ?? { method: '', path: '', status: 0, type: '' };

const compare = (golden: string, ours: string, path?: string) =>
  differencesOf(exchange(golden, path), exchange(ours, path));

describe('what counts as a difference', () => {
  it.each([
    ['the same', '{"a":1,"b":[true,null]}', '{"b":[true,null],"a":1}'],
    ['a double with and without its fraction', '{"a":3.0}', '{"a":3}'],
    ['a double with another exponent', '{"a":1e+16}', '{"a":10000000000000000}'],
  ])('not: %s', (_, golden, ours) => {
    expect(compare(golden, ours)).toEqual([]);
  });

  it.each([
    ['an integer with a fraction', '{"a":3}', '{"a":3.0}', '/response/a: 3 | 3.0'],
    [
      'the last digit of a long integer',
      '{"a":9007199254740993}',
      '{"a":9007199254740992}',
      '/response/a: 9007199254740993 | 9007199254740992',
    ],
    ['another double', '{"a":0.1}', '{"a":0.10000001}', '/response/a: 0.1 | 0.10000001'],
    ['the sign of zero', '{"a":0.0}', '{"a":-0.0}', '/response/a: 0.0 | -0.0'],
    ['a text for a number', '{"a":1}', '{"a":"1"}', '/response/a: 1 | "1"'],
    ['a member that is left out', '{"a":""}', '{}', '/response/a: "" | left out'],
    ['one that is too much', '{}', '{"a":null}', '/response/a: left out | null'],
    ['another order of a list', '["a"]', '["b"]', '/response/0: "a" | "b"'],
    ['an empty list', '{"a":[]}', '{}', '/response/a: [] | left out'],
  ])('%s', (_, golden, ours, expected) => {
    expect(compare(golden, ours)).toEqual([expected]);
  });

  it('not what is meant, on the route for which it is meant', () => {
    const golden = '{"features_enabled":{"gateway":true}}';
    const ours = '{"features_enabled":{"gateway":false}}';
    expect(compare(golden, ours, '/api/3.0/mlflow/server-info')).toEqual([]);
    expect(compare(golden, ours)).toHaveLength(1);
  });
});
