import type { Durability } from '../db/sqlite-connection.js';
import { type DatabaseLocation, parseDatabaseUri } from '../db/uri.js';
import type { LogLevel } from '../log.js';
import { type SignInConfig, signInConfig } from './access-config.js';
import { type AuditConfig, auditConfig } from './audit-config.js';
import { type AuthConfig, type AuthFiles, authConfig } from './auth-config.js';
import { type EvidenceConfig, evidenceConfig } from './evidence-config.js';
import { type GovernanceConfig, governanceConfig } from './governance-config.js';
import { type LoadConfig, loadConfig } from './load-config.js';
import { type NotificationConfig, notificationConfig } from './notification-config.js';
import { type ObservabilityConfig, observabilityConfig } from './observability-config.js';
import { pattern } from './python-pattern.js';
import type { RawSettings } from './raw-settings.js';
import { type RetentionConfig, retentionConfig } from './retention-config.js';
import { type StoreConfig, storeConfig } from './store-config.js';
import { flag, integer, list, oneOf } from './values.js';
import { type WebhookConfig, webhookConfig } from './webhook-config.js';
import { type WorkspaceConfig, workspaceConfig } from './workspace-config.js';

/** Every setting of the server, checked and typed. */
export interface Config {
  readonly host: string;
  readonly port: number;
  /** Server processes that share the port. */
  readonly workers: number;
  readonly database: DatabaseLocation;
  /** A streaming replica of a PostgreSQL that takes the reads. */
  readonly replica: string | undefined;
  readonly durability: Durability;
  /** Threads for long reads on SQLite. */
  readonly scanThreads: number;
  /** Connections to PostgreSQL, at most. */
  readonly poolSize: number;
  /** Seconds after which a connection to PostgreSQL is replaced; 0 for never. */
  readonly poolRecycle: number;
  readonly staticPrefix: string;
  /** Folder of MLflow's built web pages; undefined for none. */
  readonly mlflowUi: string | undefined;
  /** Bytes of a JSON body. */
  readonly bodyLimit: number;
  /** Milliseconds for the headers of a request. */
  readonly headersTimeout: number;
  /** Milliseconds that a body may pause. */
  readonly bodyTimeout: number;
  readonly load: LoadConfig;
  readonly logLevel: LogLevel;
  readonly truncateLongValues: boolean;
  /** Serve the artifact proxy and nothing of tracking and the registry. */
  readonly artifactsOnly: boolean;
  readonly artifacts: ArtifactConfig;
  readonly security: SecurityConfig;
  readonly webhooks: WebhookConfig;
  readonly notifications: NotificationConfig;
  readonly observability: ObservabilityConfig;
  readonly retention: RetentionConfig;
  readonly auth: AuthConfig;
  readonly signIn: SignInConfig;
  readonly audit: AuditConfig;
  readonly governance: GovernanceConfig;
  readonly evidence: EvidenceConfig;
  readonly workspaces: WorkspaceConfig;
}

export interface ArtifactConfig {
  /** Where new experiments keep their artifacts: `mlflow-artifacts:/`, a folder or a URI. */
  readonly defaultRoot: string;
  /** What `mlflow-artifacts:/` stands for: a folder or a URI. */
  readonly destination: string;
  readonly serveArtifacts: boolean;
  readonly maxLocationLength: number;
  /** Schemes with a host that users may name although the server would have to connect to it. */
  readonly allowedHostSchemes: readonly string[];
  /** Every model version source must match it. */
  readonly sourceValidationRegex: RegExp | undefined;
  /** How object stores are reached. */
  readonly stores: StoreConfig;
}

export interface SecurityConfig {
  readonly enabled: boolean;
  /** Patterns of Host headers; undefined for the built-in list of local names. */
  readonly allowedHosts: readonly string[] | undefined;
  readonly allowedOrigins: readonly string[];
  /** The header's value; undefined for none. */
  readonly frameOptions: string | undefined;
}

/**
 * Checks the settings.
 *
 * @param files what was found in files that the settings name
 * @throws Error with one sentence for the user
 */
export function toConfig(raw: RawSettings, files: AuthFiles = {}): Config {
  const uri = raw.backendStoreUri ?? 'sqlite:///runledger.db';
  if (raw.registryStoreUri !== undefined && raw.registryStoreUri !== uri) {
    throw new Error('--registry-store-uri must be the same database as --backend-store-uri');
  }
  const database = parseDatabaseUri(uri);
  const auth = authConfig(raw, files);
  const bodyLimit = integer('--body-limit', raw.bodyLimit, 16 * 1024 * 1024, 1_024, 2 ** 31);
  const governance = governanceConfig(raw, auth.enabled, files.governancePolicy);
  return {
    host: raw.host ?? '127.0.0.1',
    port: integer('--port', raw.port, 5_000, 0, 65_535),
    workers: workers(raw.workers, database),
    database,
    replica: replica(raw.backendStoreReadUri, database),
    durability: oneOf('--durability', raw.durability, ['full', 'relaxed'], 'full'),
    scanThreads: integer('--scan-threads', raw.scanThreads, 2, 0, 64),
    ...poolConfig(raw),
    staticPrefix: prefix(raw.staticPrefix ?? ''),
    mlflowUi: raw.mlflowUi,
    bodyLimit,
    load: loadConfig(raw, auth.enabled, bodyLimit),
    headersTimeout: 1_000 * integer('--headers-timeout', raw.headersTimeout, 15, 1, 3_600),
    bodyTimeout: 1_000 * integer('--body-timeout', raw.bodyTimeout, 30, 1, 3_600),
    logLevel: logLevel(raw.logLevel),
    truncateLongValues: flag('MLFLOW_TRUNCATE_LONG_VALUES', raw.truncateLongValues, true),
    artifactsOnly: flag('--artifacts-only', raw.artifactsOnly, false),
    artifacts: artifactConfig(raw),
    security: securityConfig(raw),
    webhooks: webhookConfig(raw, database),
    notifications: notificationConfig(raw),
    observability: observabilityConfig(raw),
    retention: retentionConfig(raw),
    auth,
    signIn: signInConfig(raw),
    audit: auditConfig(raw),
    governance,
    evidence: evidenceConfig(raw, governance),
    workspaces: workspaceConfig(raw),
  };
}

function workers(text: string | undefined, database: DatabaseLocation): number {
  const count = integer('--workers', text, 1, 1, 256);
  if (count === 1 || database.kind === 'postgres') return count;
  // One writer holds a file at a time: more processes would only wait for each other.
  throw new Error(
    `--workers ${count} needs PostgreSQL; a SQLite file is served best by one process, so leave it at 1`,
  );
}

function replica(uri: string | undefined, database: DatabaseLocation): string | undefined {
  if (uri === undefined) return undefined;
  const location = parseDatabaseUri(uri);
  if (database.kind === 'postgres' && location.kind === 'postgres') {
    return location.connectionString;
  }
  throw new Error('--backend-store-read-uri needs PostgreSQL, for it and for --backend-store-uri');
}

/** 0 is as good as nothing, as `mlflow server` reads these; an overflow of -1 has no bound there. */
function poolConfig(raw: RawSettings): Pick<Config, 'poolSize' | 'poolRecycle'> {
  const said = (text: string | undefined) => (text === '0' ? undefined : text);
  const size = integer('--pool-size', said(raw.poolSize), 10, 1, 1_000);
  const overflow = integer('MLFLOW_SQLALCHEMYSTORE_MAX_OVERFLOW', raw.poolOverflow, 0, -1, 1_000);
  return {
    poolSize: overflow < 0 ? 1_000 : Math.min(size + overflow, 1_000),
    poolRecycle: Math.max(
      0,
      integer('MLFLOW_SQLALCHEMYSTORE_POOL_RECYCLE', raw.poolRecycle, 0, -1, 31_536_000),
    ),
  };
}

/** What `MLFLOW_LOGGING_LEVEL` may hold are Python's words. */
const PYTHON_LEVELS: Readonly<Record<string, LogLevel>> = {
  notset: 'debug',
  warning: 'warn',
  critical: 'error',
  fatal: 'error',
};

function logLevel(text: string | undefined): LogLevel {
  const word = text?.toLowerCase();
  return oneOf(
    '--log-level',
    word && (PYTHON_LEVELS[word] ?? word),
    ['debug', 'info', 'warn', 'error', 'silent'],
    'info',
  );
}

function artifactConfig(raw: RawSettings): ArtifactConfig {
  const serveArtifacts = flag('--serve-artifacts', raw.serveArtifacts, true);
  const fallback = serveArtifacts ? 'mlflow-artifacts:/' : './mlruns';
  return {
    defaultRoot: raw.defaultArtifactRoot ?? fallback,
    destination: raw.artifactsDestination ?? './mlartifacts',
    serveArtifacts,
    maxLocationLength: integer(
      'MLFLOW_ARTIFACT_LOCATION_MAX_LENGTH',
      raw.artifactLocationMaxLength,
      2_048,
      1,
      65_536,
    ),
    allowedHostSchemes: list(raw.allowedHostSchemes),
    sourceValidationRegex: pattern(raw.sourceValidationRegex),
    stores: storeConfig(raw),
  };
}

function securityConfig(raw: RawSettings): SecurityConfig {
  const frame = oneOf(
    '--x-frame-options',
    raw.xFrameOptions?.toUpperCase(),
    ['SAMEORIGIN', 'DENY', 'NONE'],
    'SAMEORIGIN',
  );
  return {
    enabled: !flag('--disable-security-middleware', raw.disableSecurityMiddleware, false),
    allowedHosts: raw.allowedHosts === undefined ? undefined : list(raw.allowedHosts),
    allowedOrigins: list(raw.corsAllowedOrigins),
    frameOptions: frame === 'NONE' ? undefined : frame,
  };
}

function prefix(text: string): string {
  if (text === '') return '';
  if (/^\/[^?#]*[^/?#]$/.test(text)) return text;
  throw new Error(`--static-prefix must begin with '/' and not end with it, unlike '${text}'`);
}
