import type { Clock } from '../../platform/clock.js';
import type { Database, Reader, Transaction } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import type { OwnedKind, Owners, Trail } from '../../platform/trail.js';
import {
  type GovernedChange,
  type PromotionGate,
  Refused,
  unlessRefused,
} from '../promotion-gate.js';
import type { RegistryEvents } from '../registry-events.js';
import { checkModelTag, checkTagKey, holdsPromptTag, saysPrompt, type Tag } from '../tags.js';
import {
  checkModelName,
  checkNewModelName,
  modelTaken,
  nameTaken,
  noModel,
  type RegisteredModel,
} from './models.js';
import type { ModelStore } from './models.store.js';

export interface ModelServiceParts {
  readonly database: Database;
  readonly models: ModelStore;
  readonly events: RegistryEvents;
  readonly trail: Trail;
  readonly owners: Owners;
  readonly gate: PromotionGate;
  readonly now: Clock;
}

/** The commands of registered models. Each is one transaction that locks the model first. */
export class ModelService {
  readonly #database: Database;
  readonly #store: ModelStore;
  readonly #now: Clock;
  readonly #events: RegistryEvents;
  readonly #trail: Trail;
  readonly #owners: Owners;
  readonly #gate: PromotionGate;

  constructor({ database, models, events, trail, owners, gate, now }: ModelServiceParts) {
    this.#database = database;
    this.#store = models;
    this.#now = now;
    this.#events = events;
    this.#trail = trail;
    this.#owners = owners;
    this.#gate = gate;
  }

  /** @throws MlflowError 404 when there is no such model */
  async get(reader: Reader, name: string): Promise<RegisteredModel> {
    checkModelName(name);
    const model = await this.#store.find(reader, name);
    if (model === undefined) throw noModel(name);
    return model;
  }

  async create(
    name: string,
    description: string,
    tags: readonly Tag[],
    by: By,
  ): Promise<RegisteredModel> {
    checkNewModelName(name);
    tags.forEach(checkModelTag);
    return this.#database.write(async (tx) => {
      const model = await this.#store.insert(tx, name, description, this.#now());
      if (model === undefined) {
        throw nameTaken(name, holdsPromptTag(tags), await this.#store.isPrompt(tx, name));
      }
      await this.#store.setTags(tx, model, tags);
      const isPrompt = async () => saysPrompt(tags);
      await this.#events.emit(tx, { kind: 'model created', name, description, tags, isPrompt });
      await this.#owners.created(tx, by, kindOf(saysPrompt(tags)), name);
      const after = { description, tags };
      await this.#trail.record(tx, by, { ...deed('create', name), after });
      return this.get(tx, name);
    });
  }

  describe(name: string, description: string, by: By): Promise<RegisteredModel> {
    return this.#change(name, async (tx, model) => {
      const before = await this.get(tx, name);
      await this.#store.describe(tx, model, description, this.#now());
      await this.#trail.record(tx, by, {
        ...deed('update', name),
        before: { description: before.description },
        after: { description },
      });
      return this.get(tx, name);
    });
  }

  async rename(name: string, newName: string, by: By): Promise<RegisteredModel> {
    checkNewModelName(newName, 'new_name');
    try {
      const change = { kind: 'model renaming', name, newName } as const;
      return await this.#govern(change, by, async (tx, model) => {
        await this.#store.rename(tx, model, newName, this.#now());
        const kind = kindOf(await this.#store.saysPrompt(tx, model));
        await this.#owners.renamed(tx, kind, name, newName);
        await this.#trail.record(tx, by, {
          ...deed('rename', name),
          before: { name },
          after: { name: newName },
        });
        return this.get(tx, newName);
      });
    } catch (error) {
      throw this.#database.dialect.isUniqueViolation(error) ? modelTaken(newName) : error;
    }
  }

  delete(name: string, by: By): Promise<void> {
    return this.#govern({ kind: 'model deletion', name }, by, async (tx, model) => {
      const { description, tags, aliases, latest_versions } = await this.get(tx, name);
      const latest = latest_versions.map(({ version, current_stage: stage }) => ({
        version,
        stage,
      }));
      const kind = kindOf(await this.#store.saysPrompt(tx, model));
      await this.#store.delete(tx, model);
      await this.#owners.deleted(tx, kind, name);
      const before = { description, tags, aliases, latest_versions: latest };
      await this.#trail.record(tx, by, { ...deed('delete', name), before });
    });
  }

  async setTag(name: string, tag: Tag, by: By): Promise<void> {
    checkModelName(name);
    checkModelTag(tag);
    const change = { kind: 'tag setting', name, key: tag.key } as const;
    await this.#govern(change, by, async (tx, model) => {
      const before = await this.#store.tag(tx, model, tag.key);
      await this.#store.setTags(tx, model, [tag]);
      const isPrompt = () => this.#store.saysPrompt(tx, model);
      await this.#events.emit(tx, { kind: 'model tag set', name, ...tag, isPrompt });
      await this.#trail.record(tx, by, { ...deed('set_tag', name), before, after: tag });
    });
  }

  async deleteTag(name: string, key: string, by: By): Promise<void> {
    checkModelName(name);
    checkTagKey(key);
    await this.#govern({ kind: 'tag deletion', name, key }, by, async (tx, model) => {
      const before = await this.#store.tag(tx, model, key);
      await this.#store.deleteTag(tx, model, key);
      const isPrompt = () => this.#store.saysPrompt(tx, model);
      await this.#events.emit(tx, { kind: 'model tag deleted', name, key, isPrompt });
      await this.#trail.record(tx, by, { ...deed('delete_tag', name), before });
    });
  }

  /** As {@link #change}, if the gate lets it. */
  async #govern<Result>(
    change: GovernedChange,
    by: By,
    work: (tx: Transaction, model: number) => Promise<Result>,
  ): Promise<Result> {
    checkModelName(change.name);
    const passage = await this.#gate.open(change, by);
    const result = await this.#change(change.name, async (tx, model) => {
      const verdict = await passage.judge(tx, model);
      if (!verdict.allowed) return new Refused(verdict.refusal);
      // Before the work, whose last act is to hold the end of the audit log.
      await passage.applied(tx, model, []);
      return work(tx, model);
    });
    return unlessRefused(passage, result);
  }

  async #change<Result>(
    name: string,
    work: (tx: Transaction, model: number) => Promise<Result>,
  ): Promise<Result> {
    checkModelName(name);
    return this.#database.write(async (tx) => {
      const model = await this.#store.lock(tx, name);
      if (model === undefined) throw noModel(name);
      return work(tx, model);
    });
  }
}

const kindOf = (isPrompt: boolean): OwnedKind => (isPrompt ? 'prompt' : 'registered_model');

const deed = (verb: string, name: string) => ({
  action: `registered_model.${verb}`,
  object: { kind: 'registered_model', id: name },
});
