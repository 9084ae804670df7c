import { describe, expect, it } from 'vitest';
import { spanTree } from './span-tree.ts';

const span = (id: string, parent: string, start: number, end = start + 1) => ({
  ...{ span_id: id, name: id, parent_span_id: parent },
  start_time_unix_nano: start * 1e6,
  end_time_unix_nano: end * 1e6,
});
const places = (...spans: Parameters<typeof spanTree>[0]) =>
  spanTree(spans).map(({ id, depth }) => `${depth}${id}`);

describe('the tree of spans', () => {
  it('has children below their parents, in the order of time', () => {
    expect(
      places(span('c', 'a', 7), span('a', '', 5, 20), span('d', 'b', 6), span('b', 'a', 6)),
    ).toEqual(['0a', '1b', '2d', '1c']);
  });

  it('has those at the top whose parents never came, and all that hang on each other', () => {
    expect(places(span('a', 'gone', 1), span('b', 'b', 2))).toEqual(['0a', '0b']);
    expect(places(span('x', 'y', 1), span('y', 'x', 2), span('a', '', 3))).toEqual([
      '0a',
      '0x',
      '1y',
    ]);
  });

  it('counts time from the first span, and shows inputs apart from attributes', () => {
    const attribute = (key: string, string_value: string) => ({ key, value: { string_value } });
    const [first, second] = spanTree([
      {
        ...span('a', '', 100, 200),
        attributes: [
          attribute('mlflow.spanInputs', '{"q":1}'),
          attribute('k', '"v"'),
          {
            key: 'nested',
            value: {
              kvlist_value: {
                values: [{ key: 'a', value: { array_value: { values: [{ bool_value: true }] } } }],
              },
            },
          },
        ],
      },
      { ...span('b', 'a', 130), end_time_unix_nano: 0, status: { code: 'STATUS_CODE_ERROR' } },
    ]);
    expect(first).toMatchObject({
      ...{
        start: 0,
        duration: 100,
        inputs: '{\n  "q": 1\n}',
        attributes: [
          ['k', 'v'],
          ['nested', JSON.stringify({ a: [true] }, null, 2)],
        ],
      },
    });
    expect(second).toMatchObject({ start: 30, duration: Number.NaN, failed: true });
  });
});
