import type { OperationTable } from '../../platform/http/operation.js';
import { LEVEL_DESCRIPTIONS, MODEL_LEVELS } from './model-levels.js';
import type { ModelLevelService, ShownLevels } from './model-levels.service.js';

type Ids =
  | 'getModelPermissionLevels'
  | 'getModelPermissions'
  | 'setModelPermissions'
  | 'updateModelPermissions';

const byId = {
  of: 'registered_model_id',
  id: ({ registered_model_id }: { registered_model_id: string }) => registered_model_id,
} as const;

/** The permissions API that the Databricks SDK speaks. Source: governance 3. */
export const modelLevelOperations = (service: ModelLevelService): OperationTable<Ids> => ({
  getModelPermissionLevels: {
    access: 'read',
    ...byId,
    handler: async ({ registered_model_id }, call) => {
      // For whoever asks about a model that isn't there.
      await service.get(registered_model_id, call);
      return {
        permission_levels: MODEL_LEVELS.map((permission_level) => ({
          permission_level,
          description: LEVEL_DESCRIPTIONS[permission_level],
        })),
      };
    },
  },
  getModelPermissions: {
    access: 'read',
    ...byId,
    handler: async ({ registered_model_id: id }, call) => toWire(id, await service.get(id, call)),
  },
  setModelPermissions: {
    access: 'manage',
    ...byId,
    handler: async ({ registered_model_id: id, access_control_list: lines = [] }, call) =>
      toWire(id, await service.change(id, lines, 'lose', call)),
  },
  updateModelPermissions: {
    access: 'manage',
    ...byId,
    handler: async ({ registered_model_id: id, access_control_list: lines = [] }, call) =>
      toWire(id, await service.change(id, lines, 'keep', call)),
  },
});

const toWire = (id: string, shown: readonly ShownLevels[]) => ({
  object_id: `/registered-models/${id}`,
  object_type: 'registered-model',
  access_control_list: shown.map(({ user, group, levels, inherited }) => ({
    ...(user === undefined ? { group_name: group ?? '' } : { user_name: user, display_name: user }),
    all_permissions: levels.map((permission_level) => ({
      ...{ permission_level, inherited },
      ...(inherited ? { inherited_from_object: ['/registered-models/'] } : {}),
    })),
  })),
});
