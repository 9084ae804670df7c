import { AuditStore } from '../../audit/audit.store.js';
import { AuditTrail } from '../../audit/audit-trail.js';
import type { GovernanceConfig } from '../../platform/config/governance-config.js';
import type { Database } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import type { PromotionGate } from '../../registry/promotion-gate.js';
import { registryOn } from '../../registry/testing/registry-on.js';
import { VersionStore } from '../../registry/versions/versions.store.js';
import { BY_TESTER } from '../../testing/tester.js';
import { BreakGlassService } from '../break-glass/break-glass.service.js';
import { BreakGlassStore } from '../break-glass/break-glass.store.js';
import type { CardState } from '../cards/check-card.js';
import type { CallerFacts } from '../evaluate/facts.js';
import { type GovernanceEvents, nobodyToTell } from '../events/governance-events.js';
import { DryRuns } from '../gate/dry-run.js';
import { GateStore } from '../gate/gate.store.js';
import { GovernanceGate } from '../gate/governance-gate.js';
import { ServedStore } from '../gate/served.store.js';
import { SituationStore } from '../gate/situation.store.js';
import { PolicyService } from '../policy/policies.service.js';
import { PolicyStore } from '../policy/policies.store.js';
import { FeedStore } from '../requests/feed.store.js';
import { type Promoter, RequestService } from '../requests/requests.service.js';
import { RequestStore } from '../requests/requests.store.js';
import { QuarantineStore } from '../rollback/quarantines.store.js';
import { RollbackService } from '../rollback/rollback.service.js';
import { ChangeStore } from '../serving/changes.store.js';
import { RecordingGate } from '../serving/recording-gate.js';
import { NOW } from './cards.js';
import { GOOD_VERSION } from './facts.js';

/** Somebody as who asks. */
export const as = (name: string): By => ({
  ...BY_TESTER,
  caller: { name, isAdmin: false, method: 'password' },
});

/** A governed registry over a database, whose versions all have their evidence. */
export function governedOn(
  database: Database,
  people: readonly CallerFacts[],
  config: GovernanceConfig = { mode: 'enforce', policy: undefined },
  events: GovernanceEvents = nobodyToTell,
  around: (gate: PromotionGate) => PromotionGate = (gate) => gate,
) {
  let time = NOW;
  const now = () => ++time;
  const auditStore = new AuditStore(database);
  const trail = new AuditTrail({ database, store: auditStore, now });
  const policyStore = new PolicyStore();
  const policies = new PolicyService({ database, store: policyStore, config, trail, now });
  const versions = new VersionStore(database);
  const parts = {
    ...{ database, versions, policies, trail, events, now },
    history: new GateStore(database),
    served: new ServedStore(),
    situations: new SituationStore(database),
    requests: new RequestStore(database),
    feed: new FeedStore(database),
    grants: new BreakGlassStore(database),
    quarantines: new QuarantineStore(),
    facts: {
      factsOf: async (_: unknown, model: string, version: number) => ({
        ...GOOD_VERSION,
        ...{ model, version },
      }),
      markOf: async () => '',
      cardIfBack: async (_: unknown, _model: string, _version: number): Promise<CardState> =>
        GOOD_VERSION.card,
    },
    stepsAhead: { of: async () => undefined },
    callers: {
      factsOf: async ({ name }: { name: string }) =>
        people.find((known) => known.name === name) ?? {
          ...{ name, roles: [], rights: ['READ'], isAdmin: false },
        },
      breaksGlass: async () => false,
      markOf: async (_: unknown, { name }: { name: string }) =>
        JSON.stringify(people.find((known) => known.name === name) ?? null),
    },
  };
  const gate = new GovernanceGate(parts);
  const changes = new ChangeStore(database);
  const recording = new RecordingGate(gate, { changes, now });
  const registry = registryOn(database, { gate: around(recording), trail });
  const promoter: Promoter = {
    transition: (wish, by) => registry.versions.transition(wish, by),
    setAlias: (...asked) => registry.aliases.set(...asked),
  };
  const dryRuns = new DryRuns(gate, parts);
  return {
    ...{ ...parts, registry, auditStore, policyStore, dryRuns },
    service: new RequestService({
      ...{ ...parts, dryRuns },
      promoter,
    }),
    changes,
    rollbacks: new RollbackService({ ...parts, promoter, changes }),
    breakGlass: new BreakGlassService({
      ...{ database, store: parts.grants, models: parts.history, callers: parts.callers },
      ...{ trail, events, now },
    }),
    /** Time passes. */
    wait: (milliseconds: number) => {
      time += milliseconds;
    },
    promote: (name: string, version: string, who: string, archiveExisting = true) =>
      registry.versions.transition(
        { name, version, stage: 'Production', archiveExisting },
        as(who),
      ),
  };
}

export type Governed = ReturnType<typeof governedOn>;
