import type { Reader } from '../../platform/db/database.js';
import type { VersionFacts } from '../evaluate/facts.js';

/**
 * Gathers the evidence of a version. It may take its time, so it is asked before the transaction
 * that decides.
 */
export interface VersionFactsSource {
  /** @throws MlflowError 404 when there is no such version */
  factsOf(reader: Reader, model: string, version: number): Promise<VersionFacts>;
}
