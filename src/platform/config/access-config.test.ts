import { describe, expect, it } from 'vitest';
import { oidcConfig, type RawSignIn, signInConfig } from './access-config.js';

const PROVIDER: RawSignIn = {
  oidcIssuer: 'https://id.example/realm',
  oidcClientId: 'runledger',
  oidcRedirectUrl: 'https://ml.example/oidc/callback',
};

describe('settings of signing in', () => {
  it('need no identity provider', () => {
    expect(signInConfig({})).toMatchObject({ oidc: undefined, sessionSeconds: 43_200 });
  });

  it('read what groups give', () => {
    const config = oidcConfig({ ...PROVIDER, oidcGroupRoles: 'leads=lead, cn=a;x=team/auditor' });
    expect(config?.groupRoles).toEqual([
      { group: 'leads', workspace: 'default', role: 'lead' },
      { group: 'cn=a;x', workspace: 'team', role: 'auditor' },
    ]);
    expect(config).toMatchObject({
      label: 'id.example',
      usernameClaims: ['sub'],
      audience: undefined,
    });
  });

  it.each([
    [{ oidcClientId: 'runledger' }, 'RUNLEDGER_OIDC_CLIENT_ID needs RUNLEDGER_OIDC_ISSUER'],
    [
      { ...PROVIDER, oidcIssuer: 'http://id.example' },
      'RUNLEDGER_OIDC_ISSUER must be an https URL',
    ],
    [{ ...PROVIDER, oidcIssuer: 'nonsense' }, 'RUNLEDGER_OIDC_ISSUER must be an https URL'],
    [{ ...PROVIDER, oidcRedirectUrl: 'ftp://ml.example' }, 'RUNLEDGER_OIDC_REDIRECT_URL must be'],
    [{ oidcIssuer: 'https://id.example' }, 'RUNLEDGER_OIDC_ISSUER needs RUNLEDGER_OIDC_'],
    [{ ...PROVIDER, oidcGroupRoles: 'leads' }, "'leads' must be group=role"],
    [{ ...PROVIDER, oidcGroupRoles: '=lead' }, "'=lead' must be group=role"],
    [{ ...PROVIDER, oidcCreateUsers: 'perhaps' }, 'RUNLEDGER_OIDC_CREATE_USERS must be'],
    [{ sessionHours: '0' }, 'RUNLEDGER_SESSION_HOURS must be'],
    [{ trustedProxies: 'not an address!' }, '--trusted-proxies'],
  ] as [RawSignIn, string][])('are refused: %j', (raw, message) => {
    expect(() => signInConfig(raw)).toThrow(message);
  });
});
