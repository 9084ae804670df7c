import type { Access } from './access/open-access.js';
import type { AuditTrail } from './audit/audit-trail.js';
import { BreakGlassService } from './governance/break-glass/break-glass.service.js';
import { BreakGlassStore } from './governance/break-glass/break-glass.store.js';
import type { GovernanceEvents } from './governance/events/governance-events.js';
import { anybody } from './governance/gate/callers.js';
import { DryRuns } from './governance/gate/dry-run.js';
import { GateStore } from './governance/gate/gate.store.js';
import type { GateParts } from './governance/gate/gate-parts.js';
import { GovernanceGate } from './governance/gate/governance-gate.js';
import { ServedStore } from './governance/gate/served.store.js';
import { SignedInCallers } from './governance/gate/signed-in-callers.js';
import { SituationStore } from './governance/gate/situation.store.js';
import type { VersionFactsSource } from './governance/gate/version-facts.js';
import { ProductionRightsStore } from './governance/permissions/production-rights.store.js';
import { PolicyService } from './governance/policy/policies.service.js';
import { PolicyStore } from './governance/policy/policies.store.js';
import { CommentService } from './governance/requests/comments.service.js';
import { FeedStore } from './governance/requests/feed.store.js';
import { type Promoter, RequestService } from './governance/requests/requests.service.js';
import { RequestStore } from './governance/requests/requests.store.js';
import { QuarantineStore } from './governance/rollback/quarantines.store.js';
import type { Clock } from './platform/clock.js';
import type { Config } from './platform/config/config.js';
import type { Database } from './platform/db/database.js';
import type { PromotionGate } from './registry/promotion-gate.js';
import { VersionStore } from './registry/versions/versions.store.js';

/** Who signs in, as far as governance asks about it. */
export type SignedIn = Pick<Access, 'judge' | 'grants'>;

export interface GovernanceSurroundings {
  readonly now: Clock;
  readonly trail: AuditTrail;
  readonly signedIn: SignedIn | undefined;
  /** Tells what there is to know of a version. */
  readonly facts: VersionFactsSource;
  readonly stepsAhead: GateParts['stepsAhead'];
  /** What decides where governance is switched off. */
  readonly otherwise: PromotionGate;
  /** Is told of what happens to requests and grants. */
  readonly events: GovernanceEvents;
}

/** Every `new` of governance that the registry asks, and so is there before it. */
export function gateSlices(
  config: Config,
  database: Database,
  { now, trail, signedIn, facts, stepsAhead, otherwise, events }: GovernanceSurroundings,
) {
  const policyStore = new PolicyStore();
  const policies = new PolicyService({
    ...{ database, store: policyStore, config: config.governance, trail, now },
  });
  const versions = new VersionStore(database);
  const callers =
    signedIn === undefined
      ? anybody
      : new SignedInCallers({ database, ...signedIn, production: new ProductionRightsStore() });
  const parts = {
    ...{ database, versions, policies, callers, trail, events, now },
    history: new GateStore(database),
    served: new ServedStore(),
    situations: new SituationStore(database),
    requests: new RequestStore(database),
    feed: new FeedStore(database),
    grants: new BreakGlassStore(database),
    quarantines: new QuarantineStore(),
    ...{ facts, stepsAhead },
  };
  const governed = new GovernanceGate(parts);
  const isOff = config.governance.mode === 'compat';
  const gate: PromotionGate = isOff ? otherwise : governed;
  return { gate, parts, policyStore, policies, dryRuns: new DryRuns(governed, parts) };
}

export type GateSlices = ReturnType<typeof gateSlices>;

/** Every `new` of governance that carries something out, and so needs the registry. */
export function governanceSlices(
  { parts, policyStore, policies, dryRuns }: GateSlices,
  promoter: Promoter,
) {
  const { database, grants, history, callers, trail, events, now } = parts;
  return {
    ...{ parts, policyStore, policies, dryRuns, promoter },
    requests: new RequestService({ ...parts, dryRuns, promoter }),
    comments: new CommentService(parts),
    breakGlass: new BreakGlassService({
      ...{ database, store: grants, models: history, callers, trail, events, now },
    }),
  };
}
