import { artifactOperations } from './artifacts/artifacts.operations.js';
import { pendingOperations } from './pending.js';
import type { OperationId, OperationTable } from './platform/http/operation.js';
import { aliasOperations } from './registry/aliases/aliases.operations.js';
import { modelOperations } from './registry/models/models.operations.js';
import { versionOperations } from './registry/versions/versions.operations.js';
import { serverOperations } from './server.operations.js';
import type { Slices } from './slices.js';
import { spanOperations } from './tracing/spans/spans.operations.js';
import { traceDataOperations } from './tracing/spans/trace-data.operations.js';
import { traceOperations } from './tracing/traces/traces.operations.js';
import { traceV2Operations } from './tracing/traces/traces-v2.operations.js';
import { experimentOperations } from './tracking/experiments/experiments.operations.js';
import { inputOperations } from './tracking/inputs/inputs.operations.js';
import { loggedModelOperations } from './tracking/logged-models/logged-models.operations.js';
import { metricOperations } from './tracking/metrics/metrics.operations.js';
import { runOperations } from './tracking/runs/runs.operations.js';
import { deliveryOperations } from './webhooks/deliveries.operations.js';
import { webhookOperations } from './webhooks/webhooks.operations.js';

/**
 * The total table of operations. An operation of the contract that has no entry here, or an entry
 * without an access rule or with a wrong answer, does not compile.
 */
export function operationTable(
  slices: Slices,
  document: unknown,
  ready: () => Promise<void>,
): OperationTable<OperationId> {
  const { database } = slices;
  return {
    ...serverOperations(document, ready),
    ...experimentOperations(database, slices.experimentStore, slices.experiments),
    ...runOperations(database, slices.runStore, slices.runs),
    ...metricOperations(database, slices.metricStore, slices.metrics),
    ...inputOperations(database, slices.inputStore, slices.inputs),
    ...loggedModelOperations(database, slices.loggedModelStore, slices.loggedModels),
    ...artifactOperations(slices.artifacts),
    ...modelOperations({
      database,
      models: slices.modelStore,
      versions: slices.versionStore,
      service: slices.models,
    }),
    ...versionOperations(database, slices.versionStore, slices.versions),
    ...aliasOperations(slices.aliases),
    ...webhookOperations(database, slices.webhookStore, slices.webhooks),
    ...deliveryOperations(database, slices.deliveries),
    ...traceOperations({
      database,
      store: slices.traceStore,
      service: slices.traces,
      lists: slices.assessmentLists,
    }),
    ...traceDataOperations({
      database,
      store: slices.traceStore,
      lists: slices.assessmentLists,
      data: slices.traceData,
      files: slices.traceFiles,
      experiments: slices.traceExperiments,
    }),
    ...spanOperations(slices.spans, slices.bodyLimit),
    ...traceV2Operations({ database, store: slices.traceStore, service: slices.traces }),
    ...pendingOperations(),
  };
}
