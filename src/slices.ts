import { accessSlices } from './access/access.slices.js';
import { floorOf } from './access/guard/floor.js';
import type { Levels } from './access/levels.js';
import { AuditedSignIns } from './access/sign-in/sign-in-watch.js';
import { signInSlices } from './access/sign-in.slices.js';
import type { ArtifactDeps } from './artifacts/artifacts.ports.js';
import { ArtifactPlaces } from './artifacts/places.js';
import { pathsIn, plainPaths } from './artifacts/proxied-paths.js';
import { type AuditSlices, auditSlices } from './audit-slices.js';
import { drillSlices } from './drill-slices.js';
import type { Allows } from './evaluation/review-queues/queue-access.js';
import { evaluationSlices } from './evaluation-slices.js';
import { evidenceSlices } from './evidence-slices.js';
import type { Promoter } from './governance/requests/requests.service.js';
import { RecordingGate } from './governance/serving/recording-gate.js';
import { gateSlices, governanceSlices, type SignedIn } from './governance-slices.js';
import { lineageSlices } from './lineage-slices.js';
import { notificationSlices } from './notification-slices.js';
import { type Clock, systemClock } from './platform/clock.js';
import type { Config } from './platform/config/config.js';
import type { Database } from './platform/db/database.js';
import { createLog } from './platform/log.js';
import { type BusyWitnesses, noOwners, type Owners } from './platform/trail.js';
import { protectionSlices } from './protection-slices.js';
import { checkModelName } from './registry/models/models.js';
import { ModelStore } from './registry/models/models.store.js';
import { openGate, type PromotionGate } from './registry/promotion-gate.js';
import { noVersion, parseVersion } from './registry/versions/versions.js';
import { registrySlices } from './registry-slices.js';
import { servingSlices } from './serving-slices.js';
import { createServingWork, type ServingWork } from './serving-work.js';
import { tellingSlices } from './telling-slices.js';
import { AssessmentService } from './tracing/assessments/assessments.service.js';
import { AssessmentStore } from './tracing/assessments/assessments.store.js';
import { TraceStore } from './tracing/traces/traces.store.js';
import { tracingSlices } from './tracing-slices.js';
import { noRun } from './tracking/runs/runs.js';
import { trackingSlices } from './tracking-slices.js';
import { webhookSlices } from './webhook-slices.js';
import { workspacesOf } from './workspace-slices.js';

export type Slices = ReturnType<typeof createSlices>;

/** What slices are told of and ask, but don't know. */
export interface Outside {
  readonly now?: Clock;
  /** Tells whoever delivers to webhooks that there will be something to deliver. */
  readonly wake?: () => void;
  readonly audit?: AuditSlices;
  readonly owners?: Owners;
  readonly gate?: PromotionGate;
  readonly levels?: Levels;
  readonly signedIn?: SignedIn;
  readonly serving?: ServingWork;
}

/** Every `new` of the slices, each with the narrow ports it asks for. */
export function createSlices(
  config: Config,
  database: Database,
  {
    now = systemClock,
    wake = () => undefined,
    audit = auditSlices(config, database, now),
    owners = noOwners,
    gate = openGate,
    levels,
    signedIn,
    serving: work = createServingWork(database, createLog('silent'), now),
  }: Outside = {},
) {
  const witnesses: BusyWitnesses = { trail: audit.trail, owners };
  const assessments = new AssessmentService(
    database,
    new AssessmentStore(database),
    new TraceStore(database),
    now,
  );
  const keeper = protectionSlices(config, {
    ...{ database, trail: audit.trail },
    policies: { profileOf: (...asked) => gating.policies.profileOf(...asked) },
  });
  const tracking = trackingSlices(config, database, now, assessments, { ...witnesses, keeper });
  const webhooks = webhookSlices(config, database, now, wake, witnesses, work.receivers);
  const { loggedModels } = tracking;
  const allows: Allows | undefined =
    signedIn && ((caller, needed) => signedIn.judge.allows(caller, needed));
  const notifications = notificationSlices(config, database, {
    ...{ now, wake, trail: witnesses.trail, allows },
  });
  const events = notifications.outbox;
  const places = new ArtifactPlaces(config.artifacts);
  const evidence = evidenceSlices(config, {
    ...{ database, places, now, trail: witnesses.trail, models: new ModelStore(database) },
    alerts: events,
    frozen: {
      policies: { profileOf: (...asked) => gating.policies.profileOf(...asked) },
      trail: audit.trail,
    },
    profiles: {
      profileOf: async (reader, model) => (await gating.policies.profileOf(model, reader)).profile,
    },
  });
  const gating = gateSlices(config, database, {
    ...{ now, trail: audit.trail, signedIn, otherwise: gate, events },
    ...{ facts: evidence.freshFacts, stepsAhead: evidence.stepsAhead },
  });
  const telling = tellingSlices(config, database, {
    gate: new RecordingGate(gating.gate, { changes: work.changes, now }),
    trail: evidence.trail,
    webhooks,
    events,
  });
  const registry = registrySlices(config, database, now, {
    ...{ loggedModels, events: webhooks.outbox, ...witnesses },
    ...{ trail: telling.trail, gate: evidence.registering(telling.gate) },
  });
  const promoter: Promoter = {
    transition: (wish, by) => registry.versions.transition(wish, by),
    setAlias: (...asked) => registry.aliases.set(...asked),
  };
  const governance = governanceSlices(gating, promoter);
  const artifacts: ArtifactDeps = {
    places,
    paths: config.workspaces.enabled ? pathsIn(database.workspace) : plainPaths,
    serveArtifacts: config.artifacts.serveArtifacts,
    freezing: evidence.freezing,
    recordDeletion: (by, path) =>
      database.write((tx) => {
        const object = { kind: 'artifact', id: path };
        return witnesses.trail.record(tx, by, { action: 'artifact.delete', object });
      }),
    owners: {
      runArtifactUri: async (runId) => {
        const run = await tracking.runStore.info(database.read, runId);
        if (run === undefined) throw noRun(runId);
        return run.artifact_uri;
      },
      loggedModelArtifactUri: (id) => tracking.loggedModels.artifactUri(database.read, id),
      modelVersionDownloadUri: async (name, version) => {
        checkModelName(name);
        const number = parseVersion(name, version);
        const location = await registry.versionStore.location(database.read, name, number);
        if (location === undefined) throw noVersion(name, number);
        return location;
      },
    },
  };
  const serving = servingSlices(config, database, {
    ...{ work, evidence, places, promoter, policies: gating.policies, gate: gating.parts },
    versions: registry.versionStore,
    runArtifactUri: artifacts.owners.runArtifactUri,
  });
  const drills = drillSlices(database, {
    ...{ work, gate: gating.parts, events: webhooks.outbox, alerts: events },
    webhooks: {
      create: (name, url, by) =>
        webhooks.webhooks.create(
          {
            ...{ name, url, description: 'A drill.', secret: '', status: 'ACTIVE' },
            events: [{ entity: 'MODEL_VERSION_ALIAS', action: 'CREATED' }],
          },
          by,
        ),
      delete: (id, by) => webhooks.webhooks.delete(id, by),
      deleteNamed: async (name, by) => {
        for (const id of await webhooks.webhookStore.idsNamed(database.read, name)) {
          await webhooks.webhooks.delete(id, by);
        }
      },
    },
  });
  const tracing = tracingSlices(config, database, tracking, places, assessments, witnesses);
  const access = accessSlices({
    ...{ database, now, trail: witnesses.trail, watch: new AuditedSignIns(audit.trail) },
    defaultPermission: floorOf(config.auth, config.workspaces),
    ...(levels === undefined ? {} : { levels }),
    ...workspacesOf(config, database),
    models: {
      kindOf: async (reader, name) =>
        (await registry.modelStore.isPrompt(reader, name)) ? 'prompt' : 'registered_model',
    },
  });
  return {
    access,
    ...{ database, bodyLimit: config.bodyLimit, artifacts },
    lineage: lineageSlices({ database, evidence, consumers: work.consumers }),
    ...{ audit, evidence, serving, drills },
    governance: { ...governance, config: config.governance },
    ...tracking,
    ...tracing,
    ...registry,
    ...webhooks,
    notifications,
    ...evaluationSlices(database, tracking, now, witnesses, allows),
    ...signInSlices(database, audit.trail, now),
  };
}
