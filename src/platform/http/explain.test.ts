import { describe, expect, it } from 'vitest';
import { explainMismatch, Mismatch } from './explain.js';

const SEE = ' See the API docs for more information about request parameters.';

describe('a mismatch is explained with the value and its Python type', () => {
  it.each([
    ['x', '"x"', 'str'],
    [5, '5', 'int'],
    [-(5n ** 30n), '-931322574615478515625', 'int'],
    [1.5, '1.5', 'float'],
    [Number.POSITIVE_INFINITY, 'Infinity', 'float'],
    [true, 'true', 'bool'],
    [null, 'null', 'NoneType'],
    [[1, { a: 2n }], '[1,{"a":2}]', 'list'],
    [{ a: 'b' }, '{"a":"b"}', 'dict'],
  ])('%s', (value, shown, type) => {
    const { code, message } = explainMismatch(new Mismatch(value, 'field'));
    expect(code).toBe('INVALID_PARAMETER_VALUE');
    expect(message).toBe(
      `Invalid value ${shown} for parameter 'field' supplied:  Hint: Value was of type '${type}'.${SEE}`,
    );
  });

  it('says what else is wrong with it', () => {
    const { message } = explainMismatch(new Mismatch('x', 'f', 'Too odd.'));
    expect(message).toBe(`Invalid value "x" for parameter 'f' supplied:  Hint: Too odd.${SEE}`);
  });

  it('cuts a long value', () => {
    const { message } = explainMismatch(new Mismatch('x'.repeat(10_000), 'f'));
    expect(message).toContain(`Invalid value "${'x'.repeat(499)}... for parameter 'f'`);
  });
});

describe('the path to a mismatch', () => {
  it('is put together from the inside to the outside', () => {
    const inner = new Mismatch(1).within('value').within('[2]').within('metrics');
    expect(inner.path).toBe('metrics[2].value');
    expect(new Mismatch(1).within('[0]').within('list').path).toBe('list[0]');
    expect(new Mismatch(1).within('b').within('a').path).toBe('a.b');
    expect(new Mismatch(1).within('only').path).toBe('only');
  });
});
