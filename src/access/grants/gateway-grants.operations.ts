import type { OperationTable } from '../../platform/http/operation.js';
import type { EntityGrant, EntityGrantService, GatewayKind } from './entity-grants.service.js';

type Verb = 'create' | 'get' | 'update' | 'delete';
type Ids = `${Verb}Gateway${'Secret' | 'Endpoint' | 'ModelDefinition'}Permission`;

const LOGIN = { access: 'login', of: 'server' } as const;

const of = (kind: GatewayKind, id: string) => ({ kind, id });

/**
 * Grants on what belongs to the gateway for language models, as MLflow's clients before 3.17 ask
 * for them. There is no gateway here, but who moves in brings such grants along.
 */
export const gatewayGrantOperations = (service: EntityGrantService): OperationTable<Ids> => ({
  createGatewaySecretPermission: {
    ...LOGIN,
    handler: async ({ secret_id, username, permission }, call) => {
      const granted = await service.create(
        of('gateway_secret', secret_id),
        username,
        permission,
        call,
      );
      return { gateway_secret_permission: { secret_id, ...toWire(granted) } };
    },
  },
  getGatewaySecretPermission: {
    ...LOGIN,
    handler: async ({ secret_id, username }, call) => {
      const granted = await service.get(of('gateway_secret', secret_id), username, call);
      return { gateway_secret_permission: { secret_id, ...toWire(granted) } };
    },
  },
  updateGatewaySecretPermission: {
    ...LOGIN,
    handler: async ({ secret_id, username, permission }, call) => {
      await service.update(of('gateway_secret', secret_id), username, permission, call);
      return {};
    },
  },
  deleteGatewaySecretPermission: {
    ...LOGIN,
    handler: async ({ secret_id, username }, call) => {
      await service.delete(of('gateway_secret', secret_id), username, call);
      return {};
    },
  },
  createGatewayEndpointPermission: {
    ...LOGIN,
    handler: async ({ endpoint_id, username, permission }, call) => {
      const granted = await service.create(
        of('gateway_endpoint', endpoint_id),
        username,
        permission,
        call,
      );
      return { gateway_endpoint_permission: { endpoint_id, ...toWire(granted) } };
    },
  },
  getGatewayEndpointPermission: {
    ...LOGIN,
    handler: async ({ endpoint_id, username }, call) => {
      const granted = await service.get(of('gateway_endpoint', endpoint_id), username, call);
      return { gateway_endpoint_permission: { endpoint_id, ...toWire(granted) } };
    },
  },
  updateGatewayEndpointPermission: {
    ...LOGIN,
    handler: async ({ endpoint_id, username, permission }, call) => {
      await service.update(of('gateway_endpoint', endpoint_id), username, permission, call);
      return {};
    },
  },
  deleteGatewayEndpointPermission: {
    ...LOGIN,
    handler: async ({ endpoint_id, username }, call) => {
      await service.delete(of('gateway_endpoint', endpoint_id), username, call);
      return {};
    },
  },
  createGatewayModelDefinitionPermission: {
    ...LOGIN,
    handler: async ({ model_definition_id, username, permission }, call) => {
      const granted = await service.create(
        of('gateway_model_definition', model_definition_id),
        username,
        permission,
        call,
      );
      return { gateway_model_definition_permission: { model_definition_id, ...toWire(granted) } };
    },
  },
  getGatewayModelDefinitionPermission: {
    ...LOGIN,
    handler: async ({ model_definition_id, username }, call) => {
      const granted = await service.get(
        of('gateway_model_definition', model_definition_id),
        username,
        call,
      );
      return { gateway_model_definition_permission: { model_definition_id, ...toWire(granted) } };
    },
  },
  updateGatewayModelDefinitionPermission: {
    ...LOGIN,
    handler: async ({ model_definition_id, username, permission }, call) => {
      await service.update(
        of('gateway_model_definition', model_definition_id),
        username,
        permission,
        call,
      );
      return {};
    },
  },
  deleteGatewayModelDefinitionPermission: {
    ...LOGIN,
    handler: async ({ model_definition_id, username }, call) => {
      await service.delete(of('gateway_model_definition', model_definition_id), username, call);
      return {};
    },
  },
});

const toWire = ({ userId, permission }: EntityGrant) => ({ user_id: userId, permission });
