import { Command } from 'commander';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { addServerFlags, rawSettings } from './flags.js';
import type { RawSettings } from './raw-settings.js';

/** What a start with these arguments in this environment says. */
function settings(args: readonly string[], environment: Record<string, string> = {}): RawSettings {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const command = addServerFlags(new Command()).exitOverride();
  command.configureOutput({ writeErr: () => undefined });
  command.parse(['node', 'runledger', ...args]);
  return rawSettings(command.opts<RawSettings>(), process.env);
}

/** Each flag that takes a value, its variable, and the setting that both fill. */
const VALUES = [
  ['--host', 'MLFLOW_HOST', 'host'],
  ['--port', 'MLFLOW_PORT', 'port'],
  ['--backend-store-uri', 'MLFLOW_BACKEND_STORE_URI', 'backendStoreUri'],
  ['--backend-store-read-uri', 'RUNLEDGER_BACKEND_STORE_READ_URI', 'backendStoreReadUri'],
  ['--workers', 'MLFLOW_WORKERS', 'workers'],
  ['--registry-store-uri', 'MLFLOW_REGISTRY_STORE_URI', 'registryStoreUri'],
  ['--default-artifact-root', 'MLFLOW_DEFAULT_ARTIFACT_ROOT', 'defaultArtifactRoot'],
  ['--artifacts-destination', 'MLFLOW_ARTIFACTS_DESTINATION', 'artifactsDestination'],
  ['--static-prefix', 'MLFLOW_STATIC_PREFIX', 'staticPrefix'],
  ['--allowed-hosts', 'MLFLOW_SERVER_ALLOWED_HOSTS', 'allowedHosts'],
  ['--cors-allowed-origins', 'MLFLOW_SERVER_CORS_ALLOWED_ORIGINS', 'corsAllowedOrigins'],
  ['--x-frame-options', 'MLFLOW_SERVER_X_FRAME_OPTIONS', 'xFrameOptions'],
  ['--durability', 'RUNLEDGER_DURABILITY', 'durability'],
  ['--scan-threads', 'RUNLEDGER_SCAN_THREADS', 'scanThreads'],
  ['--pool-size', 'MLFLOW_SQLALCHEMYSTORE_POOL_SIZE', 'poolSize'],
  ['--body-limit', 'RUNLEDGER_BODY_LIMIT', 'bodyLimit'],
  ['--headers-timeout', 'RUNLEDGER_HEADERS_TIMEOUT', 'headersTimeout'],
  ['--body-timeout', 'RUNLEDGER_BODY_TIMEOUT', 'bodyTimeout'],
  ['--log-level', 'MLFLOW_LOGGING_LEVEL', 'logLevel'],
  ['--webhook-allowed-hosts', 'RUNLEDGER_WEBHOOK_ALLOWED_HOSTS', 'webhookAllowedHosts'],
  ['--webhook-retry-hours', 'RUNLEDGER_WEBHOOK_RETRY_HOURS', 'webhookRetryHours'],
  ['--webhook-history-days', 'RUNLEDGER_WEBHOOK_HISTORY_DAYS', 'webhookHistoryDays'],
] as const;

const VARIABLES = [
  ['MLFLOW_SERVE_ARTIFACTS', 'serveArtifacts'],
  ['MLFLOW_ARTIFACTS_ONLY', 'artifactsOnly'],
  ['MLFLOW_SERVER_DISABLE_SECURITY_MIDDLEWARE', 'disableSecurityMiddleware'],
  ['MLFLOW_SQLALCHEMYSTORE_MAX_OVERFLOW', 'poolOverflow'],
  ['MLFLOW_SQLALCHEMYSTORE_POOL_RECYCLE', 'poolRecycle'],
  ['MLFLOW_TRUNCATE_LONG_VALUES', 'truncateLongValues'],
  ['MLFLOW_ARTIFACT_LOCATION_MAX_LENGTH', 'artifactLocationMaxLength'],
  ['MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES', 'allowedHostSchemes'],
  ['MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX', 'sourceValidationRegex'],
] as const;

afterEach(() => vi.unstubAllEnvs());

describe('a flag', () => {
  it.each(VALUES)('%s goes before %s, and an empty one is none', (flag, variable, name) => {
    expect(settings([])).toEqual({});
    expect(settings([flag, 'x'])).toEqual({ [name]: 'x' });
    expect(settings([], { [variable]: 'y' })).toEqual({ [name]: 'y' });
    expect(settings([flag, 'x'], { [variable]: 'y' })).toEqual({ [name]: 'x' });
    expect(settings([], { [variable]: '' })).toEqual({});
  });

  it('has a short form for host, port and workers', () => {
    expect(settings(['-h', '::1', '-p', '80', '-w', '2'])).toEqual({
      host: '::1',
      port: '80',
      workers: '2',
    });
  });

  it('without a value switches, whatever its variable says', () => {
    expect(settings(['--serve-artifacts'])).toEqual({ serveArtifacts: true });
    expect(settings(['--no-serve-artifacts'])).toEqual({ serveArtifacts: false });
    expect(settings(['--artifacts-only', '--disable-security-middleware'])).toEqual({
      artifactsOnly: true,
      disableSecurityMiddleware: true,
    });
    const environment = { MLFLOW_SERVE_ARTIFACTS: 'true', MLFLOW_ARTIFACTS_ONLY: 'false' };
    expect(settings(['--no-serve-artifacts', '--artifacts-only'], environment)).toEqual({
      serveArtifacts: false,
      artifactsOnly: true,
    });
  });

  it.each([['--prot', '1'], ['stray'], ['--port']])('%s is refused where unknown', (...args) => {
    expect(() => settings(args)).toThrow(/unknown option|too many arguments|argument missing/);
  });
});

describe('a variable without a flag', () => {
  it.each(VARIABLES)('%s sets %s, and an empty one nothing', (variable, name) => {
    expect(settings([], { [variable]: 'x' })).toEqual({ [name]: 'x' });
    expect(settings([], { [variable]: '' })).toEqual({});
  });
});
