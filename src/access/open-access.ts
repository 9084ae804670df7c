import type { Clock } from '../platform/clock.js';
import type { Config } from '../platform/config/config.js';
import type { Database } from '../platform/db/database.js';
import type { Guard } from '../platform/http/guard.js';
import type { By, Caller, Requirement } from '../platform/http/operation.js';
import type { Log } from '../platform/log.js';
import type { Deed, Owners, Trail } from '../platform/trail.js';
import type { PromotionGate } from '../registry/promotion-gate.js';
import { VersionStore } from '../registry/versions/versions.store.js';
import { AccessChanges } from './access-changes.js';
import { GrantStore } from './grants/grants.store.js';
import { GrantingOwners } from './grants/owners.js';
import { AccessGuard, type Refusals } from './guard/access-guard.js';
import { floorOf } from './guard/floor.js';
import { GrantReader } from './guard/grants.store.js';
import { HolderStore } from './guard/holders.store.js';
import { Judge } from './guard/judge.js';
import { Standings } from './guard/standings.js';
import { Targets } from './guard/targets.js';
import { openSignIn, type SignIn, type SignInSettings } from './open-sign-in.js';
import { Policies } from './policy/policies.js';
import { rightsGate } from './rights-gate.js';
import { scopeAllows } from './tokens/scopes.js';

/** What a server with sign-in asks before it does anything, in one workspace. */
export interface Access {
  readonly guard: Guard;
  readonly judge: Judge;
  /** Asks for the rights on stages and aliases, where governance asks for nothing more. */
  readonly gate: PromotionGate;
  readonly grants: GrantReader;
  /** Gives who makes a thing the rights on it. */
  readonly owners: Owners;
}

export interface AccessParts {
  readonly database: Database;
  readonly log: Log;
  readonly now: Clock;
  readonly trail: AccessTrail;
}

/** The audit log, which is told of what was refused too. */
export interface AccessTrail extends Trail {
  recordDenial(by: By, deed: Deed, why: string, policyVersion?: string): Promise<void>;
}

/** The same accounts in every workspace; `in` makes what decides in one. */
export interface AllAccess {
  readonly signIn: SignIn;
  in(database: Database, trail: AccessTrail): Access;
}

/**
 * Everything that decides who comes in and who may do what.
 *
 * @throws Error with one sentence when the policies can't be used
 */
export async function openAccess(
  config: Pick<Config, 'auth' | 'workspaces'> & SignInSettings,
  { database, log, now, trail }: AccessParts,
): Promise<AllAccess> {
  const { auth, workspaces } = config;
  const policies = new Policies(auth.policies);
  const changes = new AccessChanges();
  const signIn = await openSignIn(config, { database, log, now, trail, changes });
  const floor = floorOf(auth, workspaces);
  return {
    signIn,
    in: (here, told) => {
      const grants = new GrantReader(here);
      const targets = new Targets(new HolderStore(here), here.read);
      const judge = new Judge({
        standings: new Standings(grants, floor),
        membersOnly: workspaces.enabled,
        ...{ policies, targets, grants, inScope },
      });
      const guard = new AccessGuard({
        identify: (request) => signIn.authenticator.identify(request),
        addressOf: (request) => signIn.peerOf(request).address,
        refusals: refusalsTo(told, judge),
        database: here,
        ...{ floor, targets, judge, inScope, changes },
      });
      const versions = new VersionStore(here);
      const gate = rightsGate(
        judge,
        async (tx, name, version) => (await versions.find(tx, name, version))?.current_stage,
      );
      const owners = new GrantingOwners(new GrantStore(here), told);
      return { guard, judge, gate, owners, grants };
    },
  };
}

/** Whoever is refused something is written down. */
const refusalsTo = (trail: AccessTrail, judge: Judge): Refusals => ({
  record: (call, operation, { access, of, id }) =>
    trail.recordDenial(
      call,
      { action: operation, object: { kind: of, id } },
      `it takes ${access} on ${of}${id === '' ? '' : ` '${id}'`}`,
      judge.policyVersion,
    ),
  recordOther: (call, operation, asked, why) =>
    trail.recordDenial(
      call,
      { action: operation, object: { kind: 'server', id: '' }, after: asked },
      why,
    ),
});

const inScope = ({ scopes }: Caller, { access, of }: Requirement): boolean =>
  scopeAllows(scopes, access, of);
