import type { Clock } from '../../platform/clock.js';
import type { Database, Reader, Transaction } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import { checkLength } from '../../platform/rules/names.js';
import { together } from '../../platform/together.js';
import type { Trail } from '../../platform/trail.js';
import type { AliasStore } from '../aliases/aliases.store.js';
import { checkModelName, noModel } from '../models/models.js';
import type { ModelStore } from '../models/models.store.js';
import { type PromotionGate, Refused, unlessRefused, untilCurrent } from '../promotion-gate.js';
import type { RegistryEvents } from '../registry-events.js';
import { checkTagKey, checkVersionTag, saysPrompt, type Tag } from '../tags.js';
import { changeVersion, type HeldVersion } from './held-version.js';
import { type Transition, transitionVersion } from './transition.js';
import { type ModelVersion, noVersion, parseVersion } from './versions.js';
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
    return untilCurrent(() => this.#create(request, by));
  }

  async #create(request: VersionRequest, by: By): Promise<ModelVersion> {
    const { database, sources, models, versions, gate, events, trail, now } = this.#parts;
    const { name, tags, runLink, description } = request;
    const isPrompt = saysPrompt(tags);
    const passage = await gate.open({ kind: 'version creation', ...request }, by);
    const result = await database.write(async (tx) => {
      // First what is wrong with the source, then with the rest, as MLflow tells it.
      const { source, storageLocation, runId } = await sources.resolve(tx, {
        ...request,
        isPrompt,
      });
      checkModelName(name);
      tags.forEach(checkVersionTag);
      checkLength(runId, 'run_id', MAX_RUN_ID);
      // The others look when the first one holds the row: they are answered in their order.
      const [model, version] = await together(
        models.lock(tx, name),
        versions.nextNumber(tx, name),
        passage.begin?.(tx) ?? NOTHING,
        events.expect?.(tx, 'version created') ?? NOTHING,
      );
      if (model === undefined) throw noModel(name);
      const verdict = await passage.judge(tx, model);
      if (!verdict.allowed) return new Refused(verdict.refusal);
      const sourceRun = isPrompt ? '' : await this.#linkLoggedModel(tx, request, version);
      const created = { source, storageLocation, runId: runId || sourceRun, runLink, description };
      const time = now();
      await versions.insert(tx, model, version, created, time);
      await versions.setTags(tx, model, version, tags);
      await models.touch(tx, model, time);
      const told = events.emit(tx, {
        kind: 'version created',
        name,
        version,
        description,
        tags,
        source: request.source,
        runId: request.runId,
        isPrompt: async () => isPrompt,
      });
      const location = storageLocation || source;
      const made = { source, location, runId: created.runId, description, createdAt: time };
      const entered = { version, target: 'None', kind: 'entered', made } as const;
      await together(told, passage.applied(tx, model, [entered]));
      const recorded = trail.record(tx, by, {
        action: 'model_version.create',
        object: { kind: 'model_version', id: `${name}/${version}` },
        after: {
          source,
          run_id: created.runId,
          model_id: request.modelId ?? '',
          description,
          tags,
        },
      });
      const [stored] = await together(versions.find(tx, name, version), recorded);
      if (stored === undefined) throw noVersion(name, version);
      return stored;
    });
    return unlessRefused(passage, result);
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

  /** Moves a version to a stage, if the gate lets it. */
  transition(transition: Transition, by: By): Promise<ModelVersion> {
    return untilCurrent(() => transitionVersion(this.#parts, transition, by));
  }

  async delete(name: string, version: string, by: By): Promise<void> {
    const { models, versions, aliases, gate, trail, now } = this.#parts;
    const number = parseVersion(name, version);
    checkModelName(name);
    const passage = await gate.open({ kind: 'version deletion', name, version: number }, by);
    const result = await this.#change(name, version, async (tx, held) => {
      const verdict = await passage.judge(tx, held.model);
      if (!verdict.allowed) return new Refused(verdict.refusal);
      const time = now();
      await aliases.deleteAllOf(tx, held.model, held.version.version);
      await versions.redact(tx, held.model, held.version.version, time);
      await models.touch(tx, held.model, time);
      const { source, run_id, current_stage: stage, aliases: named, tags } = held.version;
      const left = [stage, ...named.map((alias) => `alias:${alias}`)];
      const moves = left.map((target) => ({ version: number, target, kind: 'left' as const }));
      await passage.applied(tx, held.model, moves);
      await trail.record(tx, by, {
        ...deed('delete', name, held.version.version),
        before: { source, run_id, stage, aliases: named, tags },
      });
      return undefined;
    });
    await unlessRefused(passage, result);
  }

  async setTag(name: string, version: string, tag: Tag, by: By): Promise<void> {
    checkModelName(name);
    parseVersion(name, version);
    checkVersionTag(tag);
    const { models, versions, gate, events, trail } = this.#parts;
    const passage = await gate.open({ kind: 'tag setting', name, key: tag.key }, by);
    const result = await this.#change(name, version, async (tx, held) => {
      const verdict = await passage.judge(tx, held.model);
      if (!verdict.allowed) return new Refused(verdict.refusal);
      const {
        model,
        version: { version: number, tags },
      } = held;
      await versions.setTags(tx, model, number, [tag]);
      const isPrompt = () => models.saysPrompt(tx, model);
      await events.emit(tx, { kind: 'version tag set', name, version: number, ...tag, isPrompt });
      const before = tags.find(({ key }) => key === tag.key);
      await passage.applied(tx, model, []);
      await trail.record(tx, by, { ...deed('set_tag', name, number), before, after: tag });
      return undefined;
    });
    await unlessRefused(passage, result);
  }

  async deleteTag(name: string, version: string, key: string, by: By): Promise<void> {
    checkModelName(name);
    parseVersion(name, version);
    checkTagKey(key);
    const { models, versions, gate, events, trail } = this.#parts;
    const passage = await gate.open({ kind: 'tag deletion', name, key }, by);
    const result = await this.#change(name, version, async (tx, held) => {
      const verdict = await passage.judge(tx, held.model);
      if (!verdict.allowed) return new Refused(verdict.refusal);
      const {
        model,
        version: { version: number, tags },
      } = held;
      await versions.deleteTag(tx, model, number, key);
      const isPrompt = () => models.saysPrompt(tx, model);
      await events.emit(tx, { kind: 'version tag deleted', name, version: number, key, isPrompt });
      const before = tags.find((tag) => tag.key === key);
      await passage.applied(tx, model, []);
      await trail.record(tx, by, { ...deed('delete_tag', name, number), before });
      return undefined;
    });
    await unlessRefused(passage, result);
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

  #change<Result>(
    name: string,
    version: string,
    work: (tx: Transaction, held: HeldVersion) => Promise<Result>,
  ): Promise<Result> {
    return changeVersion(this.#parts, name, version, work);
  }
}

const NOTHING = Promise.resolve();

const deed = (verb: string, name: string, version: number) => ({
  action: `model_version.${verb}`,
  object: { kind: 'model_version', id: `${name}/${version}` },
});
