import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import { refusal } from '../../platform/filter/testing/refusal.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { type Tracking, trackingOn } from '../testing/tracking-on.js';
import { appendToHistory, MODEL_HISTORY_TAG, readModelJson } from './log-model.js';

const MODEL = {
  run_id: 'r',
  artifact_path: 'm',
  utc_time_created: '2026-01-01',
  flavors: { sklearn: { version: '1', config: 'long' }, none: null },
};

describe('a model description', () => {
  it('is kept without configs, and with a null for an absent uuid', () => {
    expect(readModelJson(JSON.stringify({ ...MODEL, mlflow_version: '3' }))).toEqual({
      ...MODEL,
      flavors: { sklearn: { version: '1' }, none: null },
      model_uuid: null,
    });
    expect(readModelJson(JSON.stringify({ ...MODEL, model_uuid: 'u' })).model_uuid).toBe('u');
  });

  it.each(['', '{', '[]', '5', 'null'])("is no JSON object: '%s'", (text) => {
    expect(refusal(() => readModelJson(text))).toBe(
      `INVALID_PARAMETER_VALUE: Malformed model info. \n ${text} \n is not a valid JSON.`,
    );
  });

  it('needs four fields', () => {
    expect(refusal(() => readModelJson('{"flavors":{}}'))).toBe(
      "INVALID_PARAMETER_VALUE: Model json is missing mandatory fields: {'artifact_path', 'run_id', 'utc_time_created'}",
    );
  });
});

describe('the history of models', () => {
  it('is a list in the spelling of Python', () => {
    const first = appendToHistory(undefined, { a: 'é' });
    expect(first).toBe('[{"a": "\\u00e9"}]');
    expect(appendToHistory(first, { b: null })).toBe('[{"a": "\\u00e9"}, {"b": null}]');
  });

  it.each(['no JSON', '{"a":1}', '5'])('is not written over where the tag holds %s', (history) => {
    expect(refusal(() => appendToHistory(history, {}))).toBe(
      "INVALID_PARAMETER_VALUE: The tag 'mlflow.log-model.history' of the run holds no list of models.",
    );
  });
});

forEachDatabase((open) => {
  let database: Database;
  let tracking: Tracking;
  let id: string;
  beforeAll(async () => {
    database = await open();
    tracking = trackingOn(database);
    id = await tracking.run(await tracking.experiment());
  });

  const history = async () => {
    const { data } = await tracking.show(id);
    const tag = data.tags?.find(({ key }) => key === MODEL_HISTORY_TAG);
    return JSON.parse(tag?.value ?? '') as { artifact_path: string }[];
  };

  it('keeps each of the models that are logged at once, whole', async () => {
    const paths = Array.from({ length: 12 }, (_, index) => `${index}`.padEnd(1_000, 'x'));
    await Promise.all(
      paths.map((artifact_path) =>
        tracking.runs.logModel(id, JSON.stringify({ ...MODEL, artifact_path })),
      ),
    );
    expect((await history()).map(({ artifact_path }) => artifact_path).sort()).toEqual(
      paths.sort(),
    );
  });
});
