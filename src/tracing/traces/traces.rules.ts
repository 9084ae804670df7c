import { invalidParameter, missingParameter } from '../../errors.js';
import { checkKey, checkLength, truncate } from '../../platform/rules/names.js';
import { METADATA, TAG } from './traces.js';

const MAX_KEY = 250;
const MAX_VALUE = 8_000;
const MAX_NAME = 4_096;
const MAX_SESSION = 250;
const MAX_PREVIEW = 10_000;

/** Tags that only the server sets; the reason of a failed archival may be removed. */
const FAILURE_TAG = 'mlflow.trace.archivalFailure';
const OWN_TAGS: ReadonlySet<string> = new Set([
  TAG.spansLocation,
  'mlflow.trace.archiveLocation',
  FAILURE_TAG,
]);

/** Whether over-long values are cut (`MLFLOW_TRUNCATE_LONG_VALUES`) or refused. */
export interface ValueLimits {
  readonly truncate: boolean;
}

/**
 * A trace's folder is called like the trace, so its id must not mean another place.
 *
 * @throws MlflowError 400
 */
export function checkTraceId(traceId: string): void {
  if (traceId === '') throw missingParameter('trace_id');
  if (/^[\w-]{1,250}$/.test(traceId)) return;
  throw invalidParameter(
    `Invalid value ${JSON.stringify(traceId)} for parameter 'trace_id' supplied.`,
  );
}

/** @throws MlflowError 400 for a tag that only the server sets */
export function refuseOwnTag(key: string, action: 'set' | 'deleted'): void {
  if (!OWN_TAGS.has(key) || (action === 'deleted' && key === FAILURE_TAG)) return;
  throw invalidParameter(`Tag '${key}' is immutable and cannot be ${action} on a trace.`);
}

/** @returns the value of a tag as it is stored */
export function checkTraceTag(key: string, value: string, limits: ValueLimits): string {
  checkKey(key, 'key', 'key', MAX_KEY);
  const stored = limited(value, 'value', limits);
  if (key === TAG.name) checkLength(stored, 'Trace name', MAX_NAME);
  return stored;
}

/** @returns the tags of a new trace as they are stored; their names are free */
export function checkFirstTags(tags: ReadonlyMap<string, string>, limits: ValueLimits) {
  checkLength(tags.get(TAG.name) ?? '', 'Trace name', MAX_NAME);
  return limitedMap(tags, limits);
}

/** @returns the metadata as it is stored; its names are free */
export function checkMetadata(metadata: ReadonlyMap<string, string>, limits: ValueLimits) {
  checkLength(metadata.get(METADATA.session) ?? '', 'Session ID', MAX_SESSION);
  return limitedMap(metadata, limits);
}

/** @returns the preview as it is stored */
export const checkPreview = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : truncate(text, MAX_PREVIEW);

function limitedMap(map: ReadonlyMap<string, string>, limits: ValueLimits): Map<string, string> {
  for (const key of map.keys()) checkLength(key, 'key', MAX_KEY);
  return new Map([...map].map(([key, value]) => [key, limited(value, 'value', limits)]));
}

function limited(value: string, what: string, limits: ValueLimits): string {
  if (limits.truncate) return truncate(value, MAX_VALUE);
  checkLength(value, what, MAX_VALUE);
  return value;
}
