import { randomUUID } from 'node:crypto';
import { invalidParameter } from '../../errors.js';
import { type Scope, seesAll } from '../../platform/http/scope.js';
import type { OnlineScoringConfig, OnlineScoringStore } from './online-scoring.store.js';
import { noScorer } from './scorers.js';
import type { ScorerServiceParts } from './scorers.service.js';

/**
 * Settings of scorers that judge new traces by themselves. That needs a language model behind a
 * gateway, which there is none of, so all that can be set is that a scorer judges nothing.
 */
export class OnlineScoringService {
  readonly #parts: ScorerServiceParts;
  readonly #store: OnlineScoringStore;
  readonly #checkFilter: (filter: string) => void;

  /** @param checkFilter throws MlflowError 400 for what is no search of traces */
  constructor(
    parts: ScorerServiceParts,
    store: OnlineScoringStore,
    checkFilter: (filter: string) => void,
  ) {
    this.#parts = parts;
    this.#store = store;
    this.#checkFilter = checkFilter;
  }

  /** @returns the settings of those of the scorers that have any */
  find(scorerIds: readonly string[], scope: Scope = seesAll): Promise<OnlineScoringConfig[]> {
    return this.#store.find(this.#parts.database.read, scorerIds, scope);
  }

  /** @throws MlflowError 400, or 404 when there is no such scorer */
  async set(
    experimentId: string,
    name: string,
    sampleRate: number,
    filter: string | undefined,
  ): Promise<OnlineScoringConfig> {
    if (!(sampleRate >= 0 && sampleRate <= 1)) {
      throw invalidParameter(`sample_rate must be between 0.0 and 1.0, got ${sampleRate}`);
    }
    if (filter !== undefined) this.#checkFilter(filter);
    const { database, store, experiments } = this.#parts;
    return database.write(async (tx) => {
      const { id } = await experiments.get(tx, experimentId);
      const scorer = await store.lock(tx, id, name);
      if (scorer === undefined) throw noScorer(name, experimentId);
      if (sampleRate > 0) {
        throw invalidParameter(
          `Scorer '${name}' does not use a gateway model. Nothing else can judge by itself.`,
        );
      }
      const config = {
        online_scoring_config_id: randomUUID().replaceAll('-', ''),
        sample_rate: sampleRate,
        filter_string: filter ?? null,
      };
      await this.#store.save(tx, scorer, config);
      const scorer_id = await this.#store.scorerId(tx, scorer);
      return { ...config, scorer_id, experiment_id: id };
    });
  }
}
