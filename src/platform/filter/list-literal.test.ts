import { expect, it } from 'vitest';
import { readStringList } from './list-literal.js';
import { refusal } from './testing/refusal.js';

it.each([
  ["('a')", ['a']],
  ['(\'a\', "b",)', ['a', 'b']],
  ["('a' 'b', u'c')", ['ab', 'c']],
  ["('it''s')", ['its']],
  [String.raw`('a\'b\n\x41\101é\q', r'\n')`, ["a'b\nAAé\\q", '\\n']],
])('%s is a list', (text, items) => {
  expect(readStringList(text)).toEqual(items);
});

const START = 'INVALID_PARAMETER_VALUE: While parsing a list in the query, expected ';
const ILL_FORMED = 'a non-empty list of string values, but got ill-formed list.';
const WRONG = 'string value, punctuation, or whitespace, but got different type in list: ';

it.each([
  ['()', 'a non-empty list of string values, but got empty list'],
  ['( )', 'a non-empty list of string values, but got empty list'],
  ["('a',, 'b')", ILL_FORMED],
  ['(,)', ILL_FORMED],
  ['(a)', ILL_FORMED],
  ["(f'a')", ILL_FORMED],
  ["('a'b)", ILL_FORMED],
  [String.raw`('\xZZ')`, ILL_FORMED],
  ['(1)', `${WRONG}(1,)`],
  ["('a', 1.5, None)", `${WRONG}('a', 1.5, None)`],
])('%s is refused', (text, message) => {
  expect(refusal(() => readStringList(text))).toBe(START + message);
});
