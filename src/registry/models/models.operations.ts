import type { Database } from '../../platform/db/database.js';
import type { OperationTable } from '../../platform/http/operation.js';
import type { PromotionGate } from '../promotion-gate.js';
import { tagsOf } from '../tags.js';
import { parseStage } from '../versions/versions.js';
import { versionToWire, versionWithoutAliases } from '../versions/versions.operations.js';
import type { VersionStore } from '../versions/versions.store.js';
import { checkModelName, noModel, type RegisteredModel } from './models.js';
import type { ModelService } from './models.service.js';
import type { ModelStore } from './models.store.js';

type Ids =
  | 'createRegisteredModel'
  | 'getRegisteredModel'
  | 'updateRegisteredModel'
  | 'renameRegisteredModel'
  | 'deleteRegisteredModel'
  | 'searchRegisteredModels'
  | 'getLatestVersions'
  | 'setRegisteredModelTag'
  | 'deleteRegisteredModelTag';

/** A page of models, unless the caller says otherwise. */
const MAX_RESULTS = 100;

const byName = (input: { name: string }) => input.name;

export interface ModelOperationParts {
  readonly database: Database;
  readonly models: ModelStore;
  readonly versions: VersionStore;
  readonly service: ModelService;
  readonly gate: Pick<PromotionGate, 'customStages'>;
}

/** The registered-models family of the API, but for its aliases. */
export const modelOperations = ({
  database,
  models,
  versions,
  service,
  gate,
}: ModelOperationParts): OperationTable<Ids> => ({
  createRegisteredModel: {
    access: 'create',
    of: 'registered_model',
    handler: async ({ name, description = '', tags }, by) => ({
      registered_model: modelToWire(await service.create(name, description, tagsOf(tags), by)),
    }),
  },
  getRegisteredModel: {
    access: 'read',
    of: 'registered_model',
    id: byName,
    handler: async ({ name }) => ({
      registered_model: modelToWire(await service.get(database.read, name)),
    }),
  },
  updateRegisteredModel: {
    access: 'edit',
    of: 'registered_model',
    id: byName,
    handler: async ({ name, description = '' }, by) => ({
      registered_model: modelToWire(await service.describe(name, description, by)),
    }),
  },
  renameRegisteredModel: {
    access: 'edit',
    of: 'registered_model',
    id: byName,
    handler: async ({ name, new_name }, by) => ({
      registered_model: modelToWire(await service.rename(name, new_name, by)),
    }),
  },
  deleteRegisteredModel: {
    access: 'manage',
    of: 'registered_model',
    id: byName,
    handler: async ({ name }, by) => {
      await service.delete(name, by);
      return {};
    },
  },
  searchRegisteredModels: {
    access: 'read',
    of: 'registered_model',
    handler: async ({ filter, max_results = MAX_RESULTS, order_by, page_token }, { scope }) => {
      const request = { filter, orderBy: order_by, pageToken: page_token, scope };
      const { rows, token } = await models.search({ ...request, maxResults: max_results });
      return {
        ...(rows.length > 0 ? { registered_models: rows.map(modelToWire) } : {}),
        ...(token === undefined ? {} : { next_page_token: token }),
      };
    },
  },
  getLatestVersions: {
    access: 'read',
    of: 'model_version',
    id: byName,
    handler: async ({ name, stages = [] }) => {
      checkModelName(name);
      const custom = await gate.customStages(name);
      const latest = await versions.latest(database.read, name, custom);
      if (latest.length === 0 && !(await models.exists(database.read, name))) throw noModel(name);
      const wanted = stages.map((stage) => parseStage(stage, custom));
      const found =
        wanted.length === 0
          ? latest
          : latest.filter(({ current_stage }) => wanted.includes(current_stage));
      return found.length > 0 ? { model_versions: found.map(versionToWire) } : {};
    },
  },
  setRegisteredModelTag: {
    access: 'edit',
    of: 'registered_model',
    id: byName,
    handler: async ({ name, key, value = '' }, by) => {
      await service.setTag(name, { key, value }, by);
      return {};
    },
  },
  deleteRegisteredModelTag: {
    access: 'edit',
    of: 'registered_model',
    id: byName,
    handler: async ({ name, key }, by) => {
      await service.deleteTag(name, key, by);
      return {};
    },
  },
});

/** A model as the wire shows it; what is empty is left out. */
export const modelToWire = ({
  description,
  latest_versions,
  tags,
  aliases,
  ...rest
}: RegisteredModel) => ({
  ...rest,
  ...(description ? { description } : {}),
  ...(latest_versions.length > 0
    ? { latest_versions: latest_versions.map(versionWithoutAliases) }
    : {}),
  ...(tags.length > 0 ? { tags: [...tags] } : {}),
  ...(aliases.length > 0
    ? { aliases: aliases.map(({ alias, version }) => ({ alias, version: String(version) })) }
    : {}),
});
