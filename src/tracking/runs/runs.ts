import { invalidParameter, notFound } from '../../errors.js';
import { checkKey, checkLength, isPlainKey, truncate } from '../../platform/rules/names.js';

export type RunStatus = 'RUNNING' | 'SCHEDULED' | 'FINISHED' | 'FAILED' | 'KILLED';
export type LifecycleStage = 'active' | 'deleted';
export type Int64 = number | bigint;

/** The tag that holds a run's name; name and tag always change together. */
export const RUN_NAME_TAG = 'mlflow.runName';

export interface KeyValue {
  readonly key: string;
  readonly value: string;
}

/** What a run says of itself; times in ms since the epoch. */
export interface RunInfo {
  readonly run_id: string;
  readonly name: string;
  readonly experiment_id: number;
  readonly user_id: string;
  readonly status: RunStatus;
  readonly start_time: Int64 | null;
  readonly end_time: Int64 | null;
  readonly artifact_uri: string;
  readonly lifecycle_stage: LifecycleStage;
}

/** A run as a command finds it: its surrogate key and what decides whether it may be written. */
export interface RunKey {
  readonly id: number;
  readonly run_id: string;
  readonly experiment_id: number;
  readonly lifecycle_stage: LifecycleStage;
  /** 1 once a version of it has left stage None or was named by an alias. */
  readonly is_promoted: number;
}

export const noRun = (runId: string) => notFound(`Run with id=${runId} not found`);

/** @throws MlflowError 400 unless the run is active */
export function requireActive({ run_id, lifecycle_stage }: RunKey): void {
  if (lifecycle_stage === 'active') return;
  throw invalidParameter(
    `The run ${run_id} must be in the 'active' state. Current state is ${lifecycle_stage}.`,
  );
}

const MAX_KEY = 250;
const MAX_PARAM = 6_000;
const MAX_TAG = 8_000;

/** Whether over-long values are cut (`MLFLOW_TRUNCATE_LONG_VALUES`) or refused. */
export interface ValueLimits {
  readonly truncate: boolean;
}

/** @returns the param as it is stored */
export function checkParam(param: KeyValue, limits: ValueLimits, index?: number): KeyValue {
  if (!isPlainKey(param.key, MAX_KEY)) {
    checkKey(param.key, place('params', index, 'key'), 'Param key', MAX_KEY);
  }
  const value = limited(param.value, 'Param value', MAX_PARAM, limits);
  return { key: param.key, value };
}

/** The tags of a new run are stored as they are, but an index has to hold their keys. */
export function checkFirstTags(tags: readonly KeyValue[]): void {
  for (const { key } of tags) checkLength(key, 'key', MAX_KEY);
}

/** @returns the tag as it is stored */
export function checkTag(tag: KeyValue, limits: ValueLimits, index?: number): KeyValue {
  const path = place('tags', index, 'key');
  checkKey(tag.key, path, path, MAX_KEY);
  const value = limited(tag.value, place('tags', index, 'value'), MAX_TAG, limits);
  return { key: tag.key, value };
}

function limited(value: string, what: string, max: number, limits: ValueLimits): string {
  if (limits.truncate) return truncate(value, max);
  checkLength(value, what, max);
  return value;
}

const place = (list: string, index: number | undefined, field: string): string =>
  index === undefined ? field : `${list}[${index}].${field}`;
