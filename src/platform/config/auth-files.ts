import { readFile } from 'node:fs/promises';
import { readError } from '../start-error.js';
import type { AuthFiles } from './auth-config.js';
import type { RawSettings } from './raw-settings.js';

/**
 * Reads the files that settings of access and governance name.
 *
 * @throws Error with one sentence when one can't be read
 */
export async function readAuthFiles(raw: RawSettings): Promise<AuthFiles> {
  const [authConfig, accessPolicies, governancePolicy] = await Promise.all([
    read('MLFLOW_AUTH_CONFIG_PATH', raw.authConfigPath),
    read('--access-policies', raw.accessPolicies),
    read('--governance-policy', raw.governancePolicy),
  ]);
  return {
    ...(authConfig === undefined ? {} : { authConfig }),
    ...(accessPolicies === undefined ? {} : { accessPolicies }),
    ...(governancePolicy === undefined ? {} : { governancePolicy }),
  };
}

async function read(setting: string, path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw readError(`${setting}: can't read '${path}'`, error);
  }
}
