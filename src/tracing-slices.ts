import { findArtifact } from './artifacts/open-artifact.js';
import type { ArtifactPlaces } from './artifacts/places.js';
import type { Config } from './platform/config/config.js';
import type { Database } from './platform/db/database.js';
import type { Witnesses } from './platform/trail.js';
import type { AssessmentService } from './tracing/assessments/assessments.service.js';
import { type Experiments, SpanService } from './tracing/spans/spans.service.js';
import { SpanStore } from './tracing/spans/spans.store.js';
import { TraceDataReader } from './tracing/spans/trace-data.js';
import type { TraceFiles } from './tracing/spans/trace-data.operations.js';
import { TraceLinkStore } from './tracing/traces/links.store.js';
import { TraceService } from './tracing/traces/traces.service.js';
import { TraceStore } from './tracing/traces/traces.store.js';
import type { trackingSlices } from './tracking-slices.js';

/** Every `new` of traces, spans and assessments of them. */
export function tracingSlices(
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
