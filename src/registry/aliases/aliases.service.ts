import { notFound } from '../../errors.js';
import type { Database } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import type { Trail } from '../../platform/trail.js';
import { checkModelName, noModel } from '../models/models.js';
import type { ModelStore } from '../models/models.store.js';
import type { PromotionGate } from '../promotion-gate.js';
import type { RegistryEvents } from '../registry-events.js';
import { type ModelVersion, noVersion, parseVersion } from '../versions/versions.js';
import type { VersionStore } from '../versions/versions.store.js';
import { checkAlias, checkNewAlias, meansLatest, noAlias } from './aliases.js';
import type { AliasStore } from './aliases.store.js';

export interface AliasServiceParts {
  readonly database: Database;
  readonly models: ModelStore;
  readonly versions: VersionStore;
  readonly aliases: AliasStore;
  readonly gate: PromotionGate;
  readonly events: RegistryEvents;
  readonly trail: Trail;
}

/** The commands of aliases. Each is one transaction under the lock of the model's row. */
export class AliasService {
  readonly #parts: AliasServiceParts;

  constructor(parts: AliasServiceParts) {
    this.#parts = parts;
  }

  /** @returns the version that the alias names; `latest` is the highest of all */
  async resolve(name: string, alias: string): Promise<ModelVersion> {
    checkModelName(name);
    checkAlias(alias);
    const { database, models, versions } = this.#parts;
    const latest = meansLatest(alias);
    const found = latest
      ? await versions.findNewest(database.read, name)
      : await versions.findByAlias(database.read, name, alias);
    if (found !== undefined) return found;
    if (!(await models.exists(database.read, name))) throw noModel(name);
    throw latest ? notFound(`Latest version not found for model ${name}.`) : noAlias(alias);
  }

  /** Points an alias at a version, if the gate lets it. */
  async set(name: string, alias: string, version: string, by: By): Promise<void> {
    checkModelName(name);
    checkNewAlias(alias);
    const number = parseVersion(name, version);
    const { database, models, versions, aliases, gate, events, trail } = this.#parts;
    await database.write(async (tx) => {
      const model = await models.lock(tx, name);
      if (model === undefined || !(await versions.find(tx, name, number))) {
        throw noVersion(name, number);
      }
      const promotion = { kind: 'alias', name, version: number, alias } as const;
      const verdict = await gate.judge(tx, promotion, by.caller);
      if (!verdict.allowed) throw verdict.refusal;
      const before = await aliases.find(tx, model, alias);
      await aliases.set(tx, model, alias, number);
      const isPrompt = () => models.saysPrompt(tx, model);
      await events.emit(tx, { kind: 'alias set', name, alias, version: number, isPrompt });
      await trail.record(tx, by, {
        ...deed('set', name, alias),
        ...(before === undefined ? {} : { before: { version: before } }),
        after: { version: number },
      });
    });
  }

  async delete(name: string, alias: string, by: By): Promise<void> {
    checkModelName(name);
    checkAlias(alias);
    const { database, models, aliases, events, trail } = this.#parts;
    await database.write(async (tx) => {
      const model = await models.lock(tx, name);
      if (model === undefined) throw noModel(name);
      const before = await aliases.find(tx, model, alias);
      await aliases.delete(tx, model, alias);
      const isPrompt = () => models.saysPrompt(tx, model);
      await events.emit(tx, { kind: 'alias deleted', name, alias, isPrompt });
      if (before === undefined) return;
      await trail.record(tx, by, { ...deed('delete', name, alias), before: { version: before } });
    });
  }
}

const deed = (verb: string, name: string, alias: string) => ({
  action: `registered_model_alias.${verb}`,
  object: { kind: 'registered_model_alias', id: `${name}@${alias}` },
});
