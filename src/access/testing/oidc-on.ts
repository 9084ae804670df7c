import { onTestFinished } from 'vitest';
import { oidcConfig, type RawOidc } from '../../platform/config/access-config.js';
import type { Database } from '../../platform/db/database.js';
import { providerFetch } from '../../platform/outgoing/provider-fetch.js';
import { noTrail } from '../../platform/trail.js';
import { OidcStore } from '../oidc/oidc.store.js';
import { OidcProvider } from '../oidc/oidc-provider.js';
import { OidcSignIn } from '../oidc/oidc-sign-in.js';
import { OidcUsers } from '../oidc/oidc-users.js';
import { noWatch, type SignInWatch } from '../sign-in/sign-in-watch.js';
import { UserStore } from '../users/users.store.js';
import { AUDIENCE, CLIENT_ID, CLIENT_SECRET } from './identity-provider.js';
import type { TestClock } from './sign-in-on.js';

/** Sign-in at a provider, as the settings of a server describe it. */
export function oidcOn(
  database: Database,
  { now }: TestClock,
  issuer: string,
  settings: RawOidc = {},
  watch: SignInWatch = noWatch,
): OidcSignIn {
  const config = oidcConfig({
    oidcIssuer: issuer,
    oidcClientId: CLIENT_ID,
    oidcClientSecret: CLIENT_SECRET,
    oidcRedirectUrl: 'http://127.0.0.1/oidc/callback',
    oidcAudience: AUDIENCE,
    oidcUsernameClaim: 'preferred_username, sub',
    oidcGroupRoles: 'leads=lead, auditors=auditor',
    oidcAdminGroup: 'admins',
    ...settings,
  });
  if (config === undefined) throw new Error('There is no provider');
  const outgoing = providerFetch(config.issuer);
  onTestFinished(() => outgoing.close());
  const provider = new OidcProvider(config, outgoing.fetch, now);
  const parts = { database, users: new UserStore(database), store: new OidcStore(), now };
  return new OidcSignIn(
    config.label,
    provider,
    new OidcUsers({ ...parts, trail: noTrail, config, watch }),
    watch,
  );
}
