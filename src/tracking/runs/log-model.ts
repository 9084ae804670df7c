import { invalidParameter, type MlflowError } from '../../errors.js';
import { printLikePython } from '../../platform/python-json.js';

/** The run tag in which clients before MLflow 3 find the models that a run has logged. */
export const MODEL_HISTORY_TAG = 'mlflow.log-model.history';

const MANDATORY = ['artifact_path', 'flavors', 'run_id', 'utc_time_created'];

/**
 * Reads the MLmodel description that a client sends with log-model.
 *
 * @returns what the history keeps of it
 * @throws MlflowError 400 when it is not JSON, or lacks a mandatory field
 */
export function readModelJson(text: string): Record<string, unknown> {
  const model = parse(text);
  const missing = MANDATORY.filter((field) => !(field in model));
  if (missing.length > 0) {
    const names = missing.map((name) => `'${name}'`).join(', ');
    throw invalidParameter(`Model json is missing mandatory fields: {${names}}`);
  }
  if (!isObject(model.flavors)) throw malformed(text);
  const { run_id, artifact_path, utc_time_created, model_uuid = null, flavors } = model;
  return { run_id, artifact_path, utc_time_created, model_uuid, flavors: withoutConfig(flavors) };
}

/**
 * @returns the tag's value with one more model
 * @throws MlflowError 400 when the tag holds something else, which would be lost
 */
export function appendToHistory(
  history: string | undefined,
  model: Record<string, unknown>,
): string {
  return printLikePython([...(history === undefined ? [] : readHistory(history)), model]);
}

function readHistory(history: string): unknown[] {
  try {
    const list: unknown = JSON.parse(history);
    if (Array.isArray(list)) return list;
  } catch {
    // Told below, like JSON that is no list.
  }
  throw invalidParameter(`The tag '${MODEL_HISTORY_TAG}' of the run holds no list of models.`);
}

function parse(text: string): Record<string, unknown> {
  try {
    const model: unknown = JSON.parse(text);
    if (isObject(model)) return model;
  } catch {
    // Told below, like JSON that is no object.
  }
  throw malformed(text);
}

const malformed = (text: string): MlflowError =>
  invalidParameter(`Malformed model info. \n ${text} \n is not a valid JSON.`);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A flavor's `config` may be long and is not needed to find a model again. */
function withoutConfig(flavors: unknown): unknown {
  if (typeof flavors !== 'object' || flavors === null) return flavors;
  return Object.fromEntries(
    Object.entries(flavors).map(([name, flavor]) => {
      if (typeof flavor !== 'object' || flavor === null) return [name, flavor];
      const { config: _, ...kept } = flavor as Record<string, unknown>;
      return [name, kept];
    }),
  );
}
