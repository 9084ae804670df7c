import type { DatabaseLocation } from '../db/uri.js';
import { type AllowedHosts, allowedHosts } from '../outgoing/addresses.js';
import { checkKeyText } from '../secrets/key-ring.js';
import type { RawSettings } from './raw-settings.js';
import { explained, flag, integer, list, oneOf } from './values.js';

export interface WebhookConfig {
  /** Without colons. */
  readonly schemes: readonly string[];
  /** Deliver to addresses of every kind. */
  readonly allowPrivate: boolean;
  /** Receivers whose addresses need not be public. */
  readonly allowedHosts: AllowedHosts;
  /** What secrets are encrypted with: the first encrypts, all of them decrypt. */
  readonly secretKeys: readonly string[];
  /** Where a key of its own lies if none is given; undefined where servers share a database. */
  readonly keyFile: string | undefined;
  /** Milliseconds for one attempt. */
  readonly timeout: number;
  /** Deliveries at a time. */
  readonly workers: number;
  /** Milliseconds after which an undelivered event is given up. */
  readonly retryFor: number;
  /** Milliseconds for which the history is kept. */
  readonly keepFor: number;
}

const HOUR = 3_600_000;

/** @throws Error with one sentence for the user */
export function webhookConfig(raw: RawSettings, database: DatabaseLocation): WebhookConfig {
  const { webhookAllowedHosts, webhookAllowPrivateIps, webhookTimeout, webhookWorkers } = raw;
  const { webhookRetryHours, webhookHistoryDays } = raw;
  const schemes = list(raw.webhookAllowedSchemes ?? 'https').map((scheme) =>
    oneOf('MLFLOW_WEBHOOK_ALLOWED_SCHEMES', scheme.toLowerCase(), ['http', 'https'], 'https'),
  );
  const secretKeys = list(raw.webhookSecretKey);
  secretKeys.forEach((key) => {
    explained('MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY', () => checkKeyText(key));
  });
  const allowed = explained('--webhook-allowed-hosts', () =>
    allowedHosts(list(webhookAllowedHosts)),
  );
  return {
    schemes,
    allowPrivate: flag('MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS', webhookAllowPrivateIps, false),
    allowedHosts: allowed,
    secretKeys,
    keyFile: database.kind === 'sqlite' ? `${database.file}.webhook-key` : undefined,
    timeout: 1_000 * integer('MLFLOW_WEBHOOK_REQUEST_TIMEOUT', webhookTimeout, 30, 1, 600),
    workers: integer('MLFLOW_WEBHOOK_DELIVERY_MAX_WORKERS', webhookWorkers, 10, 1, 200),
    retryFor: HOUR * integer('--webhook-retry-hours', webhookRetryHours, 24, 0, 720),
    keepFor: 24 * HOUR * integer('--webhook-history-days', webhookHistoryDays, 30, 1, 3_650),
  };
}
