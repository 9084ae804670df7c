import { joinLocation } from '../../artifacts/uri.js';
import { badRequest, notFound } from '../../errors.js';
import type { Clock } from '../../platform/clock.js';
import type { Database, Reader, Transaction } from '../../platform/db/database.js';
import { quoted } from '../../platform/filter/python-text.js';
import type { By } from '../../platform/http/operation.js';
import { newHexId } from '../../platform/ids.js';
import { type CheckNewParams, type Keeper, unchecked } from '../../platform/keeper.js';
import { randomName } from '../../platform/random-name.js';
import type { Trail } from '../../platform/trail.js';
import {
  checkKeys,
  checkModelName,
  checkSourceRun,
  type KeyValue,
  type LoggedModelStatus,
  noModel,
  requireDistinct,
  STATUSES,
  VERSIONS_TAG,
  withVersion,
} from './logged-models.js';
import type { LoggedModelRow, LoggedModelStore } from './logged-models.store.js';

/** What logged models need of experiments. */
export interface ActiveExperiments {
  /** @throws MlflowError 404 when there is no such experiment, 400 when it is deleted */
  get(
    reader: Reader,
    experimentId: string,
  ): Promise<{ readonly id: number; readonly artifactLocation: string }>;
}

export interface LoggedModelRequest {
  readonly experimentId: string;
  /** Empty for a random one. */
  readonly name: string;
  readonly modelType: string;
  readonly sourceRunId: string;
  readonly params: readonly KeyValue[];
  readonly tags: readonly KeyValue[];
}

/** The commands of logged models. Each is one transaction. Deleted models can still be written. */
export class LoggedModelService {
  readonly #database: Database;
  readonly #store: LoggedModelStore;
  readonly #experiments: ActiveExperiments;
  readonly #keeper: Keeper;
  readonly #trail: Trail;
  readonly #now: Clock;

  constructor(
    database: Database,
    store: LoggedModelStore,
    experiments: ActiveExperiments,
    { trail, keeper }: { readonly trail: Trail; readonly keeper: Keeper },
    now: Clock,
  ) {
    this.#database = database;
    this.#store = store;
    this.#experiments = experiments;
    this.#keeper = keeper;
    this.#trail = trail;
    this.#now = now;
  }

  async create(request: LoggedModelRequest): Promise<LoggedModelRow> {
    checkModelName(request.name);
    checkKeys([...request.params, ...request.tags]);
    checkSourceRun(request.sourceRunId);
    requireDistinct(request.params, 'params');
    requireDistinct(request.tags, 'tags');
    const modelId = `m-${newHexId()}`;
    return this.#database.write(async (tx) => {
      const experiment = await this.#experiments.get(tx, request.experimentId);
      const id = await this.#store.insert(tx, {
        modelId,
        experimentId: experiment.id,
        name: request.name || randomName(),
        artifactUri: joinLocation(experiment.artifactLocation, 'models', modelId, 'artifacts'),
        modelType: request.modelType,
        sourceRunId: request.sourceRunId,
        status: STATUSES.indexOf('LOGGED_MODEL_PENDING'),
        now: this.#now(),
      });
      if (request.params.length > 0) await this.#store.insertParams(tx, id, request.params);
      if (request.tags.length > 0) await this.#store.setTags(tx, id, request.tags);
      return this.#reread(tx, modelId);
    });
  }

  /** Sets the status, as often as the caller likes. */
  async finalize(modelId: string, status: LoggedModelStatus): Promise<LoggedModelRow> {
    return this.#database.write(async (tx) => {
      const number = STATUSES.indexOf(status);
      if (await this.#store.setStatus(tx, modelId, number, this.#now())) {
        return this.#reread(tx, modelId);
      }
      throw noModel(modelId);
    });
  }

  async delete(modelId: string, by: By): Promise<void> {
    await this.#keeper.deleting({ kind: 'logged model', id: modelId }, by, async (tx) => {
      if (!(await this.#store.markDeleted(tx, modelId, this.#now()))) throw noModel(modelId);
      const object = { kind: 'logged_model', id: modelId };
      await this.#trail.record(tx, by, { action: 'logged_model.delete', object });
    });
  }

  /** Params are written once: a key that is there already is refused, whatever its value. */
  async logParams(
    modelId: string,
    params: readonly KeyValue[],
    check: CheckNewParams = unchecked,
  ): Promise<void> {
    checkKeys(params);
    await this.#database.write(async (tx) => {
      const { id } = await this.#lock(tx, modelId);
      requireDistinct(params, 'params');
      if (params.length === 0) return;
      const keys = params.map(({ key }) => key);
      await check(tx, { kind: 'logged model', id: modelId }, keys);
      if ((await this.#store.insertParams(tx, id, params)) === params.length) return;
      throw badRequest(`A param of logged model '${modelId}' can be logged only once.`);
    });
  }

  /** Sets tags; of equal keys the last one counts. */
  async setTags(modelId: string, tags: readonly KeyValue[]): Promise<void> {
    checkKeys(tags);
    const last = new Map(tags.map((tag) => [tag.key, tag]));
    await this.#database.write(async (tx) => {
      const { id } = await this.#lock(tx, modelId);
      if (last.size > 0) await this.#store.setTags(tx, id, [...last.values()]);
    });
  }

  async deleteTag(modelId: string, key: string, by: By): Promise<void> {
    const what = { kind: 'logged model', id: modelId, tag: key } as const;
    await this.#keeper.deleting(what, by, async (tx) => {
      const { id } = await this.#lock(tx, modelId);
      if (await this.#store.deleteTag(tx, id, key)) return;
      throw notFound(`No tag with key ${quoted(key)} found for model with ID ${quoted(modelId)}.`);
    });
  }

  /**
   * Notes in the model's tags that a registered version was made from it. For the registry,
   * inside of its own command.
   *
   * @throws MlflowError 404 when there is no such model or it is deleted
   */
  async appendVersion(
    tx: Transaction,
    modelId: string,
    name: string,
    version: number,
  ): Promise<{ readonly sourceRunId: string }> {
    const model = await this.#lock(tx, modelId);
    if (model.lifecycle_stage !== 'active') throw noModel(modelId);
    const tag = await this.#store.tag(tx, model.id, VERSIONS_TAG);
    const value = withVersion(tag, name, version);
    await this.#store.setTags(tx, model.id, [{ key: VERSIONS_TAG, value }]);
    return { sourceRunId: model.source_run_id };
  }

  /**
   * @returns where the artifacts of a model lie
   * @throws MlflowError 404 when there is no such model or it is deleted
   */
  async artifactUri(reader: Reader, modelId: string): Promise<string> {
    const uri = await this.#store.artifactUri(reader, modelId);
    if (uri === undefined) throw noModel(modelId);
    return uri;
  }

  async #lock(tx: Transaction, modelId: string) {
    const model = await this.#store.lock(tx, modelId);
    if (model === undefined) throw noModel(modelId);
    return model;
  }

  async #reread(tx: Transaction, modelId: string): Promise<LoggedModelRow> {
    const row = await this.#store.read(tx, modelId, true);
    if (row === undefined) throw noModel(modelId);
    return row;
  }
}
