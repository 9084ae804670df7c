import { invalidParameter } from '../../errors.js';

const MAX_RESULTS = 50_000;

/** @throws MlflowError 400 in the wording of MLflow's tracking store, outside of 1 to 50000 */
export function checkMaxResults(max: number | bigint): void {
  const refused = `Invalid value ${max} for parameter 'max_results' supplied.`;
  if (max < 1) throw invalidParameter(`${refused} It must be a positive integer`);
  if (max > MAX_RESULTS) throw invalidParameter(`${refused} It must be at most ${MAX_RESULTS}`);
}

/** The lifecycle stages that a view type shows. */
export const VIEW_STAGES = {
  ACTIVE_ONLY: ['active'],
  DELETED_ONLY: ['deleted'],
  ALL: ['active', 'deleted'],
} as const;
