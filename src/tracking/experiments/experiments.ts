import { alreadyExists, invalidParameter, notFound } from '../../errors.js';
import { checkKey, checkLength } from '../../platform/rules/names.js';

export type LifecycleStage = 'active' | 'deleted';

export interface Tag {
  readonly key: string;
  readonly value: string;
}

/** An experiment as it is stored; times in ms since the epoch. */
export interface Experiment {
  readonly experiment_id: number;
  readonly workspace: string;
  readonly name: string;
  readonly artifact_location: string;
  readonly lifecycle_stage: LifecycleStage;
  readonly creation_time: number;
  readonly last_update_time: number;
  readonly tags: readonly Tag[];
}

export type ExperimentState = Pick<
  Experiment,
  'experiment_id' | 'artifact_location' | 'lifecycle_stage'
>;

/** @throws MlflowError 400 when the text is not an integer */
export function parseExperimentId(text: string): number {
  const id = /^\s*[+-]?\d{1,15}\s*$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isNaN(id)) return id;
  if (/^\s*[+-]?\d+\s*$/.test(text)) throw noExperiment(text.trim());
  throw invalidParameter(`Invalid experiment ID '${text}'. Experiment ID must be a valid integer.`);
}

/**
 * Reads the ids of a search, each once. One that no experiment can have finds nothing.
 *
 * @throws MlflowError 400 when one is not an integer
 */
export function parseExperimentIds(texts: readonly string[]): number[] {
  const ids = texts.filter((text) => !/^\s*[+-]?\d{16,}\s*$/.test(text)).map(parseExperimentId);
  return [...new Set(ids)];
}

export const noExperiment = (id: number | string) => notFound(`No Experiment with id=${id} exists`);

export const experimentTaken = (name: string) =>
  alreadyExists(`Experiment(name=${name}) already exists.`);

/** @throws MlflowError 400 unless the experiment is active */
export function requireActive({ experiment_id, lifecycle_stage }: ExperimentState): void {
  if (lifecycle_stage === 'active') return;
  throw invalidParameter(
    `The experiment ${experiment_id} must be in the 'active' state. Current state is ${lifecycle_stage}.`,
  );
}

const MAX_NAME = 500;
const MAX_TAG_VALUE = 20_000;

export const checkExperimentName = (name: string): void => checkLength(name, 'name', MAX_NAME);

export function checkExperimentTag({ key, value }: Tag): void {
  checkKey(key, 'key', 'key', 250);
  checkLength(value, 'value', MAX_TAG_VALUE);
}
