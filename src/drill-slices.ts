import type { Alerts } from './governance/alerts/alerts.js';
import { NO_CARD } from './governance/cards/check-card.js';
import { BrokenDrills } from './governance/drills/broken-drills.js';
import { DrillService, type DrillWebhooks } from './governance/drills/drill.service.js';
import { DrillStore } from './governance/drills/drills.store.js';
import { bareFacts } from './governance/gate/bare-facts.js';
import { anybody } from './governance/gate/callers.js';
import type { GateParts } from './governance/gate/gate-parts.js';
import { GovernanceGate } from './governance/gate/governance-gate.js';
import { PROFILE_DEFAULTS, type Profile } from './governance/policy/profile.js';
import { RollbackService } from './governance/rollback/rollback.service.js';
import { RecordingGate } from './governance/serving/recording-gate.js';
import { Seats } from './governance/serving/seats.js';
import type { Database } from './platform/db/database.js';
import type { By } from './platform/http/operation.js';
import { JobStore } from './platform/jobs/jobs.store.js';
import { noOwners } from './platform/trail.js';
import { AliasService } from './registry/aliases/aliases.service.js';
import { AliasStore } from './registry/aliases/aliases.store.js';
import { ModelService } from './registry/models/models.service.js';
import { ModelStore } from './registry/models/models.store.js';
import type { RegistryEvents } from './registry/registry-events.js';
import { noVersion } from './registry/versions/versions.js';
import { VersionService } from './registry/versions/versions.service.js';
import type { VersionStore } from './registry/versions/versions.store.js';
import type { ServingWork } from './serving-work.js';

/** Of one process. */
const DRILLS = 2;

/** Nobody serves the model of a drill, so nobody has to approve it. */
const PROFILE: Profile = { ...PROFILE_DEFAULTS, name: 'drill', models: ['*'], mode: 'observe' };
const IN_FORCE = { profile: PROFILE, profileVersion: 'drill', policyVersion: 'drill' };

export interface DrillSurroundings {
  readonly work: ServingWork;
  readonly gate: GateParts & { readonly versions: VersionStore };
  readonly events: RegistryEvents;
  readonly webhooks: DrillWebhooks;
  /** Hear of a drill that took too long. */
  readonly alerts: Alerts;
}

/** Every `new` of drills: a registry of their own over the same tables. */
export function drillSlices(
  database: Database,
  { work, gate, events, webhooks, alerts }: DrillSurroundings,
) {
  const { changes, feed } = work;
  const { versions, trail, now } = gate;
  const parts = {
    ...gate,
    policies: {
      profileOf: async () => IN_FORCE,
      profileAt: async () => IN_FORCE,
      remembered: () => IN_FORCE,
    },
    // Who starts a drill takes nothing out that anybody serves.
    callers: anybody,
    // A drill is about time: its versions are none of anybody's files.
    facts: {
      factsOf: async (reader, model, version) => {
        const found = await versions.find(reader, model, version);
        if (found === undefined) throw noVersion(model, version);
        return bareFacts(found);
      },
      markOf: async () => '',
      cardIfBack: async () => NO_CARD,
    },
  } satisfies GateParts;
  const recording = new RecordingGate(new GovernanceGate(parts), { changes, now });
  const models = new ModelStore(database);
  const shared = {
    ...{ database, models, versions, events, trail, now, gate: recording },
    aliases: new AliasStore(),
  };
  const modelService = new ModelService({ ...shared, owners: noOwners });
  const versionService = new VersionService({
    ...shared,
    sources: {
      resolve: async (_, { source }) => ({ source, storageLocation: source, runId: '' }),
    },
    loggedModels: { appendVersion: async () => ({ sourceRunId: '' }) },
  });
  const aliasService = new AliasService(shared);
  const promoter = {
    transition: (wish, by) => versionService.transition(wish, by),
    setAlias: (...asked) => aliasService.set(...asked),
  } satisfies ConstructorParameters<typeof RollbackService>[0]['promoter'];
  const [store, jobs] = [new DrillStore(database), new JobStore(database)];
  const deleteModel = (name: string, by: By) => modelService.delete(name, by);
  const broken = new BrokenDrills({
    ...{ database, store, jobs, webhooks, alerts, trail, now },
    registry: { deleteModel },
  });
  const drills = new DrillService({
    ...{ database, store, jobs, broken, versions, webhooks, feed, alerts, trail, now },
    running: new Seats(DRILLS, 'drills'),
    receivers: work.receivers,
    registry: {
      createModel: (name, by) => modelService.create(name, 'A drill.', [], by),
      createVersion: (name, by) =>
        versionService.create(
          {
            ...{ name, source: 'mlflow-artifacts:/runledger-drill', runId: undefined },
            ...{ modelId: undefined, runLink: '', description: 'A drill.', tags: [] },
          },
          by,
        ),
      promote: (name, version, by) =>
        promoter.transition({ name, version, stage: 'Production', archiveExisting: true }, by),
      setAlias: (name, alias, version, by) => aliasService.set(name, alias, version, by),
      deleteModel,
      rollbacks: new RollbackService({ ...parts, versions, promoter, changes }),
    },
  });
  return { database, store, broken, drills };
}
