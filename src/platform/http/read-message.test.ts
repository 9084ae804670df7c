import { describe, expect, it } from 'vitest';
import { refusal } from '../filter/testing/refusal.js';
import { loadContract, type Schema } from './contract.js';
import { type Message, messageReader } from './read-message.js';

const SEE = ' See the API docs for more information about request parameters.';
const contract = loadContract();

/** Reads a message whose schema is written in the test. */
const reading = (schema: Schema) => messageReader(contract, { type: 'object', ...schema });

function readerOf(operation: string) {
  const route = contract.routes.find((one) => one.operation === operation);
  if (route === undefined) throw new Error(operation);
  return messageReader(contract, route.body ?? route.query);
}

const missing = (path: string) =>
  `INVALID_PARAMETER_VALUE: Missing value for required parameter '${path}'.${SEE}`;
const wrong = (path: string, shown: string, type: string) =>
  `INVALID_PARAMETER_VALUE: Invalid value ${shown} for parameter '${path}' supplied:  Hint: Value was of type '${type}'.${SEE}`;

describe('the members of a message', () => {
  const read = reading({
    properties: {
      a_text: { type: 'string' },
      a_count: { type: 'integer', format: 'int64', default: 3 },
      is_on: { type: 'boolean' },
      size: { type: 'integer', format: 'int32', maximum: 10 },
      any: {},
    },
  });

  it('are read by both spellings; null is absent, unknown ones are ignored', () => {
    expect(read({ a_text: 'x', aCount: '9007199254740993', isOn: false, foo: [] })).toEqual({
      a_text: 'x',
      a_count: 9_007_199_254_740_993n,
      is_on: false,
    });
    expect(read({ a_text: null, isOn: null, aCount: null })).toEqual({ a_count: 3 });
    expect(read({ a_text: null, aText: 'x' })).toEqual({ a_text: 'x', a_count: 3 });
    expect(read({ a_text: 'x', aText: null })).toEqual({ a_text: 'x', a_count: 3 });
    expect(read({ a_text: '', a_count: 0 })).toEqual({ a_text: '', a_count: 0 });
    expect(read({ any: { b: [1] } })).toEqual({ any: { b: [1] }, a_count: 3 });
  });

  it.each([[{ a_text: 'x', aText: 'y' }], [{ aText: 'y', a_text: 'x' }]])(
    'may not come in both spellings: %j',
    (raw) => {
      expect(refusal(() => read(raw))).toBe(
        "INVALID_PARAMETER_VALUE: Request specifies both 'a_text' and 'aText'; provide only one of them.",
      );
    },
  );

  it('are refused in declared order, not in that of the body', () => {
    expect(refusal(() => read({ is_on: 1, a_text: 5 }))).toBe(wrong('a_text', '5', 'int'));
    expect(refusal(() => read({ is_on: 1, aCount: 1.5 }))).toBe(wrong('a_count', '1.5', 'float'));
    expect(refusal(() => read({ size: 11 }))).toBe(wrong('size', '11', 'int'));
    expect(read({ size: 10 }).size).toBe(10);
  });

  it('do not come from the prototype of an object', () => {
    expect(read(JSON.parse('{"__proto__":{"a_text":"x"},"constructor":1}') as Message)).toEqual({
      a_count: 3,
    });
  });
});

describe('what is required', () => {
  const read = reading({
    properties: { run_id: { type: 'string' }, value: { type: 'number' } },
    required: ['run_id', 'value'],
  });

  it.each([
    [{}, 'run_id'],
    [{ run_id: null, value: 1 }, 'run_id'],
    [{ run_id: '', value: 1 }, 'run_id'],
    [{ runId: 'x', value: 1 }, 'run_id'],
    [{ run_id: 'x' }, 'value'],
  ])('is missed in %j', (raw, path) => {
    expect(refusal(() => read(raw))).toBe(missing(path));
  });

  it('may be zero or false', () => {
    expect(read({ run_id: 'x', value: 0 })).toEqual({ run_id: 'x', value: 0 });
    expect(read({ run_id: 'x', value: false })).toEqual({ run_id: 'x', value: 0 });
  });

  it('is told in declared order with what is wrong', () => {
    expect(refusal(() => read({ run_id: 5 }))).toBe(wrong('run_id', '5', 'int'));
    expect(refusal(() => read({ value: 'x' }))).toBe(missing('run_id'));
  });
});

describe('the alias run_uuid', () => {
  const read = readerOf('setTag');

  it('stands in for run_id where that is absent', () => {
    expect(read({ run_uuid: 'r', key: 'k' })).toMatchObject({ run_id: 'r' });
    expect(read({ runUuid: 'r', run_id: 'i', key: 'k' })).toMatchObject({ run_id: 'i' });
    expect(read({ run_id: null, run_uuid: 'r', key: 'k' })).toMatchObject({ run_id: 'r' });
  });

  it('is looked for in snake_case alone', () => {
    expect(refusal(() => read({ runUuid: 'r', key: 'k' }))).toBe(missing('run_id'));
    expect(refusal(() => read({ run_uuid: '', key: 'k' }))).toBe(missing('run_id'));
    expect(refusal(() => read({ run_id: '', run_uuid: 'r', key: 'k' }))).toBe(missing('run_id'));
    expect(
      readerOf('logMetric')({ run_uuid: 'r', key: 'k', value: 1, timestamp: 0 }),
    ).toMatchObject({
      run_id: 'r',
    });
  });
});

describe('enums in a message', () => {
  const read = readerOf('updateRun');

  it('come by name or number, and unknown names leave them unset', () => {
    expect(read({ run_id: 'r', status: 'KILLED' }).status).toBe('KILLED');
    expect(read({ run_id: 'r', status: 3 }).status).toBe('FINISHED');
    expect(read({ run_id: 'r', status: '4' }).status).toBe('FAILED');
    expect(read({ run_id: 'r', status: 'BAD' })).toEqual({ run_id: 'r' });
    expect(refusal(() => read({ run_id: 'r', status: 9 }))).toBe(wrong('status', '9', 'int'));
  });
});

describe('lists of messages', () => {
  const read = readerOf('logBatch');
  const metric = { key: 'm', value: 1, timestamp: 2 };

  it('are read item by item, with their defaults', () => {
    expect(read({ run_id: 'r', metrics: [metric], tags: [{ key: 't', value: null }] })).toEqual({
      run_id: 'r',
      metrics: [{ ...metric, step: 0 }],
      tags: [{ key: 't' }],
    });
  });

  it.each([
    [{ metrics: [{ key: 'm', value: 1 }] }, missing('metrics[0].timestamp')],
    [{ metrics: [metric, { value: 1 }] }, missing('metrics[1].key')],
    [{ params: [{ value: 'x' }] }, missing('params[0].key')],
    [{ params: [{ key: '' }] }, missing('params[0].key')],
    [{ tags: [{ key: 't' }, {}] }, missing('tags[1].key')],
    [{ tags: [{}], params: [{}] }, missing('params[0].key')],
    [{ metrics: [{ ...metric, value: 'x' }] }, wrong('metrics[0].value', '"x"', 'str')],
    [{ metrics: [{ ...metric, timestamp: 1.5 }] }, wrong('metrics[0].timestamp', '1.5', 'float')],
    [
      { metrics: [{ ...metric, step: '9223372036854775808' }] },
      wrong('metrics[0].step', '"9223372036854775808"', 'str'),
    ],
    [{ metrics: [5] }, wrong('metrics[0]', '5', 'int')],
    [{ metrics: [metric, null] }, wrong('metrics[1]', 'null', 'NoneType')],
    [{ metrics: {} }, wrong('metrics', '{}', 'dict')],
    [{ metrics: 'x' }, wrong('metrics', '"x"', 'str')],
    [
      { metrics: [{ ...metric, model_id: 'a', modelId: 'b' }] },
      "INVALID_PARAMETER_VALUE: Request specifies both 'model_id' and 'modelId'; provide only one of them.",
    ],
  ])('are refused with the path to the fault: %j', (raw, message) => {
    expect(refusal(() => read({ run_id: 'r', ...raw }))).toBe(message);
  });
});

describe('maps and messages in messages', () => {
  const read = reading({
    properties: {
      counts: { type: 'object', additionalProperties: { type: 'integer', format: 'int64' } },
      anything: { type: 'object' },
      inner: {
        type: 'object',
        properties: { at_least: { type: 'number' } },
        required: ['at_least'],
      },
    },
  });

  it('hold no text that could not be stored, however deep', () => {
    const hint = `Hint: Text must not hold NUL or a lone surrogate.${SEE}`;
    for (const raw of [
      { anything: { x: ['a\0'] } },
      { anything: { '\ud800': 1 } },
      { counts: { '\0': 1 } },
    ]) {
      expect(refusal(() => read(raw))).toContain(hint);
    }
  });

  it('are read by their values', () => {
    expect(
      read({ counts: { a_b: '1', aB: 2 }, anything: { x: [1] }, inner: { at_least: '2.5' } }),
    ).toEqual({ counts: { a_b: 1, aB: 2 }, anything: { x: [1] }, inner: { at_least: 2.5 } });
  });

  it.each([
    [{ counts: [] }, wrong('counts', '[]', 'list')],
    [{ counts: { a: 'x' } }, wrong('counts.a', '"x"', 'str')],
    [{ anything: 5 }, wrong('anything', '5', 'int')],
    [{ inner: 'x' }, wrong('inner', '"x"', 'str')],
    [{ inner: {} }, missing('inner.at_least')],
    [{ inner: { atLeast: 1 } }, missing('inner.at_least')],
    [{ inner: { at_least: [] } }, wrong('inner.at_least', '[]', 'list')],
  ])('are refused: %j', (raw, message) => {
    expect(refusal(() => read(raw))).toBe(message);
  });
});
