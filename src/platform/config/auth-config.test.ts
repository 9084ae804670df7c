import { describe, expect, it } from 'vitest';
import { authConfig } from './auth-config.js';
import type { RawSettings } from './raw-settings.js';

const of = (authConfig_: string, raw: RawSettings = {}) =>
  authConfig({ appName: 'basic-auth', ...raw }, { authConfig: authConfig_ });

describe('the file of MLFLOW_AUTH_CONFIG_PATH', () => {
  it('is read as Python reads it', () => {
    const file = `# of ours
[DEFAULT]
where = here
[mlflow]
; another comment
Default_Permission = NO_PERMISSIONS
database_uri = sqlite:///basic_auth.db
admin_username: chief
admin_password = "a;b#c=d:e" %% %(where)s  \r
authorization_function = mlflow.server.auth:authenticate_request_basic_auth
`;
    expect(of(file)).toMatchObject({
      defaultPermission: 'NO_PERMISSIONS',
      adminUsername: 'chief',
      adminPassword: '"a;b#c=d:e" % here',
    });
  });

  it('stands behind the environment', () => {
    const file = '[mlflow]\nadmin_username = chief\nadmin_password = of the file\n';
    const raw = { authAdminUsername: 'boss', authAdminPassword: 'of the environment' };
    expect(of(file, raw)).toMatchObject({
      adminUsername: 'boss',
      adminPassword: 'of the environment',
    });
  });

  it('may leave everything out', () => {
    expect(of('[mlflow]\nadmin_password =\n')).toMatchObject({
      defaultPermission: 'READ',
      adminUsername: 'admin',
      adminPassword: undefined,
    });
  });

  it.each([
    ['', "the file has no section '[mlflow]'"],
    ['[other]\na = b\n', "the file has no section '[mlflow]'"],
    ['[mlflow]\nnonsense\n', 'MLFLOW_AUTH_CONFIG_PATH: line 2 is neither'],
    ['[mlflow]\nadmin_password = 100%sure\n', "'admin_password' has a % that is neither"],
    ['[mlflow]\na = %(a)s\n', "'a' has a % that is neither"],
    ['[mlflow]\ndefault_permission = EVERYTHING\n', 'default_permission must be one of'],
  ])('is refused in one sentence: %j', (file, message) => {
    expect(() => of(file)).toThrow(message);
  });
});
