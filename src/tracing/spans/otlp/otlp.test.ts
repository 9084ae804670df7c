import { Readable } from 'node:stream';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readSpans } from './read-request.js';
import { exportRequest } from './schema.js';

const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';
const LIMIT = 100_000;
const TRACE = 'd6f21c71a075e2ec70c48fc9832e56b7';

const read = (body: Buffer, type: string | undefined = PROTOBUF, encoding?: string) =>
  readSpans(
    {
      body: Readable.from([body]),
      headers: { 'content-type': type, 'content-encoding': encoding },
    },
    LIMIT,
  );
const encode = (...spans: object[]): Buffer =>
  Buffer.from(exportRequest.encode({ resourceSpans: [{ scopeSpans: [{ spans }] }] }).finish());
const json = (...spans: object[]): Buffer =>
  Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));
const ids = { traceId: Buffer.from(TRACE, 'hex'), spanId: Buffer.from([1]) };
const hexIds = { traceId: TRACE, spanId: '0000000000000001' };
const spanOf = async (...args: Parameters<typeof read>) => (await read(...args))[0]?.spans[0];

describe('OTLP', () => {
  const attributes = [
    { key: 's', value: { stringValue: '' } },
    { key: 'b', value: { boolValue: false } },
    { key: 'd', value: { doubleValue: 0.5 } },
    { key: 'n' },
    { key: 'e', value: {} },
    { key: 'l', value: { arrayValue: { values: [{ stringValue: 'x' }, {}] } } },
    { key: 'm', value: { kvlistValue: { values: [{ key: 'k', value: { boolValue: true } }] } } },
  ];
  const meant = new Map<string, unknown>([
    ['s', ''],
    ['b', false],
    ['d', 0.5],
    ['n', null],
    ['e', null],
    ['l', ['x', null]],
    ['m', new Map([['k', true]])],
    ['i', -5n],
    ['y', Buffer.from('x')],
  ]);

  it('is read from protobuf', async () => {
    const body = encode({
      ...ids,
      parentSpanId: Buffer.alloc(8),
      name: 'n',
      startTimeUnixNano: '1700000000000000001',
      attributes: [
        ...attributes,
        { key: 'i', value: { intValue: -5 } },
        { key: 'y', value: { bytesValue: Buffer.from('x') } },
      ],
      links: [ids],
      status: { code: 2, message: 'm' },
    });
    expect(await spanOf(body)).toEqual({
      traceId: TRACE,
      spanId: '0000000000000001',
      parentId: undefined,
      name: 'n',
      start: 1_700_000_000_000_000_001n,
      end: undefined,
      attributes: meant,
      events: [],
      links: [{ traceId: TRACE, spanId: '0000000000000001', attributes: new Map() }],
      status: { code: 'ERROR', message: 'm' },
    });
  });

  it('is read from JSON, with numbers as texts or not', async () => {
    const body = json({
      ...hexIds,
      traceId: TRACE.toUpperCase(),
      parentSpanId: '00000000000000ff',
      name: 'n',
      startTimeUnixNano: '1700000000000000001',
      endTimeUnixNano: 5,
      attributes: [
        ...attributes,
        { key: 'i', value: { intValue: '-5' } },
        { key: 'y', value: { bytesValue: 'eA==' } },
      ],
      events: [{ name: 'e', timeUnixNano: '7' }],
      status: { code: 'STATUS_CODE_OK' },
      unknown: 1,
    });
    expect(await spanOf(body, `${JSON_TYPE}; charset=utf-8`)).toEqual({
      traceId: TRACE,
      spanId: '0000000000000001',
      parentId: '00000000000000ff',
      name: 'n',
      start: 1_700_000_000_000_000_001n,
      end: 5n,
      attributes: meant,
      events: [{ name: 'e', time: 7n, attributes: new Map() }],
      links: [],
      status: { code: 'OK', message: '' },
    });
  });

  it.each([
    ['gzip', gzipSync],
    ['GZIP', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['identity', (body: Buffer) => body],
  ])('is unpacked from %s', async (encoding, pack) => {
    expect(await spanOf(pack(encode(ids)), PROTOBUF, encoding)).toMatchObject({ traceId: TRACE });
  });

  it.each<[string, number, Buffer, (string | undefined)?, string?]>([
    ['a bomb', 413, gzipSync(Buffer.alloc(LIMIT + 1)), PROTOBUF, 'gzip'],
    ['a body that is too large', 413, Buffer.alloc(LIMIT + 1)],
    ['what is not packed', 400, encode(ids), PROTOBUF, 'gzip'],
    ['a packing that is not known', 400, encode(ids), PROTOBUF, 'br'],
    ['another type', 400, encode(ids), 'text/plain'],
    ['nothing', 400, Buffer.alloc(0)],
    ['noise', 400, Buffer.from([0xff, 0xff, 0xff])],
    ['half a message', 400, encode(ids).subarray(0, -2)],
    ['a span without ids', 422, encode({ name: 'n' })],
    ['an id that is too long', 422, encode({ ...ids, traceId: Buffer.alloc(17, 1) })],
    ['a time beyond 64 bits', 422, encode({ ...ids, startTimeUnixNano: '18446744073709551615' })],
    ['no JSON', 400, Buffer.from('{'), JSON_TYPE],
    ['a list', 400, Buffer.from('[]'), JSON_TYPE],
    ['JSON without spans', 400, Buffer.from('{}'), JSON_TYPE],
    ['an id that is no hexadecimal', 400, json({ ...hexIds, traceId: 'zz' }), JSON_TYPE],
    ['half a byte', 400, json({ ...hexIds, traceId: 'abc' }), JSON_TYPE],
    ['a number for a name', 400, json({ ...hexIds, name: 5 }), JSON_TYPE],
    ['a text for a time', 400, json({ ...hexIds, startTimeUnixNano: 'x' }), JSON_TYPE],
    ['a text for spans', 400, Buffer.from('{"resourceSpans":"x"}'), JSON_TYPE],
  ])('is refused: %s', async (_, status, body, type, encoding) => {
    await expect(read(body, type, encoding)).rejects.toMatchObject({ status });
  });

  it('is refused when it is made of very many small parts', async () => {
    const empty = (part: string) =>
      readSpans(
        {
          body: Readable.from([Buffer.from(part.repeat(1_000_001), 'hex')]),
          headers: { 'content-type': PROTOBUF },
        },
        16_000_000,
      );
    await expect(empty('0a00')).rejects.toMatchObject({ status: 413 });
    await expect(empty('0a021200')).rejects.toMatchObject({ status: 413 });
  });

  it('counts what it keeps, and what that is unpacked to', async () => {
    const held: number[] = [];
    const body = encode({ ...ids, startTimeUnixNano: '1' });
    const packed = gzipSync(body);
    const headers = { 'content-type': PROTOBUF, 'content-encoding': 'gzip' };
    const hold = (size: number) => {
      held.push(size);
    };
    await readSpans({ body: Readable.from([packed]), headers, hold }, LIMIT);
    expect(held).toEqual([packed.length, packed.length + body.length]);
  });

  it('is refused when it is nested without end', async () => {
    let value: object = { stringValue: 'x' };
    for (let level = 0; level < 200; level += 1) value = { arrayValue: { values: [value] } };
    const span = { ...ids, attributes: [{ key: 'deep', value }] };
    await expect(read(deepProtobuf(5_000))).rejects.toMatchObject({ status: 400 });
    await expect(read(json({ ...span, ...hexIds }), JSON_TYPE)).rejects.toMatchObject({
      status: 400,
    });
  });
});

/** A value in a list in a list, and so on; the library would refuse to print it. */
function deepProtobuf(levels: number): Buffer {
  let value: Buffer = Buffer.from([0x0a, 0x01, 0x78]);
  for (let level = 0; level < levels; level += 1) {
    value = field(5, field(1, value));
    if (value.length > 50_000) break;
  }
  const attribute = Buffer.concat([field(1, Buffer.from('k')), field(2, value)]);
  const span = Buffer.concat([field(1, ids.traceId), field(2, ids.spanId), field(9, attribute)]);
  return field(1, field(2, field(2, span)));
}

function field(number: number, content: Buffer): Buffer {
  const length = [];
  let rest = content.length;
  for (; rest > 127; rest >>>= 7) length.push((rest & 127) | 128);
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length, rest]), content]);
}
