import type { ArtifactDeps } from './artifacts/artifacts.ports.js';
import { findArtifact } from './artifacts/open-artifact.js';
import { ArtifactPlaces } from './artifacts/places.js';
import { resolveExperimentLocation } from './artifacts/uri.js';
import { webhookSending } from './deliveries.js';
import { DatasetService } from './evaluation/datasets/datasets.service.js';
import { DatasetStore } from './evaluation/datasets/datasets.store.js';
import { RecordStore } from './evaluation/datasets/records.store.js';
import { OnlineScoringService } from './evaluation/scorers/online-scoring.service.js';
import { OnlineScoringStore } from './evaluation/scorers/online-scoring.store.js';
import { ScorerService } from './evaluation/scorers/scorers.service.js';
import { ScorerStore } from './evaluation/scorers/scorers.store.js';
import { type Clock, systemClock } from './platform/clock.js';
import type { Config } from './platform/config/config.js';
import type { Database } from './platform/db/database.js';
import { parseFilter } from './platform/filter/filter.js';
import { JobStore } from './platform/jobs/jobs.store.js';
import { AliasService } from './registry/aliases/aliases.service.js';
import { AliasStore } from './registry/aliases/aliases.store.js';
import { checkModelName } from './registry/models/models.js';
import { ModelService } from './registry/models/models.service.js';
import { ModelStore } from './registry/models/models.store.js';
import { openGate } from './registry/promotion-gate.js';
import type { RegistryEvents } from './registry/registry-events.js';
import { SourceRules } from './registry/versions/source-rules.js';
import { noVersion, parseVersion } from './registry/versions/versions.js';
import { VersionService } from './registry/versions/versions.service.js';
import { VersionStore } from './registry/versions/versions.store.js';
import { AssessmentService } from './tracing/assessments/assessments.service.js';
import { AssessmentStore } from './tracing/assessments/assessments.store.js';
import { TRACE_LANGUAGE } from './tracing/search/search.language.js';
import { type Experiments, SpanService } from './tracing/spans/spans.service.js';
import { SpanStore } from './tracing/spans/spans.store.js';
import { TraceDataReader } from './tracing/spans/trace-data.js';
import type { TraceFiles } from './tracing/spans/trace-data.operations.js';
import { TraceLinkStore } from './tracing/traces/links.store.js';
import { TraceService } from './tracing/traces/traces.service.js';
import { TraceStore } from './tracing/traces/traces.store.js';
import { parseExperimentId } from './tracking/experiments/experiments.js';
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
import { DeliveryService } from './webhooks/deliveries.service.js';
import { DeliveryStore } from './webhooks/deliveries.store.js';
import { WebhookOutbox } from './webhooks/outbox.js';
import { WebhookService } from './webhooks/webhooks.service.js';
import { WebhookStore } from './webhooks/webhooks.store.js';

export type Slices = ReturnType<typeof createSlices>;

/**
 * Every `new` of the slices, each with the narrow ports it asks for.
 *
 * @param wake tells whoever delivers to webhooks that there will be something to deliver
 */
export function createSlices(
  config: Config,
  database: Database,
  now: Clock = systemClock,
  wake: () => void = () => undefined,
) {
  const assessments = new AssessmentService(
    database,
    new AssessmentStore(database),
    new TraceStore(database),
    now,
  );
  const tracking = trackingSlices(config, database, now, assessments);
  const webhooks = webhookSlices(config, database, now, wake);
  const { loggedModels } = tracking;
  const registry = registrySlices(config, database, now, loggedModels, webhooks.outbox);
  const places = new ArtifactPlaces(config.artifacts);
  const artifacts: ArtifactDeps = {
    places,
    serveArtifacts: config.artifacts.serveArtifacts,
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
  const tracing = tracingSlices(config, database, tracking, places, assessments);
  return {
    ...{ database, bodyLimit: config.bodyLimit, artifacts },
    ...tracking,
    ...tracing,
    ...registry,
    ...webhooks,
    ...evaluationSlices(database, tracking, now),
  };
}

function trackingSlices(
  config: Config,
  database: Database,
  now: Clock,
  assessments: RunAssessments,
) {
  const limits = { truncate: config.truncateLongValues };
  const experimentStore = new ExperimentStore(database);
  const experiments = new ExperimentService(
    database,
    experimentStore,
    (given, experimentId) =>
      resolveExperimentLocation({ given, experimentId, settings: config.artifacts }),
    now,
  );
  const activeExperiments: ActiveExperiments = {
    get: async (reader, id) => {
      const experiment = await experiments.getActive(reader, id);
      return { id: experiment.experiment_id, artifactLocation: experiment.artifact_location };
    },
  };

  const runStore = new RunStore(database);
  const runs = new RunService(database, runStore, activeExperiments, assessments, limits, now);
  const inputStore = new InputStore(database);
  const inputs = new InputService(database, inputStore, runs);
  const loggedModelStore = new LoggedModelStore(database);
  const loggedModels = new LoggedModelService(database, loggedModelStore, activeExperiments, now);
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
  loggedModels: LoggedModelService,
  events: RegistryEvents,
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
    loggedModels,
    gate: openGate,
    events,
    now,
  };
  return {
    modelStore,
    versionStore,
    models: new ModelService(database, modelStore, now, events),
    versions: new VersionService(parts),
    aliases: new AliasService(parts),
  };
}

function evaluationSlices(
  database: Database,
  { experimentStore, activeExperiments }: ReturnType<typeof trackingSlices>,
  now: Clock,
) {
  const datasetStore = new DatasetStore(database);
  const recordStore = new RecordStore(database);
  const parts = {
    ...{ database, now },
    store: new ScorerStore(database),
    experiments: { get: activeExperiments.get, parse: parseExperimentId },
  };
  return {
    datasetStore,
    recordStore,
    datasets: new DatasetService({
      ...{ database, now },
      datasets: datasetStore,
      records: recordStore,
      experiments: experimentStore,
    }),
    scorers: new ScorerService(parts),
    onlineScoring: new OnlineScoringService(
      parts,
      new OnlineScoringStore(database),
      (filter) => void parseFilter(filter, { language: TRACE_LANGUAGE }),
    ),
  };
}

function webhookSlices(config: Config, database: Database, now: Clock, wake: () => void) {
  const parts = {
    ...{ database, now, wake },
    ...webhookSending(config, now),
    webhooks: new WebhookStore(database),
    deliveries: new DeliveryStore(database),
    jobs: new JobStore(database),
    schemes: config.webhooks.schemes,
  };
  return {
    outbox: new WebhookOutbox(parts),
    webhookStore: parts.webhooks,
    webhooks: new WebhookService(parts),
    deliveries: new DeliveryService(parts),
  };
}
