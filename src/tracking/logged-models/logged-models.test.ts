import { describe, expect, it } from 'vitest';
import { checkModelName, withVersion } from './logged-models.js';
import type { LoggedModelRow } from './logged-models.store.js';
import { loggedModelToJson } from './logged-models.wire.js';

describe('checkModelName', () => {
  it.each(['a/b', 'a:b', 'a.b', 'a%b', 'a"b', "a'b"])('refuses %s', (name) => {
    expect(() => checkModelName(name)).toThrow('cannot contain the following characters');
  });

  it('quotes the name as Python does', () => {
    expect(() => checkModelName("a'b")).toThrow(
      `Invalid model name ("a'b") provided. Model name must be a non-empty string and cannot ` +
        `contain the following characters: ('/', ':', '.', '%', '"', "'")`,
    );
  });

  it.each(['', 'a b', 'a\\b', 'é-1', 'a'.repeat(1_000)])('takes %j', (name) => {
    expect(() => checkModelName(name)).not.toThrow();
  });
});

describe('withVersion', () => {
  it('begins a list in the spelling of Python', () => {
    expect(withVersion(undefined, 'rm', 1)).toBe('[{"name": "rm", "version": 1}]');
    expect(withVersion('', 'ü😀', 1)).toBe('[{"name": "\\u00fc\\ud83d\\ude00", "version": 1}]');
  });

  it('appends a version once', () => {
    const one = withVersion(undefined, 'rm', 1);
    expect(withVersion(one, 'rm', 2)).toBe(
      '[{"name": "rm", "version": 1}, {"name": "rm", "version": 2}]',
    );
    expect(withVersion(one, 'rm', 1)).toBe(one);
  });

  it('keeps what others have put into the list', () => {
    expect(withVersion('[null, 3, {"name": "x", "version": "1", "more": [true]}]', 'x', 1)).toBe(
      '[null, 3, {"name": "x", "version": "1", "more": [true]}, {"name": "x", "version": 1}]',
    );
  });

  it.each(['{', '{}', '3', 'null'])('refuses a tag that is no list: %s', (text) => {
    expect(() => withVersion(text, 'rm', 1)).toThrow('is not a JSON list');
  });
});

describe('loggedModelToJson', () => {
  const row: LoggedModelRow = {
    model_id: 'm-1',
    experiment_id: 7,
    name: 'n',
    artifact_uri: 'file:///a',
    creation_timestamp: 1,
    last_updated_timestamp: 2n ** 60n,
    status: 2,
    model_type: '',
    source_run_id: '',
    status_message: null,
    tags: '[]',
    params: '[]',
    metrics: '[]',
  };
  const info =
    '"model_id":"m-1","experiment_id":"7","name":"n","creation_timestamp_ms":1,' +
    '"last_updated_timestamp_ms":1152921504606846976,"artifact_uri":"file:///a",' +
    '"status":"LOGGED_MODEL_READY","model_type":"","source_run_id":""';

  it('leaves out empty lists and keeps every digit', () => {
    expect(loggedModelToJson(row)).toBe(`{"info":{${info}},"data":{}}`);
  });

  it('nests the lists that the database has printed', () => {
    const full = { ...row, tags: '[1]', params: '[2]', metrics: '[3]' };
    expect(loggedModelToJson(full)).toBe(
      `{"info":{${info},"tags":[1]},"data":{"params":[2],"metrics":[3]}}`,
    );
    expect(loggedModelToJson({ ...full, params: '[]' })).toContain('"data":{"metrics":[3]}');
  });
});
