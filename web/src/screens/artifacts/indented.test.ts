import { expect, it } from 'vitest';
import { beginningOf } from './beginning.ts';
import { indented } from './indented.ts';

it('JSON is laid out, and no number is changed by it', () => {
  expect(indented('{"a":[true,"1"]}')).toBe('{\n  "a": [\n    true,\n    "1"\n  ]\n}');
  const numbers = '{"big":12345678901234567890,"one":1.0,"two":2}';
  expect(indented(numbers).replaceAll(/\s/g, '')).toBe(numbers);
  expect(indented('{"a": [1,')).toBe('{"a": [1,');
});

it('of a long file the beginning is read', async () => {
  const sent = new Blob(['abc', 'defghi']);
  expect(await (await beginningOf(new Response(sent), 5)).text()).toBe('abcde');
  expect(await (await beginningOf(new Response(sent), 50)).text()).toBe('abcdefghi');
});
