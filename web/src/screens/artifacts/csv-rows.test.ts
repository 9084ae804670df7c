import { expect, it } from 'vitest';
import { csvRows } from './csv-rows.ts';

it('reads quoted cells, line breaks in them, and no more lines than asked for', () => {
  const text = 'a,b\r\n"x, ""y""\nz",2\n3,4\n5,6';
  expect(csvRows(text, ',', 3)).toEqual([
    ['a', 'b'],
    ['x, "y"\nz', '2'],
    ['3', '4'],
  ]);
  expect(csvRows('a\tb', '\t', 9)).toEqual([['a', 'b']]);
});
