import { describe, expect, it } from 'vitest';
import { respellJson, weigh } from './assessment-values.js';
import { readAssessment, type WireAssessment } from './assessments.js';

const read = (wire: Partial<WireAssessment>) => readAssessment(wire as WireAssessment);

describe('an assessment of the wire', () => {
  it('is read with all its parts', () => {
    const wire = {
      assessment_id: 'a-1',
      assessment_name: 'q',
      source: { source_type: 'LLM_JUDGE', source_id: 'gpt' },
      feedback: { value: 'yes', error: { error_code: 'E', error_message: '', stack_trace: 's' } },
      rationale: 'r',
      metadata: { a: 'b' },
      span_id: 's',
      overrides: 'a-0',
      create_time: '2020-01-01T00:00:00.123456Z',
    } as const;
    expect(read(wire)).toEqual({
      id: 'a-1',
      name: 'q',
      kind: 'feedback',
      value: '"yes"',
      error: '{"error_code":"E","stack_trace":"s"}',
      metadata: new Map([['a', 'b']]),
      sourceType: 'LLM_JUDGE',
      sourceId: 'gpt',
      rationale: 'r',
      spanId: 's',
      overrides: 'a-0',
      createTime: 1_577_836_800_123,
      updateTime: 0,
    });
  });

  it('needs little', () => {
    expect(read({ feedback: {} })).toMatchObject({
      ...{ id: '', name: '', value: 'null', error: null, overrides: null },
      ...{ sourceType: 'SOURCE_TYPE_UNSPECIFIED', sourceId: null, rationale: null, createTime: 0 },
    });
  });

  it.each<[unknown, string]>([
    [3, '3.0'],
    [1e30, '1e+30'],
    [123_456_789_012_345_678n, '1.2345678901234568e+17'],
    [true, 'true'],
    ['é', '"\\u00e9"'],
    [{ a: 1, b: [2.5, null, 'x'] }, '{"a": 1.0, "b": [2.5, null, "x"]}'],
    [[], '[]'],
  ])('stores the value %s as MLflow does', (value, stored) => {
    expect(read({ feedback: { value } }).value).toBe(stored);
    expect(read({ expectation: { value } }).value).toBe(stored);
  });

  it('keeps integers that came as text', () => {
    const text = '{"z":1,"a":2.0, "b":12345678901234567890, "z":"é"}';
    expect(respellJson(text)).toBe('{"z": "\\u00e9", "a": 2.0, "b": 12345678901234567890}');
  });

  it('takes no reasons for an expectation, and overrides feedback alone', () => {
    const rest = { rationale: 'r', overrides: 'a-0' };
    expect(read({ expectation: { value: 1 }, ...rest })).toMatchObject({
      rationale: null,
      overrides: null,
    });
    expect(read({ issue: {}, ...rest })).toMatchObject({ kind: 'issue', rationale: 'r' });
    expect(read({ issue: { issue_name: 'n' } }).value).toBe('{"issue_name": "n"}');
  });

  it('keeps the end of a long stack', () => {
    const stack_trace = `${'a'.repeat(9_000)}${'b'.repeat(9_000)}`;
    const { error } = read({ feedback: { error: { error_code: 'E', stack_trace } } });
    const kept = JSON.parse(error ?? '').stack_trace;
    expect(kept).toMatch(/^\[Stack trace is truncated\]\n\.\.\.\na+b+$/);
    expect(kept).toHaveLength(10_000);
  });

  it.each<[Partial<WireAssessment>, string]>([
    [{}, 'Unknown assessment type: None'],
    [{ feedback: {}, issue: {} }, 'Exactly one of'],
    [{ expectation: {} }, 'The `value` field must be specified.'],
    [{ expectation: { value: null } }, 'The `value` field must be specified.'],
    [{ expectation: { serialized_value: {} } }, 'Unknown serialization format: .'],
    [serialized('null'), 'The `value` field must be specified.'],
    [serialized('{bad'), 'is not valid JSON'],
    [serialized('NaN'), 'is not valid JSON'],
    [serialized('1e999'), 'no double can hold'],
    [serialized('['.repeat(100_000)), 'nested deeper than 64'],
    [{ expectation: { value: 1, serialized_value: { value: '1' } } }, 'Only one of'],
    [{ feedback: {}, assessment_name: 'x'.repeat(251) }, "'assessment_name' exceeds"],
    [{ feedback: {}, span_id: 'x'.repeat(51) }, "'span_id' exceeds"],
    [{ feedback: {}, source: { source_id: 'x'.repeat(251) } }, "'source_id' exceeds"],
    [{ feedback: {}, create_time: 'junk' }, "parameter 'create_time'"],
  ])('is refused: %j', (wire, message) => {
    expect(() => read(wire)).toThrow(message);
  });
});

function serialized(value: string): Partial<WireAssessment> {
  return { expectation: { serialized_value: { serialization_format: 'JSON_FORMAT', value } } };
}

describe('what charts make of a value', () => {
  it.each([
    ['0.5', 0.5, 1],
    ['true', 1, 0],
    ['false', 0, 0],
    ['" Yes"', 1, 0],
    ['"no"', 0, 0],
    ['"0.5"', null, 0],
    ['null', null, 0],
    ['[1.0]', null, 0],
  ])('%s', (text, number, isNumber) => {
    expect(weigh(text)).toEqual({ number, isNumber });
  });
});
