import type { OperationTable } from '../../platform/http/operation.js';
import { versionToWire } from '../versions/versions.operations.js';
import type { AliasService } from './aliases.service.js';

type Ids = 'setRegisteredModelAlias' | 'deleteRegisteredModelAlias' | 'getModelVersionByAlias';

const byName = (input: { name: string }) => input.name;

/** The aliases of the registered-models family of the API. */
export const aliasOperations = (service: AliasService): OperationTable<Ids> => ({
  setRegisteredModelAlias: {
    access: 'edit',
    of: 'registered_model',
    id: byName,
    handler: async ({ name, alias, version }, by) => {
      await service.set(name, alias, version, by);
      return {};
    },
  },
  deleteRegisteredModelAlias: {
    access: 'manage',
    of: 'registered_model',
    id: byName,
    orRight: ({ name, alias }) => ({ action: 'alias_delete', model: name, alias }),
    handler: async ({ name, alias }, by) => {
      await service.delete(name, alias, by);
      return {};
    },
  },
  getModelVersionByAlias: {
    access: 'read',
    of: 'model_version',
    id: byName,
    handler: async ({ name, alias }) => ({
      model_version: versionToWire(await service.resolve(name, alias)),
    }),
  },
});
