import { type Command, Option } from 'commander';
import { SIGN_IN_ENVIRONMENT } from './access-config.js';
import { LOAD_FLAGS } from './load-config.js';
import { NOTIFICATION_FLAGS } from './notification-config.js';
import { OBSERVABILITY_FLAGS } from './observability-config.js';
import type { RawSettings } from './raw-settings.js';
import { RETENTION_FLAGS } from './retention-config.js';
import { STORE_ENVIRONMENT } from './store-config.js';
import { WORKSPACE_ENVIRONMENT } from './workspace-config.js';

interface Flag {
  readonly flags: string;
  readonly env: string;
  readonly description: string;
}

/** The flags of `mlflow server` where the meaning is the same, then our own. */
const FLAGS: readonly Flag[] = [
  {
    flags: '-h, --host <host>',
    env: 'MLFLOW_HOST',
    description: 'network interface to listen on (default: 127.0.0.1)',
  },
  {
    flags: '-p, --port <number>',
    env: 'MLFLOW_PORT',
    description: 'port to listen on (default: 5000)',
  },
  {
    flags: '-w, --workers <number>',
    env: 'MLFLOW_WORKERS',
    description: 'server processes that share the port; PostgreSQL only (default: 1)',
  },
  {
    flags: '--backend-store-uri <uri>',
    env: 'MLFLOW_BACKEND_STORE_URI',
    description:
      'database: sqlite:///path.db or postgresql://user:password@host/name (default: sqlite:///runledger.db)',
  },
  {
    flags: '--backend-store-read-uri <uri>',
    env: 'RUNLEDGER_BACKEND_STORE_READ_URI',
    description: 'a streaming replica of the PostgreSQL database, for reads (default: none)',
  },
  {
    flags: '--registry-store-uri <uri>',
    env: 'MLFLOW_REGISTRY_STORE_URI',
    description: 'accepted when it names the same database',
  },
  {
    flags: '--default-artifact-root <uri>',
    env: 'MLFLOW_DEFAULT_ARTIFACT_ROOT',
    description:
      'where new experiments keep their artifacts (default: mlflow-artifacts:/, or ./mlruns with --no-serve-artifacts)',
  },
  {
    flags: '--artifacts-destination <uri>',
    env: 'MLFLOW_ARTIFACTS_DESTINATION',
    description: 'where proxied artifacts are stored (default: ./mlartifacts)',
  },
  {
    flags: '--static-prefix <path>',
    env: 'MLFLOW_STATIC_PREFIX',
    description: 'path that is put before every route',
  },
  {
    flags: '--mlflow-ui <path>',
    env: 'RUNLEDGER_MLFLOW_UI',
    description: "folder of an installed mlflow package, whose web pages are to be served at '/'",
  },
  {
    flags: '--allowed-hosts <patterns>',
    env: 'MLFLOW_SERVER_ALLOWED_HOSTS',
    description:
      'comma-separated Host headers to answer (default: local names and private addresses)',
  },
  {
    flags: '--cors-allowed-origins <patterns>',
    env: 'MLFLOW_SERVER_CORS_ALLOWED_ORIGINS',
    description:
      'comma-separated web origins that may change data (default: those of this machine)',
  },
  {
    flags: '--x-frame-options <value>',
    env: 'MLFLOW_SERVER_X_FRAME_OPTIONS',
    description: 'SAMEORIGIN, DENY or NONE (default: SAMEORIGIN)',
  },
  {
    flags: '--app-name <name>',
    env: 'RUNLEDGER_APP_NAME',
    description: "'basic-auth' is --auth, as mlflow server spells it",
  },
  {
    flags: '--access-policies <file>',
    env: 'RUNLEDGER_ACCESS_POLICIES',
    description: 'policies in Cedar that are to hold beside the built-in ones',
  },
  {
    flags: '--trusted-proxies <addresses>',
    env: 'RUNLEDGER_TRUSTED_PROXIES',
    description:
      'comma-separated addresses and ranges of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed (default: none)',
  },
  {
    flags: '--durability <level>',
    env: 'RUNLEDGER_DURABILITY',
    description:
      'full: an acknowledged write survives a power cut; relaxed: it survives a crash of the process (default: full)',
  },
  {
    flags: '--scan-threads <number>',
    env: 'RUNLEDGER_SCAN_THREADS',
    description: 'threads for long reads on SQLite (default: 2)',
  },
  {
    flags: '--pool-size <number>',
    env: 'MLFLOW_SQLALCHEMYSTORE_POOL_SIZE',
    description: 'connections to PostgreSQL (default: 10)',
  },
  {
    flags: '--body-limit <bytes>',
    env: 'RUNLEDGER_BODY_LIMIT',
    description: 'largest JSON body (default: 16777216)',
  },
  {
    flags: '--headers-timeout <seconds>',
    env: 'RUNLEDGER_HEADERS_TIMEOUT',
    description: 'time in which the headers of a request must come (default: 15)',
  },
  {
    flags: '--body-timeout <seconds>',
    env: 'RUNLEDGER_BODY_TIMEOUT',
    description: 'longest pause in the body of a request (default: 30)',
  },
  {
    flags: '--log-level <level>',
    env: 'MLFLOW_LOGGING_LEVEL',
    description: 'debug, info, warn, error or silent (default: info)',
  },
  {
    flags: '--webhook-allowed-hosts <hosts>',
    env: 'RUNLEDGER_WEBHOOK_ALLOWED_HOSTS',
    description:
      'comma-separated names, addresses and ranges of private networks that webhooks may be delivered to (default: none)',
  },
  {
    flags: '--webhook-retry-hours <number>',
    env: 'RUNLEDGER_WEBHOOK_RETRY_HOURS',
    description: 'how long an undelivered event is tried again (default: 24)',
  },
  {
    flags: '--webhook-history-days <number>',
    env: 'RUNLEDGER_WEBHOOK_HISTORY_DAYS',
    description: 'how long deliveries that have ended are remembered (default: 30)',
  },
  {
    flags: '--governance <mode>',
    env: 'RUNLEDGER_GOVERNANCE',
    description:
      'for models that no profile names: observe records what enforce denies; compat switches governance off for all (default: enforce with --auth, else observe)',
  },
  {
    flags: '--governance-policy <file>',
    env: 'RUNLEDGER_GOVERNANCE_POLICY',
    description: 'YAML with the profiles of governance (default: the built-in one)',
  },
  {
    flags: '--audit-key <path>',
    env: 'RUNLEDGER_AUDIT_KEY',
    description:
      'PEM with the Ed25519 key that signs checkpoints of the audit log (default: one of its own, encrypted in the database)',
  },
  {
    flags: '--audit-checkpoints <path>',
    env: 'RUNLEDGER_AUDIT_CHECKPOINTS',
    description: 'file that checkpoints of the audit log are appended to (default: none)',
  },
  {
    flags: '--audit-push-url <url>',
    env: 'RUNLEDGER_AUDIT_PUSH_URL',
    description: 'where checkpoints of the audit log are sent, by POST (default: nowhere)',
  },
  {
    flags: '--freeze-models <yes>',
    env: 'RUNLEDGER_FREEZE_MODELS',
    description:
      'true or false: refuse changes of the files of registered models (default: true in enforce)',
  },
  ...LOAD_FLAGS,
  {
    flags: '--sweep-seconds <seconds>',
    env: 'RUNLEDGER_SWEEP_SECONDS',
    description: 'between two looks at the files of each registered version (default: 86400)',
  },
  ...NOTIFICATION_FLAGS,
  ...OBSERVABILITY_FLAGS,
  ...RETENTION_FLAGS,
];

/** Settings that `mlflow server` takes from the environment alone. */
const ENVIRONMENT = {
  serveArtifacts: 'MLFLOW_SERVE_ARTIFACTS',
  artifactsOnly: 'MLFLOW_ARTIFACTS_ONLY',
  disableSecurityMiddleware: 'MLFLOW_SERVER_DISABLE_SECURITY_MIDDLEWARE',
  poolOverflow: 'MLFLOW_SQLALCHEMYSTORE_MAX_OVERFLOW',
  poolRecycle: 'MLFLOW_SQLALCHEMYSTORE_POOL_RECYCLE',
  truncateLongValues: 'MLFLOW_TRUNCATE_LONG_VALUES',
  artifactLocationMaxLength: 'MLFLOW_ARTIFACT_LOCATION_MAX_LENGTH',
  allowedHostSchemes: 'MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES',
  sourceValidationRegex: 'MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX',
  auth: 'RUNLEDGER_AUTH',
  authConfigPath: 'MLFLOW_AUTH_CONFIG_PATH',
  authAdminUsername: 'MLFLOW_AUTH_ADMIN_USERNAME',
  authAdminPassword: 'MLFLOW_AUTH_ADMIN_PASSWORD',
  ...SIGN_IN_ENVIRONMENT,
  ...STORE_ENVIRONMENT,
  ...WORKSPACE_ENVIRONMENT,
  webhookAllowedSchemes: 'MLFLOW_WEBHOOK_ALLOWED_SCHEMES',
  webhookAllowPrivateIps: 'MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS',
  webhookSecretKey: 'MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY',
  webhookTimeout: 'MLFLOW_WEBHOOK_REQUEST_TIMEOUT',
  webhookWorkers: 'MLFLOW_WEBHOOK_DELIVERY_MAX_WORKERS',
  otlpTracesEndpoint: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  otelServiceName: 'OTEL_SERVICE_NAME',
} as const;

type Environment = Readonly<Record<string, string | undefined>>;

/** Gives a command the server's flags. Each can also be set by its environment variable. */
export function addServerFlags(command: Command): Command {
  for (const { flags, env, description } of FLAGS) {
    command.addOption(new Option(flags, description).env(env));
  }
  return command
    .option('--serve-artifacts', 'store and hand out artifacts through this server (the default)')
    .option('--no-serve-artifacts', 'clients reach the artifact store themselves')
    .option('--artifacts-only', 'serve nothing but the artifact proxy')
    .option('--auth', 'callers must sign in (RUNLEDGER_AUTH)')
    .option('--no-auth', 'everybody may do everything (the default)')
    .option('--enable-workspaces', 'let there be workspaces, each with things of its own')
    .option('--disable-security-middleware', 'answer any Host and any web origin')
    .helpOption('--help', 'show the flags');
}

/** @returns what flags and environment say; an empty variable is as good as none */
export function rawSettings(options: RawSettings, environment: Environment): RawSettings {
  const settings: Record<string, unknown> = {};
  for (const [name, variable] of Object.entries(ENVIRONMENT)) {
    if (environment[variable]) settings[name] = environment[variable];
  }
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && value !== '') settings[name] = value;
  }
  return settings as RawSettings;
}
