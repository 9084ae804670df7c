import { pythonSection } from './python-ini.js';
import type { RawSettings } from './raw-settings.js';
import { explained, flag, oneOf } from './values.js';

/** What everybody may do without a grant. */
const DEFAULT_PERMISSIONS = ['READ', 'USE', 'EDIT', 'MANAGE', 'NO_PERMISSIONS'] as const;

export interface AuthConfig {
  /** Whether callers must sign in. */
  readonly enabled: boolean;
  readonly defaultPermission: (typeof DEFAULT_PERMISSIONS)[number];
  readonly adminUsername: string;
  /** Of the first administrator; undefined where a set-up token makes one. */
  readonly adminPassword: string | undefined;
  /** Cedar policies beside ours; empty for none. */
  readonly policies: string;
}

/** Texts of files that settings name, read before the settings are. */
export interface AuthFiles {
  /** Of `MLFLOW_AUTH_CONFIG_PATH`. */
  readonly authConfig?: string;
  /** Of `--access-policies`. */
  readonly accessPolicies?: string;
  /** Of `--governance-policy`. */
  readonly governancePolicy?: string;
}

/**
 * `--auth`, or MLflow's spelling of it. Of MLflow's file everything but `database_uri` and
 * `authorization_function` is used: accounts live in the backend store, and nobody else decides.
 *
 * @throws Error with one sentence for the user
 */
export function authConfig(raw: RawSettings, files: AuthFiles): AuthConfig {
  const { appName } = raw;
  if (appName !== undefined && appName !== 'basic-auth') {
    throw new Error(`--app-name knows 'basic-auth' and nothing else, not '${appName}'`);
  }
  const file = mlflowSection(files.authConfig);
  const enabled = flag('--auth', raw.auth, appName !== undefined);
  return {
    enabled,
    defaultPermission: oneOf(
      'default_permission',
      file?.default_permission,
      DEFAULT_PERMISSIONS,
      'READ',
    ),
    adminUsername: (raw.authAdminUsername ?? file?.admin_username) || 'admin',
    adminPassword: raw.authAdminPassword ?? (file?.admin_password || undefined),
    policies: files.accessPolicies ?? '',
  };
}

/** MLflow reads this file with Python's configparser, section `mlflow`. */
function mlflowSection(text: string | undefined): Readonly<Record<string, string>> | undefined {
  if (text === undefined) return undefined;
  return explained('MLFLOW_AUTH_CONFIG_PATH', () => {
    const section = pythonSection(text, 'mlflow');
    if (section === undefined) throw new Error("the file has no section '[mlflow]'");
    return section;
  });
}
