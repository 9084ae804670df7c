import { badRequest, invalidParameter, notFound } from '../../errors.js';
import { quoted, tuple } from '../../platform/filter/python-text.js';
import { printLikePython } from '../../platform/python-json.js';
import { checkLength } from '../../platform/rules/names.js';

export type Int64 = number | bigint;

export interface KeyValue {
  readonly key: string;
  readonly value: string;
}

/** Where the upload of a model stands; the number at which each name stands is stored. */
export const STATUSES = [
  'LOGGED_MODEL_STATUS_UNSPECIFIED',
  'LOGGED_MODEL_PENDING',
  'LOGGED_MODEL_READY',
  'LOGGED_MODEL_UPLOAD_FAILED',
] as const;

export type LoggedModelStatus = (typeof STATUSES)[number];

/** A point of a metric of a model, logged by a run. */
export interface LoggedModelPoint {
  readonly modelId: string;
  readonly key: string;
  readonly value: number;
  readonly isNan: 0 | 1;
  readonly timestamp: Int64;
  readonly step: Int64;
  readonly runId: string;
  readonly datasetName: string | undefined;
  readonly datasetDigest: string | undefined;
}

/** The tag that lists the registered versions made from a model. */
export const VERSIONS_TAG = 'mlflow.modelVersions';

const FORBIDDEN = ['/', ':', '.', '%', '"', "'"];

/** @throws MlflowError 400 when the name holds a character that a model URI gives a meaning to */
export function checkModelName(name: string): void {
  if (!FORBIDDEN.some((char) => name.includes(char))) return;
  throw invalidParameter(
    `Invalid model name (${quoted(name)}) provided. Model name must be a non-empty string and ` +
      `cannot contain the following characters: ${tuple(FORBIDDEN.map(quoted))}`,
  );
}

export const noModel = (modelId: string) =>
  notFound(`Logged model with ID '${modelId}' not found.`);

/** What an index entry holds for certain, and what the keys of runs may have. */
const MAX_KEY = 250;

/** @throws MlflowError 400 for an id that no index could hold; those of runs have 32 characters */
export const checkSourceRun = (id: string): void => checkLength(id, 'source_run_id', MAX_KEY);

/** @throws MlflowError 400 for a key that no index could hold */
export function checkKeys(list: readonly KeyValue[]): void {
  for (const { key } of list) checkLength(key, 'key', MAX_KEY);
}

/** @throws MlflowError 400 when a key comes twice */
export function requireDistinct(list: readonly KeyValue[], what: 'params' | 'tags'): void {
  if (new Set(list.map(({ key }) => key)).size === list.length) return;
  throw badRequest(`The ${what} of a logged model must have distinct keys.`);
}

/**
 * Adds a registered version to the list in a model's tag, once.
 *
 * @param text the tag as it is, if it is set
 * @returns the tag in the spelling of Python's JSON, as MLflow's clients write it
 */
export function withVersion(text: string | undefined, name: string, version: number): string {
  const entries = text ? parseList(text) : [];
  const known = entries.some((entry) => isVersion(entry, name, version));
  return printLikePython(known ? entries : [...entries, { name, version }]);
}

function parseList(text: string): unknown[] {
  try {
    const list: unknown = JSON.parse(text);
    if (Array.isArray(list)) return list;
  } catch {
    // Told below: what is not JSON is no list either.
  }
  throw badRequest(`The logged model's tag '${VERSIONS_TAG}' is not a JSON list: ${text}`);
}

const isVersion = (entry: unknown, name: string, version: number): boolean =>
  typeof entry === 'object' &&
  entry !== null &&
  'name' in entry &&
  entry.name === name &&
  'version' in entry &&
  entry.version === version;
