import type { Clock } from '../../platform/clock.js';
import type { OidcConfig } from '../../platform/config/access-config.js';
import type { Database } from '../../platform/db/database.js';
import { providerFetch } from '../../platform/outgoing/provider-fetch.js';
import type { Trail } from '../../platform/trail.js';
import type { SignInWatch } from '../sign-in/sign-in-watch.js';
import type { UserStore } from '../users/users.store.js';
import { OidcStore } from './oidc.store.js';
import { OidcProvider } from './oidc-provider.js';
import { OidcSignIn } from './oidc-sign-in.js';
import { OidcUsers } from './oidc-users.js';

export interface OidcParts {
  readonly database: Database;
  readonly users: UserStore;
  readonly now: Clock;
  readonly trail: Trail;
  readonly watch: SignInWatch;
}

/** Sign-in at the provider that the settings name. */
export function openOidc(config: OidcConfig, parts: OidcParts): OidcSignIn {
  const provider = new OidcProvider(config, providerFetch(config.issuer).fetch, parts.now);
  const users = new OidcUsers({ ...parts, store: new OidcStore(), config });
  return new OidcSignIn(config.label, provider, users, parts.watch);
}
