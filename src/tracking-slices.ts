import { WORKSPACES_FOLDER } from './artifacts/proxied-paths.js';
import { joinLocation, resolveExperimentLocation, resolveLocal } from './artifacts/uri.js';
import { invalidParameter } from './errors.js';
import type { Clock } from './platform/clock.js';
import type { Config } from './platform/config/config.js';
import type { Database } from './platform/db/database.js';
import type { Keeper } from './platform/keeper.js';
import type { BusyWitnesses } from './platform/trail.js';
import {
  ExperimentService,
  type ResolveLocation,
} from './tracking/experiments/experiments.service.js';
import { ExperimentStore } from './tracking/experiments/experiments.store.js';
import { InputService } from './tracking/inputs/inputs.service.js';
import { InputStore } from './tracking/inputs/inputs.store.js';
import { appendModelMetrics } from './tracking/logged-models/logged-models.metrics.js';
import { LoggedModelService } from './tracking/logged-models/logged-models.service.js';
import { LoggedModelStore } from './tracking/logged-models/logged-models.store.js';
import { HistoryGrowth } from './tracking/metrics/growth.service.js';
import { GrowthStore } from './tracking/metrics/growth.store.js';
import { HistoryMarking } from './tracking/metrics/marking.service.js';
import { MarkingStore } from './tracking/metrics/marking.store.js';
import { MetricService } from './tracking/metrics/metrics.service.js';
import { MetricStore } from './tracking/metrics/metrics.store.js';
import { HistorySampler } from './tracking/metrics/sampling.js';
import { SamplingStore } from './tracking/metrics/sampling.store.js';
import {
  type ActiveExperiments,
  type RunAssessments,
  RunService,
} from './tracking/runs/runs.service.js';
import { RunStore } from './tracking/runs/runs.store.js';
import { WorkspaceStore } from './workspaces/workspaces.store.js';

/** Where new experiments keep their artifacts. With workspaces that is not for users to say. */
function locationsIn(config: Config, database: Database): ResolveLocation {
  const { artifacts: settings, workspaces } = config;
  if (!workspaces.enabled) {
    return async (_, given, experimentId) =>
      resolveExperimentLocation({ given, experimentId, settings });
  }
  const store = new WorkspaceStore(database);
  return async (tx, given, experimentId) => {
    if (given) {
      throw invalidParameter('artifact_location cannot be specified when workspaces are enabled');
    }
    const root = (await store.find(tx, database.workspace))?.default_artifact_root;
    if (root) return joinLocation(resolveLocal(root), String(experimentId));
    const { workspace } = database;
    const below = joinLocation(resolveLocal(settings.defaultRoot), WORKSPACES_FOLDER, workspace);
    return joinLocation(below, String(experimentId));
  };
}

/** Every `new` of experiments, runs, metrics and logged models. */
export function trackingSlices(
  config: Config,
  database: Database,
  now: Clock,
  assessments: RunAssessments,
  { trail, owners, keeper }: BusyWitnesses & { readonly keeper: Keeper },
) {
  const limits = { truncate: config.truncateLongValues };
  const experimentStore = new ExperimentStore(database);
  const experiments = new ExperimentService({
    ...{ database, trail, owners, keeper, now },
    store: experimentStore,
    resolveLocation: locationsIn(config, database),
  });
  const activeExperiments: ActiveExperiments = {
    get: async (reader, id) => {
      const experiment = await experiments.getActive(reader, id);
      return { id: experiment.experiment_id, artifactLocation: experiment.artifact_location };
    },
  };

  const runStore = new RunStore(database);
  const runs = new RunService({
    ...{ database, assessments, trail, keeper, limits, now },
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
    { trail, keeper },
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
    new HistoryGrowth(new GrowthStore(), now),
  );
  const marking = new HistoryMarking(database, new MarkingStore(database));
  const sampler = new HistorySampler(database, new SamplingStore(database), marking);
  return {
    keeper,
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
