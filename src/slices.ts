import { accessSlices } from './access/access.slices.js';
import type { Levels } from './access/levels.js';
import { signInSlices } from './access/sign-in.slices.js';
import type { ArtifactDeps } from './artifacts/artifacts.ports.js';
import { findArtifact } from './artifacts/open-artifact.js';
import { ArtifactPlaces } from './artifacts/places.js';
import { resolveExperimentLocation } from './artifacts/uri.js';
import { type AuditSlices, auditSlices } from './audit-slices.js';
import { evaluationSlices } from './evaluation-slices.js';
import { evidenceSlices } from './evidence-slices.js';
import { gateSlices, governanceSlices, type SignedIn } from './governance-slices.js';
import { type Clock, systemClock } from './platform/clock.js';
import type { Config } from './platform/config/config.js';
import type { Database } from './platform/db/database.js';
import { noOwners, type Owners, type Witnesses } from './platform/trail.js';
import { AliasService } from './registry/aliases/aliases.service.js';
import { AliasStore } from './registry/aliases/aliases.store.js';
import { checkModelName } from './registry/models/models.js';
import { ModelService } from './registry/models/models.service.js';
import { ModelStore } from './registry/models/models.store.js';
import { openGate, type PromotionGate } from './registry/promotion-gate.js';
import type { RegistryEvents } from './registry/registry-events.js';
import { SourceRules } from './registry/versions/source-rules.js';
import { noVersion, parseVersion } from './registry/versions/versions.js';
import { VersionService } from './registry/versions/versions.service.js';
import { VersionStore } from './registry/versions/versions.store.js';
import { AssessmentService } from './tracing/assessments/assessments.service.js';
import { AssessmentStore } from './tracing/assessments/assessments.store.js';
import { type Experiments, SpanService } from './tracing/spans/spans.service.js';
import { SpanStore } from './tracing/spans/spans.store.js';
import { TraceDataReader } from './tracing/spans/trace-data.js';
import type { TraceFiles } from './tracing/spans/trace-data.operations.js';
import { TraceLinkStore } from './tracing/traces/links.store.js';
import { TraceService } from './tracing/traces/traces.service.js';
import { TraceStore } from './tracing/traces/traces.store.js';
import { ExperimentService } from './tracking/experiments/experiments.service.js';
import { ExperimentStore } from './tracking/experiments/experiments.store.js';
import { InputService } from './tracking/inputs/inputs.service.js';
import { InputStore } from './tracking/inputs/inputs.store.js';
import { appendModelMetrics } from './tracking/logged-models/logged-models.metrics.js';
import { LoggedModelService } from './tracking/logged-models/logged-models.service.js';
import { LoggedModelStore } from './tracking/logged-models/logged-models.store.js';
import { HistoryMarking } from './tracking/metrics/marking.service.js';
import { MarkingStore } from './tracking/metrics/marking.store.js';
import { MetricService } from './tracking/metrics/metrics.service.js';
import { MetricStore } from './tracking/metrics/metrics.store.js';
import { HistorySampler } from './tracking/metrics/sampling.js';
import { SamplingStore } from './tracking/metrics/sampling.store.js';
import { noRun } from './tracking/runs/runs.js';
import {
  type ActiveExperiments,
  type RunAssessments,
  RunService,
} from './tracking/runs/runs.service.js';
import { RunStore } from './tracking/runs/runs.store.js';
import { webhookSlices } from './webhook-slices.js';

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
  }: Outside = {},
) {
  const witnesses: Witnesses = { trail: audit.trail, owners };
  const assessments = new AssessmentService(
    database,
    new AssessmentStore(database),
    new TraceStore(database),
    now,
  );
  const tracking = trackingSlices(config, database, now, assessments, witnesses);
  const webhooks = webhookSlices(config, database, now, wake, witnesses);
  const { loggedModels } = tracking;
  const places = new ArtifactPlaces(config.artifacts);
  const evidence = evidenceSlices(config, {
    ...{ database, places, now, trail: witnesses.trail, models: new ModelStore(database) },
    profiles: {
      profileOf: async (reader, model) => (await gating.policies.profileOf(model, reader)).profile,
    },
  });
  const gating = gateSlices(config, database, {
    ...{ now, trail: audit.trail, signedIn, otherwise: gate },
    facts: evidence.freshFacts,
  });
  const registry = registrySlices(config, database, now, {
    ...{ loggedModels, events: webhooks.outbox, gate: gating.gate, ...witnesses },
    trail: evidence.trail,
  });
  const governance = governanceSlices(gating, {
    transition: (wish, by) => registry.versions.transition(wish, by),
    setAlias: (...asked) => registry.aliases.set(...asked),
  });
  const artifacts: ArtifactDeps = {
    places,
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
  const tracing = tracingSlices(config, database, tracking, places, assessments, witnesses);
  const access = accessSlices({
    ...{ database, now, trail: witnesses.trail },
    defaultPermission: config.auth.defaultPermission,
    ...(levels === undefined ? {} : { levels }),
    models: {
      kindOf: async (reader, name) =>
        (await registry.modelStore.isPrompt(reader, name)) ? 'prompt' : 'registered_model',
    },
  });
  return {
    access,
    ...{ database, bodyLimit: config.bodyLimit, artifacts },
    ...{ audit, evidence },
    governance: { ...governance, config: config.governance },
    ...tracking,
    ...tracing,
    ...registry,
    ...webhooks,
    ...evaluationSlices(database, tracking, now, witnesses),
    ...signInSlices(database, witnesses.trail, now),
  };
}

function trackingSlices(
  config: Config,
  database: Database,
  now: Clock,
  assessments: RunAssessments,
  { trail, owners }: Witnesses,
) {
  const limits = { truncate: config.truncateLongValues };
  const experimentStore = new ExperimentStore(database);
  const experiments = new ExperimentService({
    ...{ database, trail, owners, now },
    store: experimentStore,
    resolveLocation: (given, experimentId) =>
      resolveExperimentLocation({ given, experimentId, settings: config.artifacts }),
  });
  const activeExperiments: ActiveExperiments = {
    get: async (reader, id) => {
      const experiment = await experiments.getActive(reader, id);
      return { id: experiment.experiment_id, artifactLocation: experiment.artifact_location };
    },
  };

  const runStore = new RunStore(database);
  const runs = new RunService({
    ...{ database, assessments, trail, limits, now },
    store: runStore,
    experiments: activeExperiments,
  });
  const inputStore = new InputStore(database);
  const inputs = new InputService(database, inputStore, runs);
  const loggedModelStore = new LoggedModelStore(database);
  const loggedModels = new LoggedModelService(
    database,
    loggedModelStore,
    activeExperiments,
    trail,
    now,
  );
  const metricStore = new MetricStore(database);
  const metrics = new MetricService(
    database,
    metricStore,
    runStore,
    runs,
    appendModelMetrics,
    limits,
  );
  const marking = new HistoryMarking(database, new MarkingStore(database));
  const sampler = new HistorySampler(database, new SamplingStore(database), marking);
  return {
    activeExperiments,
    experimentStore,
    experiments,
    runStore,
    runs,
    inputStore,
    inputs,
    loggedModelStore,
    loggedModels,
    metricStore,
    metrics,
    marking,
    sampler,
  };
}

function tracingSlices(
  config: Config,
  database: Database,
  tracking: ReturnType<typeof trackingSlices>,
  places: ArtifactPlaces,
  assessments: AssessmentService,
  { trail }: Witnesses,
) {
  const traceStore = new TraceStore(database);
  const spanStore = new SpanStore(database);
  const links = new TraceLinkStore();
  const traceExperiments: Experiments = {
    find: async (reader, id) => {
      const experiment = await tracking.experiments.get(reader, id);
      return { id: experiment.experiment_id, artifactLocation: experiment.artifact_location };
    },
  };
  const traces = new TraceService({
    database,
    store: traceStore,
    links,
    experiments: tracking.activeExperiments,
    assessments,
    trail,
    limits: { truncate: config.truncateLongValues },
  });
  const spans = new SpanService({
    database,
    spans: spanStore,
    traces: traceStore,
    links,
    experiments: traceExperiments,
  });
  const traceData = new TraceDataReader({ database, traces: traceStore, spans: spanStore });
  const traceFiles: TraceFiles = { send: (folder, path) => findArtifact(places, folder, path) };
  return { traceStore, traces, assessments, spans, traceData, traceFiles, traceExperiments };
}

function registrySlices(
  config: Config,
  database: Database,
  now: Clock,
  ports: Witnesses & {
    loggedModels: LoggedModelService;
    events: RegistryEvents;
    gate: PromotionGate;
  },
) {
  const modelStore = new ModelStore(database);
  const versionStore = new VersionStore(database);
  const aliasStore = new AliasStore();
  const parts = {
    database,
    models: modelStore,
    versions: versionStore,
    aliases: aliasStore,
    sources: new SourceRules(config.artifacts, versionStore),
    ...ports,
    now,
  };
  return {
    modelStore,
    versionStore,
    models: new ModelService(parts),
    versions: new VersionService(parts),
    gate: ports.gate,
    aliases: new AliasService(parts),
  };
}
