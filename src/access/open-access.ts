import type { Clock } from '../platform/clock.js';
import type { Config } from '../platform/config/config.js';
import type { Database } from '../platform/db/database.js';
import type { Guard } from '../platform/http/guard.js';
import type { Log } from '../platform/log.js';
import type { PromotionGate } from '../registry/promotion-gate.js';
import { AccessGuard } from './guard/access-guard.js';
import { GrantReader } from './guard/grants.store.js';
import { HolderStore } from './guard/holders.store.js';
import { Judge } from './guard/judge.js';
import { Standings } from './guard/standings.js';
import { Targets } from './guard/targets.js';
import { Policies } from './policy/policies.js';
import { rightsGate } from './rights-gate.js';
import { Authenticator } from './sign-in/authenticator.js';
import { PasswordChecks } from './sign-in/password-checks.js';
import { peerReader } from './sign-in/peer.js';
import { SignInStore } from './sign-in/sign-in.store.js';
import { TokenUse } from './sign-in/token-use.js';
import { UserStore } from './users/users.store.js';

/** What a server with sign-in asks before it does anything. */
export interface Access {
  readonly guard: Guard;
  readonly judge: Judge;
  /** Asks for the rights on stages and aliases. */
  readonly gate: PromotionGate;
}

/**
 * Everything that decides who comes in and who may do what.
 *
 * @throws Error with one sentence when the policies can't be used
 */
export function openAccess(
  { auth }: Pick<Config, 'auth'>,
  database: Database,
  log: Log,
  now: Clock,
): Access {
  const grants = new GrantReader(database);
  const targets = new Targets(new HolderStore(database), database.read);
  const judge = new Judge({
    policies: new Policies(auth.policies),
    standings: new Standings(grants, auth.defaultPermission),
    inScope: () => true,
    ...{ targets, grants },
  });
  const store = new SignInStore(database);
  const authenticator = new Authenticator({
    ...{ database, store, now },
    users: new UserStore(database),
    passwords: new PasswordChecks(database, store, now),
    tokenUse: new TokenUse(store, log),
    jwts: undefined,
    peerOf: peerReader({ hasAddress: () => false }),
    isAllowedOrigin: () => false,
  });
  const guard = new AccessGuard({
    identify: (request) => authenticator.identify(request),
    refusals: { record: async () => undefined },
    floor: auth.defaultPermission,
    ...{ targets, judge },
  });
  return { guard, judge, gate: rightsGate(judge) };
}
