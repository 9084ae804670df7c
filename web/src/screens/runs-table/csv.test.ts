import { describe, expect, it } from 'vitest';
import { columnOf } from './columns.ts';
import { csvOf } from './csv.ts';

const run = (value: string) => ({
  info: { run_id: 'r', start_time: 0 },
  data: { params: [{ key: 'p', value }], metrics: [{ key: 'm', value: -0.5 }] },
});
const cellOf = (value: string) =>
  csvOf([run(value)], [columnOf('params.p')])
    .split('\r\n')[1]
    ?.slice(2);

describe('runs as CSV', () => {
  it('name their columns and keep numbers', () => {
    expect(csvOf([run('x')], ['metrics.m', 'params.p'].map(columnOf))).toBe(
      'run_id,metrics.m,params.p\r\nr,-0.5,x\r\n',
    );
  });

  it.each([
    ['a,b', '"a,b"'],
    ['say "x"', '"say ""x"""'],
    ['=cmd()', "'=cmd()"],
    ['@sum', "'@sum"],
    ['-1.5', '-1.5'],
    ['-x', "'-x"],
  ])('writes %s as %s', (value, expected) => {
    expect(cellOf(value)).toBe(expected);
  });
});
