import { invalidParameter } from '../../errors.js';
import type { Clock } from '../../platform/clock.js';
import type { Database, Reader } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import type { Owners, Trail } from '../../platform/trail.js';
import { checkScorerName, checkSerializedScorer, noScorer, type ScorerVersion } from './scorers.js';
import type { ScorerStore } from './scorers.store.js';

/** What is asked of tracking. */
export interface ScoredExperiments {
  /** @throws MlflowError 404 when there is none, 400 when it is deleted */
  get(reader: Reader, id: string): Promise<{ readonly id: number }>;
  /** @throws MlflowError 400 for what is no id of an experiment */
  parse(id: string): number;
}

/** What MLflow lets pass in lists of ids, before it looks for a number. */
const LISTED_ID = /^[a-z0-9][\p{L}\p{N}_-]{0,63}$/iu;

export interface ScorerServiceParts {
  readonly database: Database;
  readonly store: ScorerStore;
  readonly experiments: ScoredExperiments;
  readonly trail: Trail;
  readonly owners: Owners;
  readonly now: Clock;
}

/** Scorers, which belong to an experiment and have versions. */
export class ScorerService {
  readonly #database: Database;
  readonly #store: ScorerStore;
  readonly #experiments: ScoredExperiments;
  readonly #trail: Trail;
  readonly #owners: Owners;
  readonly #now: Clock;

  constructor({ database, store, experiments, trail, owners, now }: ScorerServiceParts) {
    this.#database = database;
    this.#store = store;
    this.#experiments = experiments;
    this.#trail = trail;
    this.#owners = owners;
    this.#now = now;
  }

  /** @returns the new version */
  async register(
    experimentId: string,
    name: string,
    serialized: string,
    by: By,
  ): Promise<ScorerVersion> {
    checkSerializedScorer(serialized);
    checkScorerName(name);
    return this.#database.write(async (tx) => {
      const { id } = await this.#experiments.get(tx, experimentId);
      const isNew = await this.#store.insert(tx, id, name);
      const scorer = await this.#store.lock(tx, id, name);
      if (scorer === undefined) throw new Error('A new scorer has no row');
      await this.#store.insertVersion(tx, scorer, serialized, this.#now());
      const version = await this.#store.find(tx, id, name, undefined);
      if (version === undefined) throw new Error('A new version of a scorer has no row');
      if (isNew) await this.#owners.created(tx, by, 'scorer', scorerId(id, name));
      return version;
    });
  }

  /**
   * Lists the latest version of each scorer.
   *
   * @param experimentId empty for none
   * @param experimentIds undefined for those of all experiments
   */
  async list(
    experimentId: string,
    experimentIds: readonly string[] | undefined,
  ): Promise<ScorerVersion[]> {
    if (experimentIds === undefined) {
      if (experimentId === '') return this.#store.latest(undefined);
      const { id } = await this.#experiments.get(this.#database.read, experimentId);
      return this.#store.latest([id]);
    }
    if (experimentId !== '') {
      throw invalidParameter("Cannot specify both 'experiment_id' and 'experiment_ids'.");
    }
    const odd = experimentIds.find((id) => !LISTED_ID.test(id));
    if (odd !== undefined) throw invalidParameter(`Invalid experiment ID: '${odd}'`);
    return this.#store.latest(experimentIds.map((id) => this.#experiments.parse(id)));
  }

  /** @throws MlflowError 404 when there is no such scorer */
  async versions(experimentId: string, name: string): Promise<ScorerVersion[]> {
    const { id } = await this.#experiments.get(this.#database.read, experimentId);
    const versions = await this.#store.versions(id, name);
    if (versions.length === 0) throw noScorer(name, experimentId);
    return versions;
  }

  /**
   * @param version the latest where there is none
   * @throws MlflowError 404 when there is no such scorer
   */
  async get(
    experimentId: string,
    name: string,
    version: number | undefined,
  ): Promise<ScorerVersion> {
    const { read } = this.#database;
    const { id } = await this.#experiments.get(read, experimentId);
    const found = await this.#store.find(read, id, name, version);
    if (found !== undefined) return found;
    const exists = await this.#store.exists(read, id, name);
    throw noScorer(name, experimentId, exists ? version : undefined);
  }

  /**
   * Deletes one version, or the scorer as a whole.
   *
   * @throws MlflowError 404 when there is no such scorer
   */
  delete(experimentId: string, name: string, version: number | undefined, by: By): Promise<void> {
    return this.#database.write(async (tx) => {
      const { id } = await this.#experiments.get(tx, experimentId);
      const scorer = await this.#store.lock(tx, id, name);
      if (scorer === undefined) throw noScorer(name, experimentId);
      const deleted = await this.#store.deleteVersions(tx, scorer, version);
      if (deleted === 0) throw noScorer(name, experimentId, version);
      const object = { kind: 'scorer', id: scorerId(id, name) };
      if (version === undefined) {
        await this.#store.delete(tx, scorer);
        await this.#owners.deleted(tx, 'scorer', object.id);
      }
      const before = version === undefined ? { versions: deleted } : { version };
      await this.#trail.record(tx, by, { action: 'scorer.delete', object, before });
    });
  }
}

/** As permissions name a scorer: its name counts within its experiment alone. */
const scorerId = (experiment: number, name: string): string => `${experiment}/${name}`;
