import type { Clock } from '../../platform/clock.js';
import type { Database, Reader, Transaction } from '../../platform/db/database.js';
import { nobodyListens, type RegistryEvents } from '../registry-events.js';
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

/** The commands of registered models. Each is one transaction that locks the model first. */
export class ModelService {
  readonly #database: Database;
  readonly #store: ModelStore;
  readonly #now: Clock;
  readonly #events: RegistryEvents;

  constructor(
    database: Database,
    store: ModelStore,
    now: Clock,
    events: RegistryEvents = nobodyListens,
  ) {
    this.#database = database;
    this.#store = store;
    this.#now = now;
    this.#events = events;
  }

  /** @throws MlflowError 404 when there is no such model */
  async get(reader: Reader, name: string): Promise<RegisteredModel> {
    checkModelName(name);
    const model = await this.#store.find(reader, name);
    if (model === undefined) throw noModel(name);
    return model;
  }

  async create(name: string, description: string, tags: readonly Tag[]): Promise<RegisteredModel> {
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
      return this.get(tx, name);
    });
  }

  describe(name: string, description: string): Promise<RegisteredModel> {
    return this.#change(name, async (tx, model) => {
      await this.#store.describe(tx, model, description, this.#now());
      return this.get(tx, name);
    });
  }

  async rename(name: string, newName: string): Promise<RegisteredModel> {
    checkNewModelName(newName, 'new_name');
    try {
      return await this.#change(name, async (tx, model) => {
        await this.#store.rename(tx, model, newName, this.#now());
        return this.get(tx, newName);
      });
    } catch (error) {
      throw this.#database.dialect.isUniqueViolation(error) ? modelTaken(newName) : error;
    }
  }

  delete(name: string): Promise<void> {
    return this.#change(name, (tx, model) => this.#store.delete(tx, model));
  }

  async setTag(name: string, tag: Tag): Promise<void> {
    checkModelName(name);
    checkModelTag(tag);
    await this.#change(name, async (tx, model) => {
      await this.#store.setTags(tx, model, [tag]);
      const isPrompt = () => this.#store.saysPrompt(tx, model);
      await this.#events.emit(tx, { kind: 'model tag set', name, ...tag, isPrompt });
    });
  }

  async deleteTag(name: string, key: string): Promise<void> {
    checkModelName(name);
    checkTagKey(key);
    await this.#change(name, async (tx, model) => {
      await this.#store.deleteTag(tx, model, key);
      const isPrompt = () => this.#store.saysPrompt(tx, model);
      await this.#events.emit(tx, { kind: 'model tag deleted', name, key, isPrompt });
    });
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
