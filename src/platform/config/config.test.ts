import { describe, expect, it } from 'vitest';
import { toConfig } from './config.js';
import type { RawSettings } from './raw-settings.js';

describe('nothing said', () => {
  it('gives a server of this machine alone, on SQLite, durable, serving artifacts', () => {
    expect(toConfig({})).toMatchObject({
      host: '127.0.0.1',
      port: 5_000,
      workers: 1,
      replica: undefined,
      database: { kind: 'sqlite', file: 'runledger.db' },
      durability: 'full',
      staticPrefix: '',
      bodyLimit: 16_777_216,
      headersTimeout: 15_000,
      bodyTimeout: 30_000,
      logLevel: 'info',
      truncateLongValues: true,
      artifactsOnly: false,
      artifacts: {
        defaultRoot: 'mlflow-artifacts:/',
        destination: './mlartifacts',
        serveArtifacts: true,
        maxLocationLength: 2_048,
        allowedHostSchemes: [],
        sourceValidationRegex: undefined,
      },
      security: {
        enabled: true,
        allowedHosts: undefined,
        allowedOrigins: [],
        frameOptions: 'SAMEORIGIN',
      },
      webhooks: {
        schemes: ['https'],
        allowPrivate: false,
        secretKeys: [],
        keyFile: 'runledger.db.webhook-key',
        timeout: 30_000,
        workers: 10,
        retryFor: 86_400_000,
        keepFor: 2_592_000_000,
      },
    });
  });
});

describe('a setting', () => {
  it.each<[RawSettings, object]>([
    [
      { host: '0.0.0.0', port: '0' },
      { host: '0.0.0.0', port: 0 },
    ],
    [{ port: '65535' }, { port: 65_535 }],
    [
      { backendStoreUri: 'sqlite:////a/b.db', registryStoreUri: 'sqlite:////a/b.db' },
      { database: { kind: 'sqlite', file: '/a/b.db' } },
    ],
    [
      {
        backendStoreUri: 'postgresql+psycopg2://a/b',
        backendStoreReadUri: 'postgresql://c/b',
        workers: '3',
      },
      {
        database: { connectionString: 'postgresql://a/b' },
        replica: 'postgresql://c/b',
        workers: 3,
      },
    ],
    [{ workers: '1' }, { workers: 1 }],
    [{ durability: 'relaxed' }, { durability: 'relaxed' }],
    [
      { scanThreads: '0', poolSize: '1' },
      { scanThreads: 0, poolSize: 1 },
    ],
    [{ staticPrefix: '/a/b' }, { staticPrefix: '/a/b' }],
    [{ bodyLimit: '1024' }, { bodyLimit: 1_024 }],
    [
      { headersTimeout: '1', bodyTimeout: '2' },
      { headersTimeout: 1_000, bodyTimeout: 2_000 },
    ],
    [{ poolSize: '0' }, { poolSize: 10, poolRecycle: 0 }],
    [{ poolSize: '5', poolOverflow: '10' }, { poolSize: 15 }],
    [{ poolSize: '5', poolOverflow: '-1' }, { poolSize: 1_000 }],
    [{ poolSize: '999', poolOverflow: '999' }, { poolSize: 1_000 }],
    [{ poolRecycle: '3600' }, { poolRecycle: 3_600 }],
    [{ poolRecycle: '-1' }, { poolRecycle: 0 }],
    [{ logLevel: 'WARN' }, { logLevel: 'warn' }],
    [{ logLevel: 'WARNING' }, { logLevel: 'warn' }],
    [{ logLevel: 'CRITICAL' }, { logLevel: 'error' }],
    [{ logLevel: 'FATAL' }, { logLevel: 'error' }],
    [{ logLevel: 'NOTSET' }, { logLevel: 'debug' }],
    [{ artifactsOnly: 'T' }, { artifactsOnly: true }],
    [{ artifactsOnly: 'n' }, { artifactsOnly: false }],
    [{ truncateLongValues: 'False' }, { truncateLongValues: false }],
    [{ artifactsOnly: true }, { artifactsOnly: true }],
    [{ serveArtifacts: 'no' }, { artifacts: { defaultRoot: './mlruns', serveArtifacts: false } }],
    [
      { serveArtifacts: false, defaultArtifactRoot: 's3://b', artifactsDestination: '/d' },
      { artifacts: { defaultRoot: 's3://b', destination: '/d' } },
    ],
    [
      { allowedHostSchemes: ' ftp ,,sftp', artifactLocationMaxLength: '10' },
      { artifacts: { allowedHostSchemes: ['ftp', 'sftp'], maxLocationLength: 10 } },
    ],
    [
      { sourceValidationRegex: String.raw`(?i)\As3:\/\/my\-[a\-c\_]+\:(?P<x>\d)\Z` },
      {
        artifacts: {
          sourceValidationRegex: /^s3:\/\/my\u{2d}[a\u{2d}c\u{5f}]+\u{3a}(?<x>\d)$/iu,
        },
      },
    ],
    [{ sourceValidationRegex: '^s3:' }, { artifacts: { sourceValidationRegex: /^s3:/u } }],
    [
      { allowedHosts: 'a, b ,', corsAllowedOrigins: 'https://x' },
      { security: { allowedHosts: ['a', 'b'], allowedOrigins: ['https://x'] } },
    ],
    [{ allowedHosts: ',' }, { security: { allowedHosts: [] } }],
    [{ xFrameOptions: 'deny' }, { security: { frameOptions: 'DENY' } }],
    [{ xFrameOptions: 'None' }, { security: { frameOptions: undefined } }],
    [{ disableSecurityMiddleware: 'on' }, { security: { enabled: false } }],
    [{ webhookAllowedSchemes: 'HTTP, https' }, { webhooks: { schemes: ['http', 'https'] } }],
    [
      { webhookAllowPrivateIps: 'True', webhookTimeout: '5', webhookWorkers: '2' },
      { webhooks: { allowPrivate: true, timeout: 5_000, workers: 2 } },
    ],
    [
      { webhookRetryHours: '0', webhookHistoryDays: '1' },
      { webhooks: { retryFor: 0, keepFor: 86_400_000 } },
    ],
    [{ backendStoreUri: 'postgresql://h/d' }, { webhooks: { keyFile: undefined } }],
    [
      { webhookSecretKey: 'abcdefghijklmnopqrstuvwxyz012345,zyxwvutsrqponmlkjihgfedcba543210' },
      {
        webhooks: {
          secretKeys: ['abcdefghijklmnopqrstuvwxyz012345', 'zyxwvutsrqponmlkjihgfedcba543210'],
        },
      },
    ],
  ])('%j is understood', (raw, expected) => {
    expect(toConfig(raw)).toMatchObject(expected);
  });

  it.each<[RawSettings, string]>([
    [{ port: '65536' }, "--port must be a whole number from 0 to 65535, not '65536'"],
    [{ port: '-1' }, "--port must be a whole number from 0 to 65535, not '-1'"],
    [{ port: '1e3' }, "--port must be a whole number from 0 to 65535, not '1e3'"],
    [{ port: ' 5' }, "--port must be a whole number from 0 to 65535, not ' 5'"],
    [{ workers: '0' }, "--workers must be a whole number from 1 to 256, not '0'"],
    [
      { workers: '2' },
      '--workers 2 needs PostgreSQL; a SQLite file is served best by one process, so leave it at 1',
    ],
    [
      { backendStoreReadUri: 'postgresql://c/b' },
      '--backend-store-read-uri needs PostgreSQL, for it and for --backend-store-uri',
    ],
    [
      { backendStoreUri: 'postgresql://a/b', backendStoreReadUri: 'sqlite:///b.db' },
      '--backend-store-read-uri needs PostgreSQL, for it and for --backend-store-uri',
    ],
    [{ scanThreads: '65' }, "--scan-threads must be a whole number from 0 to 64, not '65'"],
    [{ poolSize: '-1' }, "--pool-size must be a whole number from 1 to 1000, not '-1'"],
    [
      { poolOverflow: '-2' },
      "MLFLOW_SQLALCHEMYSTORE_MAX_OVERFLOW must be a whole number from -1 to 1000, not '-2'",
    ],
    [
      { poolRecycle: 'x' },
      "MLFLOW_SQLALCHEMYSTORE_POOL_RECYCLE must be a whole number from -1 to 31536000, not 'x'",
    ],
    [{ bodyLimit: '1' }, "--body-limit must be a whole number from 1024 to 2147483648, not '1'"],
    [{ headersTimeout: '0' }, "--headers-timeout must be a whole number from 1 to 3600, not '0'"],
    [{ bodyTimeout: 'x' }, "--body-timeout must be a whole number from 1 to 3600, not 'x'"],
    [
      { artifactLocationMaxLength: '0' },
      "MLFLOW_ARTIFACT_LOCATION_MAX_LENGTH must be a whole number from 1 to 65536, not '0'",
    ],
    [{ durability: 'Full' }, "--durability must be one of full, relaxed, not 'Full'"],
    [
      { logLevel: 'loud' },
      "--log-level must be one of debug, info, warn, error, silent, not 'loud'",
    ],
    [
      { xFrameOptions: 'ALLOW' },
      "--x-frame-options must be one of SAMEORIGIN, DENY, NONE, not 'ALLOW'",
    ],
    [
      { truncateLongValues: 'maybe' },
      "MLFLOW_TRUNCATE_LONG_VALUES must be true or false, not 'maybe'",
    ],
    [{ serveArtifacts: '2' }, "--serve-artifacts must be true or false, not '2'"],
    [{ staticPrefix: 'a' }, "--static-prefix must begin with '/' and not end with it, unlike 'a'"],
    [
      { staticPrefix: '/a/' },
      "--static-prefix must begin with '/' and not end with it, unlike '/a/'",
    ],
    [
      { staticPrefix: '/a?b' },
      "--static-prefix must begin with '/' and not end with it, unlike '/a?b'",
    ],
    [
      { registryStoreUri: 'sqlite:///other.db' },
      '--registry-store-uri must be the same database as --backend-store-uri',
    ],
    [
      { sourceValidationRegex: '(' },
      'MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX is no valid pattern',
    ],
    [
      { webhookAllowedSchemes: 'ftp' },
      "MLFLOW_WEBHOOK_ALLOWED_SCHEMES must be one of http, https, not 'ftp'",
    ],
    [
      { webhookSecretKey: 'secret' },
      'MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY: it must be random text of 32 characters or more',
    ],
    [
      { webhookAllowedHosts: 'https://hooks' },
      "--webhook-allowed-hosts: 'https://hooks' is no host name, address or range of addresses",
    ],
  ])('%j is refused in one sentence', (raw, message) => {
    expect(() => toConfig(raw)).toThrow(new Error(message));
  });

  it('with a password is refused without it', () => {
    expect(() => toConfig({ backendStoreUri: 'mysql://me:hunter2@host/db' })).toThrow(
      /^The database URI 'mysql:\/\/\*\*\*@host\/db' is not supported/,
    );
  });
});
