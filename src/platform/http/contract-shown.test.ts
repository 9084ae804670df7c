import { expect, it } from 'vitest';
import { withTextDoubles } from './contract-shown.js';

it('shows that doubles may be text, and changes nothing else', () => {
  const double = { type: 'number', format: 'double', default: 0 };
  const texts = { type: 'string', enum: ['NaN', 'Infinity', '-Infinity'] };
  const rest = { openapi: '3.1.0', a: [1, 'x', null, true], float: { type: 'number' } };
  expect(withTextDoubles({ ...rest, schemas: { value: double }, list: [double] })).toEqual({
    ...rest,
    schemas: { value: { anyOf: [double, texts] } },
    list: [{ anyOf: [double, texts] }],
  });
});
