import { badRequest, MlflowError, notFound } from '../../errors.js';
import type { Clock } from '../../platform/clock.js';
import type { Database, Reader, Transaction } from '../../platform/db/database.js';
import {
  checkExperimentName,
  checkExperimentTag,
  type Experiment,
  type ExperimentState,
  experimentTaken,
  noExperiment,
  parseExperimentId,
  requireActive,
  type Tag,
} from './experiments.js';
import type { ExperimentStore } from './experiments.store.js';

/** Where an experiment's artifacts lie: the caller's wish, or a folder below the default root. */
export type ResolveLocation = (given: string | undefined, experimentId: number) => string;

/** The commands of experiments. Each is one transaction. */
export class ExperimentService {
  readonly #database: Database;
  readonly #store: ExperimentStore;
  readonly #resolveLocation: ResolveLocation;
  readonly #now: Clock;

  constructor(
    database: Database,
    store: ExperimentStore,
    resolveLocation: ResolveLocation,
    now: Clock,
  ) {
    this.#database = database;
    this.#store = store;
    this.#resolveLocation = resolveLocation;
    this.#now = now;
  }

  /** @returns the id of the new experiment */
  async create(name: string, location: string | undefined, tags: readonly Tag[]): Promise<string> {
    checkExperimentName(name);
    for (const tag of tags) checkExperimentTag(tag);
    if (new Set(tags.map(({ key }) => key)).size < tags.length) throw experimentTaken(name);
    return this.#unlessTaken(experimentTaken(name), async (tx) => {
      const id = await this.#store.insert(tx, name, this.#now());
      await this.#store.setLocation(tx, id, this.#resolveLocation(location, id));
      await this.#store.setTags(tx, id, tags);
      return String(id);
    });
  }

  /** Makes experiment 0 at the first start. */
  async ensureDefault(): Promise<void> {
    if (await this.#store.find(this.#database.read, 0)) return;
    await this.#database.write((tx) =>
      this.#store.insertDefault(tx, this.#resolveLocation(undefined, 0), this.#now()),
    );
  }

  async rename(id: string, name: string): Promise<void> {
    checkExperimentName(name);
    const taken = badRequest(`An experiment with the name '${name}' already exists.`);
    await this.#unlessTaken(taken, async (tx) => {
      const experiment = await this.get(tx, id);
      if (experiment.lifecycle_stage !== 'active') {
        throw new MlflowError('INVALID_STATE', 'Cannot rename a non-active experiment.', {
          status: 400,
        });
      }
      await this.#store.rename(tx, experiment.experiment_id, name, this.#now());
    });
  }

  delete(id: string): Promise<void> {
    return this.#move(id, 'active', 'deleted');
  }

  restore(id: string): Promise<void> {
    return this.#move(id, 'deleted', 'active');
  }

  async setTag(id: string, tag: Tag): Promise<void> {
    checkExperimentTag(tag);
    await this.#database.write(async (tx) => {
      const experiment = await this.getActive(tx, id);
      await this.#store.setTags(tx, experiment.experiment_id, [tag]);
    });
  }

  async deleteTag(id: string, key: string): Promise<void> {
    await this.#database.write(async (tx) => {
      const experiment = await this.getActive(tx, id);
      if (await this.#store.deleteTag(tx, experiment.experiment_id, key)) return;
      throw notFound(`No tag with name: ${key} in experiment with id ${experiment.experiment_id}`);
    });
  }

  /** @throws MlflowError 404 when there is none, deleted ones included */
  async get(reader: Reader, text: string): Promise<Experiment> {
    const id = parseExperimentId(text);
    const experiment = await this.#store.find(reader, id);
    if (experiment === undefined) throw noExperiment(id);
    return experiment;
  }

  /** @throws MlflowError 404 when there is none, 400 when it is deleted */
  async getActive(reader: Reader, text: string): Promise<ExperimentState> {
    const id = parseExperimentId(text);
    const experiment = await this.#store.state(reader, id);
    if (experiment === undefined) throw noExperiment(id);
    requireActive(experiment);
    return experiment;
  }

  async #move(text: string, from: 'active' | 'deleted', to: 'active' | 'deleted'): Promise<void> {
    await this.#database.write(async (tx) => {
      const experiment = await this.get(tx, text);
      if (experiment.lifecycle_stage !== from) throw noExperiment(experiment.experiment_id);
      await this.#store.setStage(tx, experiment.experiment_id, to, this.#now());
    });
  }

  async #unlessTaken<Result>(
    taken: MlflowError,
    work: (tx: Transaction) => Promise<Result>,
  ): Promise<Result> {
    try {
      return await this.#database.write(work);
    } catch (error) {
      throw this.#database.dialect.isUniqueViolation(error) ? taken : error;
    }
  }
}
