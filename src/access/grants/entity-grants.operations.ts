import type { Workspaced } from '../../platform/db/workspace.js';
import type { OperationTable } from '../../platform/http/operation.js';
import type { Entity, EntityGrantService } from './entity-grants.service.js';

type Verb = 'create' | 'get' | 'update' | 'delete';
type Ids = `${Verb}${'Experiment' | 'RegisteredModel' | 'Scorer'}Permission`;

const LOGIN = { access: 'login', of: 'server' } as const;

const experiment = (input: { experiment_id: string }): Entity => ({
  kind: 'experiment',
  experimentId: input.experiment_id,
});
const model = (input: { name: string }): Entity => ({ kind: 'registered_model', name: input.name });
const scorer = (input: { experiment_id: string; scorer_name: string }): Entity => ({
  kind: 'scorer',
  experimentId: input.experiment_id,
  name: input.scorer_name,
});

/** Grants on single things, as MLflow's clients before 3.17 ask for them. */
export const entityGrantOperations = (
  { workspace }: Workspaced,
  service: EntityGrantService,
): OperationTable<Ids> => ({
  createExperimentPermission: {
    ...LOGIN,
    handler: async ({ username, permission, experiment_id }, call) => {
      const entity = experiment({ experiment_id });
      const granted = await service.create(entity, username, permission, call);
      return { experiment_permission: { experiment_id, ...toWire(granted) } };
    },
  },
  getExperimentPermission: {
    ...LOGIN,
    handler: async ({ username, experiment_id }, call) => {
      const granted = await service.get(experiment({ experiment_id }), username, call);
      return { experiment_permission: { experiment_id, ...toWire(granted) } };
    },
  },
  updateExperimentPermission: {
    ...LOGIN,
    handler: async (input, call) => {
      await service.update(experiment(input), input.username, input.permission, call);
      return {};
    },
  },
  deleteExperimentPermission: {
    ...LOGIN,
    handler: async (input, call) => {
      await service.delete(experiment(input), input.username, call);
      return {};
    },
  },
  createRegisteredModelPermission: {
    ...LOGIN,
    handler: async ({ name, username, permission }, call) => {
      const granted = await service.create(model({ name }), username, permission, call);
      return { registered_model_permission: { workspace, name, ...toWire(granted) } };
    },
  },
  getRegisteredModelPermission: {
    ...LOGIN,
    handler: async ({ name, username }, call) => {
      const granted = await service.get(model({ name }), username, call);
      return { registered_model_permission: { workspace, name, ...toWire(granted) } };
    },
  },
  updateRegisteredModelPermission: {
    ...LOGIN,
    handler: async (input, call) => {
      await service.update(model(input), input.username, input.permission, call);
      return {};
    },
  },
  deleteRegisteredModelPermission: {
    ...LOGIN,
    handler: async (input, call) => {
      await service.delete(model(input), input.username, call);
      return {};
    },
  },
  createScorerPermission: {
    ...LOGIN,
    handler: async ({ experiment_id, scorer_name, username, permission }, call) => {
      const entity = scorer({ experiment_id, scorer_name });
      const granted = await service.create(entity, username, permission, call);
      return { scorer_permission: { experiment_id, scorer_name, ...toWire(granted) } };
    },
  },
  getScorerPermission: {
    ...LOGIN,
    handler: async ({ experiment_id, scorer_name, username }, call) => {
      const granted = await service.get(scorer({ experiment_id, scorer_name }), username, call);
      return { scorer_permission: { experiment_id, scorer_name, ...toWire(granted) } };
    },
  },
  updateScorerPermission: {
    ...LOGIN,
    handler: async (input, call) => {
      await service.update(scorer(input), input.username, input.permission, call);
      return {};
    },
  },
  deleteScorerPermission: {
    ...LOGIN,
    handler: async (input, call) => {
      await service.delete(scorer(input), input.username, call);
      return {};
    },
  },
});

const toWire = ({ userId, permission }: { userId: number; permission: string }) => ({
  user_id: userId,
  permission,
});
