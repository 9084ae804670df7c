import { describe, expect, it } from 'vitest';
import { span } from '../testing/tracing-on.js';
import { METADATA } from '../traces/traces.js';
import { type OtelMap, type OtelValue, printValue } from './otel-value.js';
import { previewOf } from './preview.js';
import { toRecord } from './span-record.js';
import { spanToJson } from './spans.wire.js';
import { parseStored } from './stored-json.js';
import { type CountedSpan, totalOf } from './totals.js';

const map = (of: Record<string, OtelValue>): OtelMap => new Map(Object.entries(of));
const attributesOf = (of: Record<string, OtelValue>) =>
  Object.fromEntries(toRecord(span({ attributes: map(of) })).attributes);

describe('a stored span', () => {
  it('is written as MLflow writes it', () => {
    const content = toRecord(
      span({
        traceId: 'd6f21c71a075e2ec70c48fc9832e56b7',
        spanId: '47841dec6294e59d',
        parentId: '0000000000000001',
        name: 'a "name"',
        attributes: map({ text: 'ä', whole: 2, count: 2n, none: null }),
        events: [{ name: 'e', time: 1_700_000_000_123_456_789n, attributes: map({ n: 1 }) }],
        links: [
          {
            traceId: 'd6f21c71a075e2ec70c48fc9832e56b7',
            spanId: '47841dec6294e59d',
            attributes: new Map(),
          },
        ],
        status: { code: 'ERROR', message: 'boom' },
      }),
    ).content;
    expect(content).toBe(
      '{"trace_id": "1vIccaB14uxwxI/Jgy5Wtw==", "span_id": "R4Qd7GKU5Z0=", ' +
        '"parent_span_id": "AAAAAAAAAAE=", "name": "a \\"name\\"", ' +
        '"start_time_unix_nano": 1700000000000000000, "end_time_unix_nano": 1700000001000000000, ' +
        '"events": [{"name": "e", "time_unix_nano": 1700000000123456789, "attributes": {"n": 1.0}}], ' +
        '"status": {"code": "STATUS_CODE_ERROR", "message": "boom"}, ' +
        '"attributes": {"text": "\\"ä\\"", "whole": "2.0", "count": "2", "none": "null", ' +
        '"mlflow.traceRequestId": "\\"tr-d6f21c71a075e2ec70c48fc9832e56b7\\""}, ' +
        '"links": [{"trace_id": "tr-d6f21c71a075e2ec70c48fc9832e56b7", ' +
        '"span_id": "47841dec6294e59d", "attributes": null}]}',
    );
    expect(spanToJson(content)).toBe(
      '{"trace_id":"1vIccaB14uxwxI/Jgy5Wtw==","span_id":"R4Qd7GKU5Z0=",' +
        '"parent_span_id":"AAAAAAAAAAE=","name":"a \\"name\\"",' +
        '"start_time_unix_nano":1700000000000000000,"end_time_unix_nano":1700000001000000000,' +
        '"attributes":[{"key":"text","value":{"string_value":"ä"}},' +
        '{"key":"whole","value":{"double_value":2}},{"key":"count","value":{"int_value":2}},' +
        '{"key":"none"},{"key":"mlflow.traceRequestId",' +
        '"value":{"string_value":"tr-d6f21c71a075e2ec70c48fc9832e56b7"}}],' +
        '"events":[{"time_unix_nano":1700000000123456789,"name":"e",' +
        '"attributes":[{"key":"n","value":{"double_value":1}}]}],' +
        '"links":[{"trace_id":"1vIccaB14uxwxI/Jgy5Wtw==","span_id":"R4Qd7GKU5Z0="}],' +
        '"status":{"message":"boom","code":"STATUS_CODE_ERROR"}}',
    );
  });

  it.each<[string, OtelValue, unknown]>([
    ['a text', 'x', { string_value: 'x' }],
    [
      'JSON in a text',
      '{"a": 1.0}',
      { kvlist_value: { values: [{ key: 'a', value: { double_value: 1 } }] } },
    ],
    ['a number in a text', '7', { string_value: '7' }],
    ['broken JSON', '{"a"', { string_value: '{"a"' }],
    [
      'deep JSON',
      '['.repeat(99_999) + ']'.repeat(99_999),
      { string_value: '['.repeat(99_999) + ']'.repeat(99_999) },
    ],
    ['NaN', Number.NaN, { double_value: 'NaN' }],
    [
      'infinity inside',
      [Number.NEGATIVE_INFINITY],
      { array_value: { values: [{ double_value: '-Infinity' }] } },
    ],
    ['a word', 'NaN', { string_value: 'NaN' }],
    ['bytes', Buffer.from('x'), { string_value: 'eA==' }],
    ['nothing in a list', [null], { array_value: { values: [{}] } }],
    ['an empty map', new Map(), { kvlist_value: {} }],
  ])('shows %s', (_, value, shown) => {
    const { content } = toRecord(span({ attributes: map({ value }) }));
    const { attributes } = JSON.parse(spanToJson(content)) as { attributes: { value: unknown }[] };
    expect(attributes[0]?.value).toEqual(shown);
  });

  it('keeps every digit of an integer', () => {
    const { content } = toRecord(span({ attributes: map({ n: 2n ** 62n + 1n }) }));
    expect(spanToJson(content)).toContain('{"int_value":4611686018427387905}');
  });
});

describe('other conventions', () => {
  it('become attributes that MLflow knows', () => {
    expect(
      attributesOf({
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': 'm-1',
        'gen_ai.provider.name': 'p',
        'gen_ai.usage.input_tokens': 10n,
        'gen_ai.usage.output_tokens': '20',
        'gen_ai.usage.cache_creation.input_tokens': 3n,
        'gen_ai.input.messages': '[{"role":"user"}]',
      }),
    ).toMatchObject({
      'mlflow.spanType': '"CHAT_MODEL"',
      'mlflow.llm.model': '"m-1"',
      'mlflow.llm.provider': '"p"',
      'mlflow.spanInputs': '[{"role":"user"}]',
      'mlflow.chat.tokenUsage':
        '{"input_tokens": 10, "output_tokens": 20, "total_tokens": 30, "cache_creation_input_tokens": 3}',
    });
    expect(
      attributesOf({
        'mlflow.spanType': 'UNKNOWN',
        'openinference.span.kind': 'RETRIEVER',
        'output.value': 'out',
        'llm.token_count.total': 5n,
      }),
    ).toMatchObject({
      'mlflow.spanType': '"RETRIEVER"',
      'mlflow.spanOutputs': '"out"',
      'mlflow.chat.tokenUsage': '{"total_tokens": 5}',
    });
  });

  it("change nothing that is said in MLflow's own words", () => {
    const said = {
      'mlflow.spanType': 'TOOL',
      'mlflow.spanInputs': 'in',
      'mlflow.llm.model': 'own',
    };
    expect(
      attributesOf({
        ...said,
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': 'm',
        'input.value': 'x',
      }),
    ).toMatchObject({
      'mlflow.spanType': '"TOOL"',
      'mlflow.spanInputs': '"in"',
      'mlflow.llm.model': '"own"',
    });
  });
});

describe('previews', () => {
  const user = { role: 'user', content: 'hello' };
  const said = { role: 'assistant', content: [{ type: 'image' }, { type: 'text', text: 'hi' }] };
  it.each([
    [{ messages: [user, said, { role: 'system', content: 's' }] }, 'user', 'hello'],
    [{ messages: [said, user] }, 'assistant', 'hi'],
    [{ messages: [{ role: 'tool', content: 't' }] }, 'user', 't'],
    [{ choices: [{ message: said }] }, 'assistant', 'hi'],
    [{ output: [said] }, 'assistant', 'hi'],
    [{ request: { input: [user] } }, 'user', 'hello'],
    [{ messages: 'x' }, 'user', '{"messages":"x"}'],
    [{ messages: [5, { role: 'user' }] }, 'user', '{"messages":[5,{"role":"user"}]}'],
    [[1, 2], 'user', '[1,2]'],
  ] as const)('of %j for the %s: %s', (value, role, preview) => {
    expect(previewOf(JSON.stringify(value), role)).toBe(preview);
  });

  it('are cut after 1000 characters', () => {
    expect(previewOf('😀'.repeat(1_000), 'user')).toBe('😀'.repeat(1_000));
    expect(previewOf('😀'.repeat(1_001), 'user')).toBe(`${'😀'.repeat(997)}...`);
  });
});

describe('totals', () => {
  const node = (spanId: string, parentId?: string, count?: number): CountedSpan => ({
    spanId,
    parentId,
    numbers: count === undefined ? undefined : new Map([['input_tokens', count]]),
  });
  const total = (...spans: CountedSpan[]) =>
    totalOf(METADATA.tokenUsage, spans)?.get('input_tokens');

  it('add up leaves, but not what a parent has added up already', () => {
    expect(total(node('a'), node('b', 'a', 1), node('c', 'a', 2))).toBe(3);
    expect(total(node('a', undefined, 5), node('b', 'a', 1), node('c', 'b', 2))).toBe(5);
    expect(total(node('a', 'elsewhere', 1), node('b', 'elsewhere', 2))).toBe(3);
    expect(total(node('a'), node('b', 'a'))).toBeUndefined();
  });

  it('survive spans that are their own ancestors, and very deep trees', () => {
    expect(total(node('a', 'b', 1), node('b', 'a', 1), node('c', undefined, 1))).toBe(1);
    const deep = Array.from({ length: 20_000 }, (_, n) =>
      node(`${n}`, n > 0 ? `${n - 1}` : undefined),
    );
    expect(total(...deep, node('leaf', '19999', 7))).toBe(7);
  });

  it('have the three main counts, and others where a span has them', () => {
    const one = { ...node('a'), numbers: new Map([['cache_read_input_tokens', 4]]) };
    expect(Object.fromEntries(totalOf(METADATA.tokenUsage, [one]) ?? [])).toEqual({
      input_tokens: 0,
      output_tokens: 0,
      total_tokens: 0,
      cache_read_input_tokens: 4,
    });
  });
});

describe('JSON of Python', () => {
  it('is printed with its spelling', () => {
    const value = [1, 1e-7, 1e16, 2n, true, null, map({ a: 'ä' }), [], Number.NaN];
    expect(printValue(value)).toBe('[1.0, 1e-07, 1e+16, 2, true, null, {"a": "ä"}, [], NaN]');
  });

  it('is read back: what is no JSON at all is nothing', () => {
    expect(parseStored('"NaN"')).toBe('NaN');
    expect(parseStored('nan')).toBeUndefined();
    expect(parseStored('{"a": 12345678901234567890}')).toEqual({ a: 12_345_678_901_234_567_890n });
  });
});
