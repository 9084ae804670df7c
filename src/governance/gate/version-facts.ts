import type { Reader } from '../../platform/db/database.js';
import type { CardState } from '../cards/check-card.js';
import type { VersionFacts } from '../evaluate/facts.js';
import type { Profile } from '../policy/profile.js';

/**
 * Gathers the evidence of a version. It may take its time, so it is asked before the transaction
 * that decides.
 */
export interface VersionFactsSource {
  /**
   * @param known what holds for the model, where the caller has just read it
   * @throws MlflowError 404 when there is no such version
   */
  factsOf(reader: Reader, model: string, version: number, known?: Profile): Promise<VersionFacts>;
  /**
   * @param model the key of the model's row
   * @returns another text as soon as something is stored that the facts would tell otherwise
   */
  markOf(reader: Reader, model: number, version: number): Promise<string>;
  /** @returns the card that a version would serve with if it came back unasked */
  cardIfBack(reader: Reader, model: string, version: number): Promise<CardState>;
}
