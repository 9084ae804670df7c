import type { Clock } from '../platform/clock.js';
import type { Config } from '../platform/config/config.js';
import type { Database } from '../platform/db/database.js';
import type { SendError } from '../platform/http/send-error.js';
import type { Log } from '../platform/log.js';
import type { Trail } from '../platform/trail.js';
import type { AccessChanges } from './access-changes.js';
import { GrantStore } from './grants/grants.store.js';
import type { OidcSignIn } from './oidc/oidc-sign-in.js';
import type { OidcParts } from './oidc/open-oidc.js';
import { SignInPages } from './pages/sign-in-pages.js';
import { SignUpPage } from './pages/sign-up-page.js';
import { RoleStore } from './roles/roles.store.js';
import { SetupService } from './setup/setup.service.js';
import { SetupStore } from './setup/setup.store.js';
import { SetupGuesses } from './setup/setup-guesses.js';
import { Authenticator } from './sign-in/authenticator.js';
import { PasswordChecks } from './sign-in/password-checks.js';
import { peerReader, type ReadPeer } from './sign-in/peer.js';
import { SessionService } from './sign-in/sessions.service.js';
import { SignInStore } from './sign-in/sign-in.store.js';
import { AuditedSignIns, type Denials } from './sign-in/sign-in-watch.js';
import { TokenUse } from './sign-in/token-use.js';
import { UserService } from './users/users.service.js';
import { UserStore } from './users/users.store.js';

/** What tells who comes in, and where people do. */
export interface SignIn {
  readonly authenticator: Authenticator;
  readonly peerOf: ReadPeer;
  pages(sendError: SendError): SignInPages;
}

export type SignInSettings = Pick<Config, 'signIn' | 'security' | 'staticPrefix'>;

export interface SignInParts {
  readonly database: Database;
  readonly log: Log;
  readonly now: Clock;
  readonly trail: Trail & Denials;
  readonly changes: AccessChanges;
}

/** Everything that decides who comes in. */
export async function openSignIn(
  { signIn, security, staticPrefix: prefix }: SignInSettings,
  { database, log, now, trail, changes }: SignInParts,
): Promise<SignIn> {
  const users = new UserStore(database);
  const store = new SignInStore(database);
  const watch = new AuditedSignIns(trail);
  const passwords = new PasswordChecks(database, store, now, watch);
  const oidc = await oidcOf(signIn.oidc, { database, users, now, trail, watch });
  const peerOf = peerReader(signIn.trustedProxies);
  const authenticator = new Authenticator({
    ...{ database, users, store, passwords, peerOf, now, watch, changes },
    tokenUse: new TokenUse(store, log),
    jwts: oidc,
    // A pattern is good enough for reading; who may write with a session's cookie is named in full.
    isAllowedOrigin: (origin) => security.allowedOrigins.includes(origin),
  });
  const parts = { database, users, now, trail };
  const setup = new SetupService({
    ...{ ...parts, store: new SetupStore() },
    guesses: new SetupGuesses({ database, store, denials: trail, now }),
  });
  const signUp = new SignUpPage({
    identify: (request) => authenticator.identify(request),
    users: new UserService({
      ...{ ...parts, roles: new RoleStore(database), grants: new GrantStore(database), passwords },
    }),
    prefix,
  });
  const sessions = new SessionService({
    ...{ ...parts, store, changes, seconds: signIn.sessionSeconds },
  });
  return {
    authenticator,
    peerOf,
    pages: (sendError) =>
      new SignInPages({
        ...{ database, authenticator, users, passwords, sessions, setup, signUp, oidc, peerOf },
        ...{ prefix, sendError },
      }),
  };
}

/** The libraries of a provider are loaded only where there is one. */
async function oidcOf(
  config: SignInSettings['signIn']['oidc'],
  parts: OidcParts,
): Promise<OidcSignIn | undefined> {
  if (config === undefined) return undefined;
  const { openOidc } = await import('./oidc/open-oidc.js');
  return openOidc(config, parts);
}
