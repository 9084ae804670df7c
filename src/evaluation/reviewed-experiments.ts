import type { Reader } from '../platform/db/database.js';

/** What issues, label schemas and review queues ask of tracking. */
export interface ReviewedExperiments {
  /** @throws MlflowError 404 when there is no such experiment, or it is deleted */
  active(reader: Reader, id: string): Promise<number>;
  /** @throws MlflowError 400 for what is no id of an experiment */
  parse(id: string): number;
}
