import { badRequest, MlflowError, notFound } from '../../errors.js';
import type { Clock } from '../../platform/clock.js';
import type { Database, Reader, Transaction } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import type { Keeper } from '../../platform/keeper.js';
import type { Owners, Trail } from '../../platform/trail.js';
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
export type ResolveLocation = (
  tx: Reader,
  given: string | undefined,
  experimentId: number,
) => Promise<string>;

export interface ExperimentServiceParts {
  readonly database: Database;
  readonly store: ExperimentStore;
  readonly resolveLocation: ResolveLocation;
  readonly keeper: Keeper;
  readonly trail: Trail;
  readonly owners: Owners;
  readonly now: Clock;
}

/** The commands of experiments. Each is one transaction. */
export class ExperimentService {
  readonly #database: Database;
  readonly #store: ExperimentStore;
  readonly #resolveLocation: ResolveLocation;
  readonly #keeper: Keeper;
  readonly #trail: Trail;
  readonly #owners: Owners;
  readonly #now: Clock;

  constructor(parts: ExperimentServiceParts) {
    this.#database = parts.database;
    this.#store = parts.store;
    this.#resolveLocation = parts.resolveLocation;
    this.#keeper = parts.keeper;
    this.#trail = parts.trail;
    this.#owners = parts.owners;
    this.#now = parts.now;
  }

  /** @returns the id of the new experiment */
  async create(
    name: string,
    location: string | undefined,
    tags: readonly Tag[],
    by: By,
  ): Promise<string> {
    checkExperimentName(name);
    for (const tag of tags) checkExperimentTag(tag);
    if (new Set(tags.map(({ key }) => key)).size < tags.length) throw experimentTaken(name);
    return this.#unlessTaken(experimentTaken(name), async (tx) => {
      const id = await this.#store.insert(tx, name, this.#now());
      const artifact_location = await this.#resolveLocation(tx, location, id);
      await this.#store.setLocation(tx, id, artifact_location);
      await this.#store.setTags(tx, id, tags);
      await this.#owners.created(tx, by, 'experiment', String(id));
      const after = { name, artifact_location, tags };
      await this.#trail.record(tx, by, { ...deed('create', id), after });
      return String(id);
    });
  }

  /** Makes experiment 0 at the first start. */
  async ensureDefault(): Promise<void> {
    if (await this.#store.find(this.#database.read, 0)) return;
    await this.#database.write(async (tx) => {
      const location = await this.#resolveLocation(tx, undefined, 0);
      await this.#store.insertDefault(tx, location, this.#now());
    });
  }

  async rename(id: string, name: string, by: By): Promise<void> {
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
      await this.#trail.record(tx, by, {
        ...deed('rename', experiment.experiment_id),
        before: { name: experiment.name },
        after: { name },
      });
    });
  }

  delete(id: string, by: By): Promise<void> {
    return this.#keeper.deleting({ kind: 'experiment', id }, by, (tx) =>
      this.#move(tx, id, 'active', 'deleted', by),
    );
  }

  restore(id: string, by: By): Promise<void> {
    return this.#database.write((tx) => this.#move(tx, id, 'deleted', 'active', by));
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

  async #move(
    tx: Transaction,
    text: string,
    from: 'active' | 'deleted',
    to: 'active' | 'deleted',
    by: By,
  ): Promise<void> {
    const experiment = await this.get(tx, text);
    if (experiment.lifecycle_stage !== from) throw noExperiment(experiment.experiment_id);
    await this.#store.setStage(tx, experiment.experiment_id, to, this.#now());
    await this.#trail.record(tx, by, {
      ...deed(to === 'deleted' ? 'delete' : 'restore', experiment.experiment_id),
      before: { name: experiment.name, lifecycle_stage: from },
      after: { lifecycle_stage: to },
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

const deed = (verb: string, id: number) => ({
  action: `experiment.${verb}`,
  object: { kind: 'experiment', id: String(id) },
});
