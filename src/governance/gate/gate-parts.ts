import type { AuditTrail } from '../../audit/audit-trail.js';
import type { Clock } from '../../platform/clock.js';
import type { Database } from '../../platform/db/database.js';
import type { VersionStore } from '../../registry/versions/versions.store.js';
import type { BreakGlassStore } from '../break-glass/break-glass.store.js';
import type { GovernanceEvents } from '../events/governance-events.js';
import type { PolicyService } from '../policy/policies.service.js';
import type { FeedStore } from '../requests/feed.store.js';
import type { RequestStore } from '../requests/requests.store.js';
import type { QuarantineStore } from '../rollback/quarantines.store.js';
import type { StepsAhead } from '../version-facts/steps-ahead.js';
import type { Callers } from './callers.js';
import type { GateStore } from './gate.store.js';
import type { ServedStore } from './served.store.js';
import type { SituationStore } from './situation.store.js';
import type { VersionFactsSource } from './version-facts.js';

/** Where decisions are written down. */
export type DecisionTrail = Pick<AuditTrail, 'record' | 'recordDecision' | 'recordDenial'>;

/** All that the gate asks and tells. */
export interface GateParts {
  readonly database: Database;
  readonly versions: Pick<VersionStore, 'find' | 'findBeside' | 'findByAlias' | 'setStage'>;
  readonly history: GateStore;
  readonly served: ServedStore;
  readonly situations: SituationStore;
  readonly requests: RequestStore;
  readonly feed: FeedStore;
  readonly grants: BreakGlassStore;
  readonly quarantines: QuarantineStore;
  readonly policies: Pick<PolicyService, 'profileOf' | 'profileAt' | 'remembered'>;
  readonly facts: VersionFactsSource;
  /** Reads what is to become a version before it is one. */
  readonly stepsAhead: Pick<StepsAhead, 'of'>;
  readonly callers: Callers;
  readonly trail: DecisionTrail;
  /** Is told of what becomes of requests. */
  readonly events: GovernanceEvents;
  readonly now: Clock;
}
