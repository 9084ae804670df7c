import { joinLocation } from '../../artifacts/uri.js';
import { badRequest, invalidParameter, notFound } from '../../errors.js';
import type { Clock } from '../../platform/clock.js';
import type { Database, Reader, Transaction } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import { claimKey } from '../../platform/idempotency.js';
import { newHexId } from '../../platform/ids.js';
import { type CheckNewParams, type Keeper, unchecked } from '../../platform/keeper.js';
import { randomName } from '../../platform/random-name.js';
import type { BusyTrail } from '../../platform/trail.js';
import { appendToHistory, MODEL_HISTORY_TAG, readModelJson } from './log-model.js';
import { storeParams } from './params.rules.js';
import {
  checkFirstTags,
  checkParam,
  checkTag,
  type Int64,
  type KeyValue,
  noRun,
  RUN_NAME_TAG,
  type RunInfo,
  type RunKey,
  type RunStatus,
  requireActive,
  type ValueLimits,
} from './runs.js';
import type { RunStore } from './runs.store.js';

/** What a run needs to know of its experiment. */
export interface ActiveExperiments {
  /** @throws MlflowError 404 or, when it is deleted, 400 */
  get(
    reader: Reader,
    experimentId: string,
  ): Promise<{ readonly id: number; readonly artifactLocation: string }>;
}

/** Assessments that the evaluation of a run has made go with the run. */
export interface RunAssessments {
  deleteOfRun(tx: Transaction, runId: string): Promise<void>;
}

export interface RunRequest {
  readonly experimentId: string | undefined;
  readonly userId: string;
  readonly name: string;
  readonly startTime: Int64;
  readonly tags: readonly KeyValue[];
  /** A request with the key of an earlier one is answered with the run that that one made. */
  readonly idempotencyKey: string | undefined;
}

export interface Created {
  readonly info: RunInfo;
  readonly tags: readonly KeyValue[];
}

export interface RunServiceParts {
  readonly database: Database;
  readonly store: RunStore;
  readonly experiments: ActiveExperiments;
  readonly assessments: RunAssessments;
  readonly keeper: Keeper;
  readonly trail: BusyTrail;
  readonly limits: ValueLimits;
  readonly now: Clock;
}

/** The commands of runs. Each is one transaction. */
export class RunService {
  readonly #database: Database;
  readonly #store: RunStore;
  readonly #experiments: ActiveExperiments;
  readonly #assessments: RunAssessments;
  readonly #keeper: Keeper;
  readonly #trail: BusyTrail;
  readonly #limits: ValueLimits;
  readonly #now: Clock;

  constructor(parts: RunServiceParts) {
    this.#database = parts.database;
    this.#store = parts.store;
    this.#experiments = parts.experiments;
    this.#assessments = parts.assessments;
    this.#keeper = parts.keeper;
    this.#trail = parts.trail;
    this.#limits = parts.limits;
    this.#now = parts.now;
  }

  /** @returns the new run and its tags, the name among them */
  async create(request: RunRequest, by: By): Promise<Created> {
    const { experimentId } = request;
    if (!experimentId) throw badRequest("A run needs an 'experiment_id'.");
    const name = nameOf(request);
    checkFirstTags(request.tags);
    const tags = withName(request.tags, name);
    if (new Set(tags.map(({ key }) => key)).size < tags.length) {
      throw badRequest('The tags of a run must have distinct keys.');
    }
    const run_id = newHexId();
    return this.#database.write(async (tx) => {
      const earlier = await this.#createdBefore(tx, request, run_id);
      if (earlier) return earlier;
      const experiment = await this.#experiments.get(tx, experimentId);
      const run = {
        run_id,
        experiment_id: experiment.id,
        name,
        user_id: request.userId,
        start_time: request.startTime,
        artifact_uri: joinLocation(experiment.artifactLocation, run_id, 'artifacts'),
      };
      await this.#store.insert(tx, run, by.caller.name, tags);
      // Where nobody signs in there is nobody to name.
      if (by.caller.method !== 'nobody') {
        await this.#trail.recordLater(tx, by, {
          action: 'run.create',
          object: { kind: 'run', id: run_id },
          after: { experiment_id: String(experiment.id), user_id: request.userId },
        });
      }
      const info = {
        ...run,
        status: 'RUNNING',
        end_time: null,
        lifecycle_stage: 'active',
      } as const;
      return { info, tags };
    });
  }

  async #createdBefore(
    tx: Transaction,
    { idempotencyKey: key, ...request }: RunRequest,
    runId: string,
  ): Promise<Created | undefined> {
    if (key === undefined) return undefined;
    const earlier = await claimKey(tx, { scope: 'createRun', key, request }, runId, this.#now());
    const row = earlier && (await this.#store.read(tx, earlier));
    return row ? { info: row, tags: JSON.parse(row.tags) as KeyValue[] } : undefined;
  }

  /** @returns the info after the change */
  async update(
    runId: string,
    change: {
      readonly status: RunStatus | undefined;
      readonly endTime: Int64 | undefined;
      readonly name: string | undefined;
    },
  ): Promise<RunInfo> {
    const name = change.name || undefined;
    return this.#database.write(async (tx) => {
      const { id } = await this.lock(tx, runId);
      await this.#store.update(tx, id, { status: change.status, end_time: change.endTime, name });
      if (name) await this.#store.setTags(tx, id, [{ key: RUN_NAME_TAG, value: name }]);
      const info = await this.#store.info(tx, runId);
      if (info === undefined) throw noRun(runId);
      return info;
    });
  }

  delete(runId: string, by: By): Promise<void> {
    return this.#keeper.deleting({ kind: 'run', id: runId }, by, (tx) =>
      this.#move(tx, runId, 'deleted', by),
    );
  }

  restore(runId: string, by: By): Promise<void> {
    return this.#database.write((tx) => this.#move(tx, runId, 'active', by));
  }

  async logParam(runId: string, param: KeyValue, check: CheckNewParams = unchecked): Promise<void> {
    const checked = checkParam(param, this.#limits);
    await this.#database.write(async (tx) => {
      const run = await this.lock(tx, runId);
      await storeParams(this.#store, tx, run, [checked], 'one', check);
    });
  }

  async setTag(runId: string, tag: KeyValue): Promise<void> {
    const checked = checkTag(tag, this.#limits);
    await this.#database.write(async (tx) => {
      const { id } = await this.lock(tx, runId);
      await this.setTags(tx, id, [checked]);
    });
  }

  /** Sets tags inside a command; the tag of the run's name renames the run. */
  async setTags(tx: Transaction, id: number, tags: readonly KeyValue[]): Promise<void> {
    const last = new Map(tags.map((tag) => [tag.key, tag]));
    const name = last.get(RUN_NAME_TAG)?.value;
    if (name === '') last.delete(RUN_NAME_TAG);
    if (name) {
      await this.#store.update(tx, id, { name, status: undefined, end_time: undefined });
    }
    if (last.size > 0) await this.#store.setTags(tx, id, [...last.values()]);
  }

  /** Adds a model to the run's history of logged models. */
  async logModel(runId: string, modelJson: string): Promise<void> {
    const model = readModelJson(modelJson);
    await this.#database.write(async (tx) => {
      const { id } = await this.lock(tx, runId);
      // Of two that add to one list at once, the second must see what the first has added.
      await this.#store.holdRow(tx, id);
      const value = appendToHistory(await this.#store.tag(tx, id, MODEL_HISTORY_TAG), model);
      // Cut JSON could never be read again, so this one value is kept whole where others are cut.
      await this.#store.setTags(tx, id, [{ key: MODEL_HISTORY_TAG, value }]);
    });
  }

  async deleteTag(runId: string, key: string): Promise<void> {
    await this.#database.write(async (tx) => {
      const { id } = await this.lock(tx, runId);
      if (await this.#store.deleteTag(tx, id, key)) return;
      throw notFound(`No tag with name: ${key} in run with id ${runId}`);
    });
  }

  /**
   * The first step of every command on a run.
   *
   * @throws MlflowError 404 when there is none, 400 when it is deleted
   */
  async lock(tx: Transaction, runId: string): Promise<RunKey> {
    const run = await this.#store.find(tx, runId);
    if (run === undefined) throw noRun(runId);
    requireActive(run);
    return run;
  }

  async #move(tx: Transaction, runId: string, stage: 'active' | 'deleted', by: By): Promise<void> {
    const run = await this.#store.find(tx, runId);
    if (run === undefined) throw noRun(runId);
    if (stage === 'deleted') await this.#assessments.deleteOfRun(tx, runId);
    if (run.lifecycle_stage === stage) return;
    await this.#store.setStage(tx, run.id, stage, this.#now());
    await this.#trail.record(tx, by, {
      action: stage === 'deleted' ? 'run.delete' : 'run.restore',
      object: { kind: 'run', id: runId },
      before: { lifecycle_stage: run.lifecycle_stage },
      after: { lifecycle_stage: stage },
    });
  }
}

/** The name given as a field or as a tag; else a random one. */
function nameOf({ name, tags }: RunRequest): string {
  const tagged = tags.find(({ key }) => key === RUN_NAME_TAG)?.value;
  if (name && tagged && name !== tagged) {
    throw invalidParameter(
      `Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values (run_name='${name}', mlflow.runName='${tagged}').`,
    );
  }
  return name || tagged || randomName();
}

function withName(tags: readonly KeyValue[], name: string): KeyValue[] {
  const named = { key: RUN_NAME_TAG, value: name };
  if (!tags.some(({ key }) => key === RUN_NAME_TAG)) return [...tags, named];
  return tags.map((tag) => (tag.key === RUN_NAME_TAG ? named : tag));
}
