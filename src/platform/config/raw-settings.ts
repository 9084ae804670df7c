import type { RawSignIn } from './access-config.js';
import type { RawLoad } from './load-config.js';
import type { RawNotifications } from './notification-config.js';
import type { RawObservability } from './observability-config.js';
import type { RawRetention } from './retention-config.js';
import type { RawStores } from './store-config.js';
import type { RawWorkspaces } from './workspace-config.js';

/** What flags and environment say, as text; undefined where nothing was said. */
export interface RawSettings
  extends RawSignIn,
    RawLoad,
    RawNotifications,
    RawObservability,
    RawRetention,
    RawStores,
    RawWorkspaces {
  readonly host?: string;
  readonly port?: string;
  readonly workers?: string;
  readonly backendStoreUri?: string;
  readonly registryStoreUri?: string;
  readonly backendStoreReadUri?: string;
  readonly defaultArtifactRoot?: string;
  readonly artifactsDestination?: string;
  readonly serveArtifacts?: boolean | string;
  readonly artifactsOnly?: boolean | string;
  readonly staticPrefix?: string;
  readonly mlflowUi?: string;
  readonly allowedHosts?: string;
  readonly corsAllowedOrigins?: string;
  readonly xFrameOptions?: string;
  readonly disableSecurityMiddleware?: boolean | string;
  readonly auth?: boolean | string;
  readonly appName?: string;
  readonly authConfigPath?: string;
  readonly authAdminUsername?: string;
  readonly authAdminPassword?: string;
  readonly accessPolicies?: string;
  readonly durability?: string;
  readonly scanThreads?: string;
  readonly poolSize?: string;
  readonly poolOverflow?: string;
  readonly poolRecycle?: string;
  readonly bodyLimit?: string;
  readonly headersTimeout?: string;
  readonly bodyTimeout?: string;
  readonly logLevel?: string;
  readonly truncateLongValues?: string;
  readonly artifactLocationMaxLength?: string;
  readonly allowedHostSchemes?: string;
  readonly sourceValidationRegex?: string;
  readonly webhookAllowedHosts?: string;
  readonly webhookRetryHours?: string;
  readonly webhookHistoryDays?: string;
  readonly webhookAllowedSchemes?: string;
  readonly webhookAllowPrivateIps?: string;
  readonly webhookSecretKey?: string;
  readonly webhookTimeout?: string;
  readonly webhookWorkers?: string;
  readonly auditKey?: string;
  readonly auditCheckpoints?: string;
  readonly auditPushUrl?: string;
  readonly governance?: string;
  readonly governancePolicy?: string;
  readonly freezeModels?: string;
  readonly sweepSeconds?: string;
}
