import { invalidParameter, type MlflowError, notFound } from '../../errors.js';
import type { Tag } from '../tags.js';

/** MLflow's own, which no policy renames. */
export const STAGES = ['None', 'Staging', 'Production', 'Archived'] as const;
/** One of MLflow's four, or one that governance adds for a model. */
export type Stage = string;

/** Stands in the row of a deleted version, which keeps its number from being given again. */
export const DELETED = 'Deleted_Internal';

/** A model version as it is stored; times in ms since the epoch. */
export interface ModelVersion {
  readonly name: string;
  readonly version: number;
  readonly creation_timestamp: number;
  readonly last_updated_timestamp: number;
  readonly current_stage: Stage;
  readonly description: string | null;
  readonly source: string;
  readonly run_id: string;
  readonly run_link: string;
  readonly status: 'PENDING_REGISTRATION' | 'FAILED_REGISTRATION' | 'READY';
  readonly status_message: string | null;
  readonly tags: readonly Tag[];
  readonly aliases: readonly string[];
}

/** What a new version is made of; empty texts stand for what was not given. */
export interface NewVersion {
  readonly source: string;
  readonly storageLocation: string;
  readonly runId: string;
  readonly runLink: string;
  readonly description: string;
}

/**
 * @param custom stages beside MLflow's four
 * @returns the stage in its canonical spelling
 * @throws MlflowError 400 for any other
 */
export function parseStage(text: string, custom: readonly Stage[] = []): Stage {
  const lower = text.toLowerCase();
  const known = [...STAGES, ...custom];
  const stage = known.find((name) => name.toLowerCase() === lower);
  if (stage !== undefined) return stage;
  throw invalidParameter(
    `Invalid Model Version stage: ${text}. Value must be one of ${known.join(', ')}.`,
  );
}

/** Only a stage that serves can have its other versions archived. @throws MlflowError 400 */
export function requireActiveStage(stage: Stage, typed: string): void {
  if (stage === 'Staging' || stage === 'Production') return;
  throw invalidParameter(
    'Model version transition cannot archive existing model versions because ' +
      `'${typed}' is not an Active stage. Valid stages are ['Staging', 'Production']`,
  );
}

/**
 * Reads a version number as Python reads an integer: `01` and ` 1` are 1.
 *
 * @throws MlflowError 400 when it is none, 404 when no version can have it
 */
export function parseVersion(name: string, text: string): number {
  const digits = text.trim();
  if (!/^[+-]?\d+(?:_\d+)*$/.test(digits)) {
    throw invalidParameter(`Parameter 'version' must be an integer, got '${text}'.`);
  }
  const number = Number(digits.replaceAll('_', ''));
  if (Number.isSafeInteger(number)) return number === 0 ? 0 : number;
  throw noVersion(name, digits.replaceAll('_', ''));
}

export const noVersion = (name: string, version: number | string): MlflowError =>
  notFound(`Model Version (name=${name}, version=${version}) not found`);
