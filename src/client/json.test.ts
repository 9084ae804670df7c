import { describe, expect, it } from 'vitest';
import { loadContract, type Schema } from '../platform/http/contract.js';
import { INT64_FIELDS } from './int64-fields.js';
import { parseJson, printJson } from './json.js';

const LARGE = 9_007_199_254_740_993n;

describe('JSON of the client', () => {
  it('keeps every digit of an int64', () => {
    const text = printJson({ metrics: [{ key: 'a', step: LARGE, timestamp: -LARGE }] });
    expect(text).toBe(
      '{"metrics":[{"key":"a","step":9007199254740993,"timestamp":-9007199254740993}]}',
    );
    expect(parseJson(text)).toEqual({ metrics: [{ key: 'a', step: LARGE, timestamp: -LARGE }] });
    expect(parseJson('{"step":12,"file_size":9007199254740991}')).toEqual({
      step: 12,
      file_size: Number.MAX_SAFE_INTEGER,
    });
  });

  it('takes a double for a number however it is printed', () => {
    const text = '{"value":100000000000000000000,"step":9007199254740993,"values":{"a":1e20}}';
    expect(parseJson(text)).toEqual({ value: 1e20, step: LARGE, values: { a: 1e20 } });
  });

  it('prints the names of what JSON has no number for', () => {
    expect(printJson({ value: Number.NaN })).toBe('{"value":"NaN"}');
    expect(printJson([Number.POSITIVE_INFINITY, -Infinity, 1n])).toBe('["Infinity","-Infinity",1]');
    const circle: unknown[] = [];
    circle.push(circle);
    expect(() => printJson(circle)).toThrow(TypeError);
  });
});

describe('the int64 fields', () => {
  const fields = allFields(loadContract().document);
  const named = (keep: (schema: Schema) => boolean) =>
    new Set(fields.filter(([, schema]) => keep(schema)).map(([name]) => name));

  it('are those of the contract', () => {
    const int64 = [...named((schema) => schema.format === 'int64')].sort();
    expect(int64, 'update src/client/int64-fields.ts').toEqual([...INT64_FIELDS].sort());
  });

  it('share no name with a double, and none stands in a list or a map', () => {
    const doubles = named(
      ({ type, items, additionalProperties: map }) =>
        type === 'number' ||
        items?.type === 'number' ||
        (typeof map === 'object' && map.type === 'number'),
    );
    expect([...doubles].filter((name) => INT64_FIELDS.has(name))).toEqual([]);
    const nested = named(
      ({ items, additionalProperties: map }) =>
        items?.format === 'int64' || (typeof map === 'object' && map.format === 'int64'),
    );
    expect([...nested]).toEqual([]);
  });
});

/** Every property of every object in the document, with its schema. */
function allFields(node: unknown): [string, Schema][] {
  if (typeof node !== 'object' || node === null) return [];
  const { properties } = node as Schema;
  return [
    ...Object.entries(typeof properties === 'object' ? properties : {}),
    ...Object.values(node).flatMap(allFields),
  ];
}
