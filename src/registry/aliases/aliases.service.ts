import { notFound } from '../../errors.js';
import type { Database } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import { together } from '../../platform/together.js';
import type { Trail } from '../../platform/trail.js';
import { checkModelName, noModel } from '../models/models.js';
import type { ModelStore } from '../models/models.store.js';
import {
  type Move,
  type PromotionGate,
  Refused,
  type Rollback,
  unlessRefused,
} from '../promotion-gate.js';
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
  async set(
    name: string,
    alias: string,
    version: string,
    by: By,
    consent: {
      readonly request?: string;
      readonly comment?: string;
      readonly rollback?: Rollback;
    } = {},
  ): Promise<void> {
    checkModelName(name);
    checkNewAlias(alias);
    const number = parseVersion(name, version);
    const { database, models, versions, aliases, gate, events, trail } = this.#parts;
    const change = { kind: 'alias', name, version: number, alias, ...consent } as const;
    const passage = await gate.open(change, by);
    const result = await database.write(async (tx) => {
      // The others look when the first one holds the row.
      const [model, held] = await together(
        models.lock(tx, name),
        versions.find(tx, name, number),
        passage.begin?.(tx) ?? Promise.resolve(),
      );
      if (model === undefined || held === undefined) throw noVersion(name, number);
      const verdict = await passage.judge(tx, model, held);
      if (!verdict.allowed) return new Refused(verdict.refusal);
      if (!verdict.applies) return undefined;
      const before = await aliases.find(tx, model, alias);
      await aliases.set(tx, model, alias, number);
      await versions.markRun(tx, model, number);
      const isPrompt = () => models.saysPrompt(tx, model);
      await events.emit(tx, { kind: 'alias set', name, alias, version: number, isPrompt });
      const target = `alias:${alias}`;
      const moves: Move[] = [{ version: number, target, kind: 'entered' }];
      if (before !== undefined) moves.unshift({ version: before, target, kind: 'replaced' });
      for (const also of verdict.also?.moveAliases ?? []) {
        if (also.alias === alias) continue;
        await aliases.set(tx, model, also.alias, also.version);
        await events.emit(tx, { kind: 'alias set', name, ...also, isPrompt });
        const place = `alias:${also.alias}`;
        if (before !== undefined) moves.push({ version: before, target: place, kind: 'replaced' });
        moves.push({ version: also.version, target: place, kind: 'entered', bySystem: true });
      }
      await passage.applied(tx, model, moves);
      await passage.decided?.(tx);
      await trail.record(tx, by, {
        ...deed('set', name, alias),
        ...(before === undefined ? {} : { before: { version: before } }),
        after: { version: number },
      });
      return undefined;
    });
    await unlessRefused(passage, result);
  }

  async delete(name: string, alias: string, by: By): Promise<void> {
    checkModelName(name);
    checkAlias(alias);
    const { database, models, aliases, gate, events, trail } = this.#parts;
    const passage = await gate.open({ kind: 'alias deletion', name, alias }, by);
    const result = await database.write(async (tx) => {
      const model = await models.lock(tx, name);
      if (model === undefined) throw noModel(name);
      const verdict = await passage.judge(tx, model);
      if (!verdict.allowed) return new Refused(verdict.refusal);
      const before = await aliases.find(tx, model, alias);
      await aliases.delete(tx, model, alias);
      const isPrompt = () => models.saysPrompt(tx, model);
      await events.emit(tx, { kind: 'alias deleted', name, alias, isPrompt });
      if (before === undefined) return undefined;
      const target = `alias:${alias}`;
      await passage.applied(tx, model, [{ version: before, target, kind: 'left' }]);
      await passage.decided?.(tx);
      await trail.record(tx, by, { ...deed('delete', name, alias), before: { version: before } });
      return undefined;
    });
    await unlessRefused(passage, result);
  }
}

const deed = (verb: string, name: string, alias: string) => ({
  action: `registered_model_alias.${verb}`,
  object: { kind: 'registered_model_alias', id: `${name}@${alias}` },
});
