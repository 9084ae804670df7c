import type { Clock } from '../../platform/clock.js';
import type { Database, Reader, Transaction } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import { checkLength } from '../../platform/rules/names.js';
import type { Trail } from '../../platform/trail.js';
import type { AliasStore } from '../aliases/aliases.store.js';
import { checkModelName, noModel } from '../models/models.js';
import type { ModelStore } from '../models/models.store.js';
import type { PromotionGate } from '../promotion-gate.js';
import type { RegistryEvents } from '../registry-events.js';
import { checkTagKey, checkVersionTag, saysPrompt, type Tag } from '../tags.js';
import {
  type ModelVersion,
  noVersion,
  parseStage,
  parseVersion,
  requireActiveStage,
} from './versions.js';
import type { VersionStore } from './versions.store.js';

/** Judges where a new version's files may lie, and finds out where they do. */
export interface VersionSourceRules {
  /** @throws MlflowError when the source is refused */
  resolve(
    tx: Reader,
    request: {
      readonly name: string;
      readonly source: string;
      readonly runId: string | undefined;
      readonly modelId: string | undefined;
      readonly isPrompt: boolean;
    },
  ): Promise<{
    readonly source: string;
    readonly storageLocation: string;
    readonly runId: string;
  }>;
}

/** Tells the logged model that a version was made from it. */
export interface LoggedModelLink {
  /** @throws MlflowError 404 when there is no such logged model */
  appendVersion(
    tx: Transaction,
    modelId: string,
    name: string,
    version: number,
  ): Promise<{ readonly sourceRunId: string }>;
}

export interface VersionRequest {
  readonly name: string;
  readonly source: string;
  readonly runId: string | undefined;
  readonly modelId: string | undefined;
  readonly runLink: string;
  readonly description: string;
  readonly tags: readonly Tag[];
}

export interface Transition {
  readonly name: string;
  readonly version: string;
  readonly stage: string;
  readonly archiveExisting: boolean;
}

export interface VersionServiceParts {
  readonly database: Database;
  readonly models: ModelStore;
  readonly versions: VersionStore;
  readonly aliases: AliasStore;
  readonly sources: VersionSourceRules;
  readonly loggedModels: LoggedModelLink;
  readonly gate: PromotionGate;
  readonly events: RegistryEvents;
  readonly trail: Trail;
  readonly now: Clock;
}

/** MLflow's run ids have 32 characters; the column is indexed, so there must be some limit. */
const MAX_RUN_ID = 256;

/** A version and the row of its model, which is locked. */
interface Held {
  readonly model: number;
  readonly version: ModelVersion;
}

/** The commands of model versions. Each is one transaction under the lock of the model's row. */
export class VersionService {
  readonly #parts: VersionServiceParts;

  constructor(parts: VersionServiceParts) {
    this.#parts = parts;
  }

  /** @throws MlflowError 404 when there is no such version, or it is deleted */
  async get(reader: Reader, name: string, version: string): Promise<ModelVersion> {
    checkModelName(name);
    const number = parseVersion(name, version);
    const found = await this.#parts.versions.find(reader, name, number);
    if (found === undefined) throw noVersion(name, number);
    return found;
  }

  create(request: VersionRequest, by: By): Promise<ModelVersion> {
    const { database, sources, models, versions, events, trail, now } = this.#parts;
    const { name, tags, runLink, description } = request;
    const isPrompt = saysPrompt(tags);
    return database.write(async (tx) => {
      // First what is wrong with the source, then with the rest, as MLflow tells it.
      const { source, storageLocation, runId } = await sources.resolve(tx, {
        ...request,
        isPrompt,
      });
      checkModelName(name);
      tags.forEach(checkVersionTag);
      checkLength(runId, 'run_id', MAX_RUN_ID);
      const model = await models.lock(tx, name);
      if (model === undefined) throw noModel(name);
      const version = await versions.nextNumber(tx, model);
      const sourceRun = isPrompt ? '' : await this.#linkLoggedModel(tx, request, version);
      const created = { source, storageLocation, runId: runId || sourceRun, runLink, description };
      const time = now();
      await versions.insert(tx, model, version, created, time);
      await versions.setTags(tx, model, version, tags);
      await models.touch(tx, model, time);
      await events.emit(tx, {
        ...{ kind: 'version created', name, version, description, tags },
        ...{ source: request.source, runId: request.runId, isPrompt: async () => isPrompt },
      });
      await trail.record(tx, by, {
        ...deed('create', name, version),
        after: {
          source,
          run_id: created.runId,
          model_id: request.modelId ?? '',
          description,
          tags,
        },
      });
      return this.get(tx, name, String(version));
    });
  }

  describe(
    name: string,
    version: string,
    description: string | null,
    by: By,
  ): Promise<ModelVersion> {
    const { versions, trail, now } = this.#parts;
    return this.#change(name, version, async (tx, held) => {
      await versions.describe(tx, held.model, held.version.version, description, now());
      await trail.record(tx, by, {
        ...deed('update', name, held.version.version),
        before: { description: held.version.description },
        after: { description },
      });
      return this.get(tx, name, version);
    });
  }

  /**
   * Moves a version to a stage, if the gate lets it, and with `archiveExisting` the others out of
   * it: between commit and commit there is never more, and never less, than one.
   */
  async transition(transition: Transition, by: By): Promise<ModelVersion> {
    const { models, versions, gate, trail, now } = this.#parts;
    const { name, archiveExisting } = transition;
    const stage = parseStage(transition.stage);
    if (archiveExisting) requireActiveStage(stage, transition.stage);
    return this.#change(name, transition.version, async (tx, { model, version: current }) => {
      const { version, current_stage: from } = current;
      const verdict = await gate.judge(
        tx,
        { kind: 'stage', name, version, from, to: stage, archiveExisting },
        by.caller,
      );
      if (!verdict.allowed) throw verdict.refusal;
      const time = now();
      const archived = archiveExisting
        ? await versions.archiveOthers(tx, model, version, stage, time)
        : [];
      await versions.setStage(tx, model, version, stage, time);
      await models.touch(tx, model, time);
      for (const other of archived) {
        await trail.record(tx, by, {
          ...deed('transition', name, other),
          ...{ before: { stage }, after: { stage: 'Archived' } },
          reason: `version ${version} has taken its place`,
        });
      }
      await trail.record(tx, by, {
        ...deed('transition', name, version),
        ...{ before: { stage: from }, after: { stage } },
      });
      return this.get(tx, name, transition.version);
    });
  }

  async delete(name: string, version: string, by: By): Promise<void> {
    const { models, versions, aliases, trail, now } = this.#parts;
    parseVersion(name, version);
    await this.#change(name, version, async (tx, held) => {
      const time = now();
      await aliases.deleteAllOf(tx, held.model, held.version.version);
      await versions.redact(tx, held.model, held.version.version, time);
      await models.touch(tx, held.model, time);
      const { source, run_id, current_stage: stage, aliases: named, tags } = held.version;
      await trail.record(tx, by, {
        ...deed('delete', name, held.version.version),
        before: { source, run_id, stage, aliases: named, tags },
      });
    });
  }

  async setTag(name: string, version: string, tag: Tag, by: By): Promise<void> {
    checkModelName(name);
    parseVersion(name, version);
    checkVersionTag(tag);
    const { models, versions, events, trail } = this.#parts;
    await this.#change(name, version, async (tx, { model, version: { version: number, tags } }) => {
      await versions.setTags(tx, model, number, [tag]);
      const isPrompt = () => models.saysPrompt(tx, model);
      await events.emit(tx, { kind: 'version tag set', name, version: number, ...tag, isPrompt });
      const before = tags.find(({ key }) => key === tag.key);
      await trail.record(tx, by, { ...deed('set_tag', name, number), before, after: tag });
    });
  }

  async deleteTag(name: string, version: string, key: string, by: By): Promise<void> {
    checkModelName(name);
    parseVersion(name, version);
    checkTagKey(key);
    const { models, versions, events, trail } = this.#parts;
    await this.#change(name, version, async (tx, { model, version: { version: number, tags } }) => {
      await versions.deleteTag(tx, model, number, key);
      const isPrompt = () => models.saysPrompt(tx, model);
      await events.emit(tx, { kind: 'version tag deleted', name, version: number, key, isPrompt });
      const before = tags.find((tag) => tag.key === key);
      await trail.record(tx, by, { ...deed('delete_tag', name, number), before });
    });
  }

  /** @returns the run that made the logged model, if the version names one */
  async #linkLoggedModel(
    tx: Transaction,
    { name, modelId }: VersionRequest,
    version: number,
  ): Promise<string> {
    if (modelId === undefined || modelId === '') return '';
    const { loggedModels } = this.#parts;
    return (await loggedModels.appendVersion(tx, modelId, name, version)).sourceRunId;
  }

  async #change<Result>(
    name: string,
    version: string,
    work: (tx: Transaction, held: Held) => Promise<Result>,
  ): Promise<Result> {
    checkModelName(name);
    const number = parseVersion(name, version);
    return this.#parts.database.write(async (tx) => {
      const model = await this.#parts.models.lock(tx, name);
      if (model === undefined) throw noVersion(name, number);
      return work(tx, { model, version: await this.get(tx, name, version) });
    });
  }
}

const deed = (verb: string, name: string, version: number) => ({
  action: `model_version.${verb}`,
  object: { kind: 'model_version', id: `${name}/${version}` },
});
