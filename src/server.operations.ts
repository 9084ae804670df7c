import { withTextDoubles } from './platform/http/contract-shown.js';
import type { OperationTable } from './platform/http/operation.js';
import { plainText } from './platform/http/reply.js';

/** The version of MLflow whose API this server speaks; clients choose their calls by it. */
export const MLFLOW_VERSION = '3.17.2';

type Ids =
  | 'health'
  | 'ready'
  | 'version'
  | 'serverInfo'
  | 'getContract'
  | 'getUiTelemetryConfig'
  | 'sendUiTelemetry'
  | 'gatewayProxy'
  | 'getAssistantConfig'
  | 'listAssistantProviders';

/**
 * What the server says of itself. None of it but `ready` touches the database.
 *
 * @param document the bundled contract
 * @param ready throws why the server should get no requests now
 * @param transfers what clients may do past the artifact proxy
 */
export const serverOperations = (
  document: unknown,
  ready: () => Promise<void>,
  transfers: { readonly uploads: boolean; readonly downloads: boolean },
  workspaces: boolean,
): OperationTable<Ids> => ({
  health: { access: 'open', of: 'server', handler: async () => plainText('OK') },
  ready: {
    access: 'open',
    of: 'server',
    handler: async () => {
      await ready();
      return plainText('OK');
    },
  },
  version: {
    access: 'open',
    of: 'server',
    handler: async () => plainText(MLFLOW_VERSION, 'text/html; charset=utf-8'),
  },
  serverInfo: {
    access: 'open',
    of: 'server',
    handler: async () => ({
      store_type: 'SqlStore',
      workspaces_enabled: workspaces,
      trace_archival_enabled: false,
      multipart_uploads_enabled: transfers.uploads,
      multipart_downloads_enabled: transfers.downloads,
      presigned_upload_run_id_supported: true,
      presigned_upload_model_id_supported: true,
      features_enabled: { gateway: false },
    }),
  },
  getContract: {
    access: 'open',
    of: 'server',
    handler: async () => withTextDoubles(document) as Record<string, unknown>,
  },
  getUiTelemetryConfig: {
    access: 'open',
    of: 'server',
    handler: async () => ({
      disable_ui_telemetry: true,
      disable_ui_events: [],
      ui_rollout_percentage: 0,
    }),
  },
  sendUiTelemetry: {
    access: 'open',
    of: 'server',
    handler: async () => ({ status: 'disabled' }),
  },
  // No deployments server can be set behind this one: nothing is forwarded anywhere.
  gatewayProxy: { access: 'login', of: 'server', handler: async () => ({ endpoints: [] }) },
  // The pages' assistant needs a language model, and there is no gateway to one.
  getAssistantConfig: {
    access: 'login',
    of: 'server',
    handler: async () => ({ providers: {}, projects: {}, remote_access_allowed: false }),
  },
  listAssistantProviders: {
    access: 'login',
    of: 'server',
    handler: async () => ({ providers: [], gateway_vendor_options: {} }),
  },
});
