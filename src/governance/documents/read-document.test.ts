import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { parseMlmodel } from '../model-folder/mlmodel.js';
import { DOCUMENT_LIMITS, MLMODEL_LIMITS, readDocument } from './read-document.js';

const problemOf = (content: string | Uint8Array): string => {
  const read = readDocument(content);
  return read.ok ? `read: ${JSON.stringify(read.value)}` : read.problem;
};

const readValue = (content: string | Uint8Array): unknown => {
  const read = readDocument(content);
  return read.ok ? read.value : read.problem;
};

describe('a document', () => {
  it.each([
    ['a: 1', { a: 1 }],
    ['{"a": 1}', { a: 1 }],
    ['{a: [1, x]}', { a: [1, 'x'] }],
    ['{\t"a": 1}', { a: 1 }],
    ['a: 2024-01-01', { a: '2024-01-01' }],
    ['a: yes', { a: 'yes' }],
    ['a: !!str 1', { a: '1' }],
    ['1: x', { '1': 'x' }],
    ['a: &x {b: 1}\nc: *x', { a: { b: 1 }, c: { b: 1 } }],
    ['', null],
    ['\uFEFFa: 1', { a: 1 }],
  ])('reads %j', (text, value) => {
    expect(readValue(text)).toEqual(value);
  });

  it('reads bytes of UTF-8, with a mark of their order or without', () => {
    expect(readValue(Buffer.from('a: ü'))).toEqual({ a: 'ü' });
    expect(readValue(Buffer.from('\uFEFFa: ü'))).toEqual({ a: 'ü' });
  });

  it('reads again what it is written as', () => {
    const plain = fc.jsonValue({ maxDepth: 4 }).filter((value) => {
      const text = JSON.stringify(value);
      return !/__proto__|constructor|prototype|\\u0000|\\ud[89a-f]/i.test(text);
    });
    fc.assert(
      fc.property(plain, (value) => {
        const known = JSON.parse(JSON.stringify({ value }));
        expect(readValue(JSON.stringify({ value }))).toEqual(known);
        // JSON doesn't tell -0 from 0, YAML does.
        const yaml = readValue(stringify({ value }, { aliasDuplicateObjects: false }));
        expect(JSON.stringify(yaml)).toBe(JSON.stringify(known));
      }),
      { numRuns: 200 },
    );
  });
});

describe('a hostile document', () => {
  it.each([
    ['{"a": 1, "a": 2}', 'a'],
    ['{"x": [{"b": "b:\\"{"}, {"c": 1, "b": {"c": 2}, "\\u0063": 3}]}', 'c'],
    ['{"__proto__": 1, "__proto__": 2}', '__proto__'],
  ])('says that a key stands twice in %j', (text, key) => {
    expect(problemOf(text)).toBe(`The key "${key}" stands twice in one object.`);
  });

  it('has no key twice where objects are many or deep', () => {
    const text = '{"a": {"a": [{"a": "a"}, {"a": {"a": ":"}}], "b": "\\\\"}, "b": "\\"a\\":"}';
    expect(readValue(text)).toEqual(JSON.parse(text));
  });

  const laughs = [
    'a: &a [x,x,x,x,x,x,x,x,x,x]',
    ...[...'bcdefghi'].map((name, index) => {
      const inner = Array(10).fill(`*${'abcdefghi'[index]}`);
      return `${name}: &${name} [${inner.join(',')}]`;
    }),
  ].join('\n');

  it.each([
    ['laughs', laughs, 'Excessive alias count'],
    ['holds itself', 'a: &a [*a]', 'nested deeper than'],
    ['reaches into prototypes', '__proto__: {admin: true}', 'key "__proto__" is not allowed'],
    ['reaches there by JSON', '{"a": {"__proto__": {}}}', 'key "__proto__" is not allowed'],
    ['names a constructor', 'constructor: 1', 'key "constructor" is not allowed'],
    ['says a key twice', 'a: 1\na: 2', 'The key "a" stands twice in one map (line 2, column 1)'],
    ['is two', 'a: 1\n---\nb: 2', 'more than one document'],
    ['asks for code', '!!js/function "x"', 'Unresolved tag'],
    ['asks for bytes', 'a: !!binary aGVsbG8=', 'of a type that JSON has not'],
    ['asks for a set', '!!set {a, b}', 'of a type that JSON has not'],
    ['has a list for a key', '? [a, b]\n: 1', 'keys must be strings'],
    ['holds no number', 'a: .nan', 'NaN is not a number that JSON can hold'],
    ['holds an endless number', '{"a": 1e999}', 'Infinity is not a number'],
    ['holds NUL', 'a: "\\0"', 'the character NUL'],
    ['holds half of a pair', '{"a": "\\ud800"}', 'half of a surrogate pair'],
    ['is long', `a: ${'x'.repeat(DOCUMENT_LIMITS.characters)}`, 'more than 100000 characters'],
    ['holds too much', `[${'1,'.repeat(12_000)}1]`, 'more than 10000 values'],
    ['nests lists', '['.repeat(50_000), 'nested deeper than 32 levels'],
    ['nests maps', '{a: '.repeat(20_000), 'nested deeper than 32 levels'],
    ['nests blocks', '- '.repeat(40_000), 'nested deeper than 32 levels'],
    [
      'nests by lines',
      Array.from({ length: 300 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
      'nested',
    ],
    ['is broken in many places', `[${','.repeat(2_000)}]`, 'not valid YAML'],
    ['is broken', 'a: [1', 'not valid YAML'],
  ])('that %s is refused', (_, text, problem) => {
    expect(problemOf(text)).toContain(problem);
  });

  it.each([
    ['Latin 1', Buffer.from('a: ü', 'latin1')],
    ['UTF-16', Buffer.from('\uFEFFa: b', 'utf16le')],
    ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff])],
  ])('of %s is no text', (_, bytes) => {
    expect(problemOf(bytes)).toBe('The text is not UTF-8.');
  });

  it('of many bytes is refused by its length', () => {
    expect(problemOf(Buffer.alloc(3_000_000, 'ü'))).toContain('more than 100000 characters');
  });

  it.each([
    ['a list of many', `x:\n${'- 1\n'.repeat(50_000)}`],
    ['a list in one line', `x: [${'1,'.repeat(60_000)}1]`],
    ['lines', `x: 1${'\n'.repeat(200_000)}`],
  ])('of more tokens than can be parsed while others wait is refused: %s', (_, text) => {
    const problem = 'The text has more than 100000 tokens.';
    expect(readDocument(text, MLMODEL_LIMITS)).toEqual({ ok: false, problem });
    expect(parseMlmodel(`flavors: {onnx: {}}\n${text}`)).toBeUndefined();
  });

  it('may be one scalar of megabytes, as a signature is', () => {
    const columns = JSON.stringify(Array(50_000).fill({ type: 'double', name: 'x' }));
    const text = `flavors: {onnx: {}}\nsignature: {inputs: '${columns}'}\n`;
    expect(readDocument(text, MLMODEL_LIMITS).ok).toBe(true);
    expect(parseMlmodel(text)?.signature).toEqual({ inputs: columns });
  });

  it('never throws', () => {
    const signs = fc.constantFrom(...'[]{},:-?&*!|>%@`"\'#\n \tab1~<='.split(''));
    fc.assert(
      fc.property(fc.string({ unit: signs, maxLength: 200 }), (text) => {
        const read = readDocument(text);
        expect(typeof read.ok).toBe('boolean');
        if (read.ok) expect(() => JSON.stringify(read.value)).not.toThrow();
      }),
      { numRuns: 2_000 },
    );
  });
});
