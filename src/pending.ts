import { type MlflowError, notImplemented } from './errors.js';
import type { OperationId, OperationTable } from './platform/http/operation.js';

/** Operations of MLflow's API that are not built yet. They answer 501; this list only shrinks. */
const PENDING = [
  // gateway
  'createGatewaySecret',
  'getGatewaySecretInfo',
  'updateGatewaySecret',
  'deleteGatewaySecret',
  'listGatewaySecretInfos',
  'createGatewayEndpoint',
  'getGatewayEndpoint',
  'updateGatewayEndpoint',
  'deleteGatewayEndpoint',
  'listGatewayEndpoints',
  'createGatewayModelDefinition',
  'getGatewayModelDefinition',
  'listGatewayModelDefinitions',
  'updateGatewayModelDefinition',
  'deleteGatewayModelDefinition',
  'attachModelToEndpoint',
  'detachModelFromEndpoint',
  'createEndpointBinding',
  'deleteEndpointBinding',
  'listEndpointBindings',
  'setGatewayEndpointTag',
  'deleteGatewayEndpointTag',
  'createBudgetPolicy',
  'getBudgetPolicy',
  'updateBudgetPolicy',
  'deleteBudgetPolicy',
  'listBudgetPolicies',
  'listBudgetWindows',
  'createGatewayGuardrail',
  'getGatewayGuardrail',
  'deleteGatewayGuardrail',
  'listGatewayGuardrails',
  'addGuardrailToEndpoint',
  'removeGuardrailFromEndpoint',
  'listEndpointGuardrailConfigs',
  'updateEndpointGuardrailConfig',
  // prompt-optimization
  'createPromptOptimizationJob',
  'getPromptOptimizationJob',
  'deletePromptOptimizationJob',
  'searchPromptOptimizationJobs',
  'cancelPromptOptimizationJob',
] as const satisfies readonly OperationId[];

export type PendingId = (typeof PENDING)[number];

/** @returns the answer to an operation that is not built, whatever is sent to it */
export function notBuilt(operation: string): MlflowError | undefined {
  const ids: readonly string[] = PENDING;
  if (!ids.includes(operation)) return undefined;
  return notImplemented(`Runledger does not serve the operation '${operation}' yet`);
}

/** Entries for what is not built: a clear answer in place of a missing route. */
export function pendingOperations(): OperationTable<PendingId> {
  const entries = PENDING.map((id) => [
    id,
    {
      access: 'login',
      of: 'server',
      handler: async () => {
        throw notBuilt(id);
      },
    },
  ]);
  return Object.fromEntries(entries) as OperationTable<PendingId>;
}
