import { createHash } from 'node:crypto';
import { invalidParameter, type MlflowError, notFound } from '../../errors.js';
import { refuseUnstorable } from '../../platform/filter/filter.js';
import { checkLength } from '../../platform/rules/names.js';
import { isObject, parseTagged, plainText } from '../../platform/tagged-json.js';

/** An evaluation dataset as it is stored; times in ms since the epoch. */
export interface EvaluationDataset {
  readonly dataset_id: string;
  readonly name: string;
  /** JSON. */
  readonly schema: string | null;
  /** Null until the first record comes. */
  readonly num_records: number | null;
  readonly digest: string;
  readonly created_time: number;
  readonly last_update_time: number;
  readonly created_by: string | null;
  readonly last_updated_by: string | null;
  readonly tags: Readonly<Record<string, string>>;
}

export type Tags = ReadonlyMap<string, string>;

/** The tag that says who does it. */
export const USER_TAG = 'mlflow.user';

const MAX_NAME = 255;
const MAX_KEY = 255;
const MAX_VALUE = 5_000;

/** @throws MlflowError 400 */
export const checkDatasetName = (name: string): void => checkLength(name, 'name', MAX_NAME);

/** @throws MlflowError 400 when nobody can be called that */
export function checkUser(name: string): string {
  checkLength(name, USER_TAG, MAX_NAME);
  refuseUnstorable(name, USER_TAG);
  return name;
}

/**
 * Reads tags from the JSON object that they are sent as. A tag without a value is left out.
 *
 * @throws MlflowError 400
 */
export function readTags(json: string): Tags {
  const parsed = parseTagged(json, 'tags');
  if (!isObject(parsed)) throw invalidParameter('tags must be a JSON object');
  const tags = new Map<string, string>();
  for (const [name, value] of Object.entries(parsed)) {
    if (value === null) continue;
    const key = name.slice(1);
    const text = typeof value === 'boolean' ? (value ? 'True' : 'False') : plainText(value);
    checkLength(key, 'tag key', MAX_KEY);
    checkLength(text, 'tag value', MAX_VALUE);
    refuseUnstorable(key, 'tag key');
    refuseUnstorable(text, 'tag value');
    tags.set(key, text);
  }
  return tags;
}

/** Tells the states of a dataset apart, as MLflow computes it. */
export const digestOf = (name: string, time: number): string =>
  createHash('sha256').update(`${name}:${time}`).digest('hex').slice(0, 8);

/** What reading a dataset says of one that is not there. */
export const noDataset = (id: string): MlflowError =>
  notFound(`Evaluation dataset with id '${id}' not found`);

/** The same, where experiments are added or taken away. */
export const noDatasetToLink = (id: string): MlflowError => notFound(`Dataset '${id}' not found`);

/** The same, where tags are set. */
export const noDatasetToTag = (id: string): MlflowError =>
  notFound(`Could not find evaluation dataset with ID ${id}`);

export const noExperiment = (id: string): MlflowError => notFound(`No Experiment with id=${id}`);

const EXPERIMENT_ID = /^(?:0|[1-9]\d{0,17})$/;

/** @returns the number of an experiment, or nothing where no experiment can be called that */
export const experimentNumber = (id: string): number | undefined => {
  const number = EXPERIMENT_ID.test(id) ? Number(id) : Number.NaN;
  return Number.isSafeInteger(number) ? number : undefined;
};
