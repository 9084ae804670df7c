import { accessOperations } from './access/access.operations.js';
import { setupOperations } from './access/setup/setup.operations.js';
import { tokenOperations } from './access/tokens/tokens.operations.js';
import { auditOperations } from './audit/audit.operations.js';
import { datasetOperations } from './evaluation/datasets/datasets.operations.js';
import { issueOperations } from './evaluation/issues/issues.operations.js';
import { labelSchemaOperations } from './evaluation/label-schemas/label-schemas.operations.js';
import { reviewQueueOperations } from './evaluation/review-queues/review-queues.operations.js';
import { onlineScoringOperations } from './evaluation/scorers/online-scoring.operations.js';
import { scorerOperations } from './evaluation/scorers/scorers.operations.js';
import { governanceOperations } from './governance/governance.operations.js';
import { versionCardOperations } from './governance/version-cards/version-cards.operations.js';
import { copyingOperations } from './governance/version-facts/copying.operations.js';
import { evidenceOperations } from './governance/version-facts/evidence.operations.js';
import { registeringOperations } from './governance/version-facts/registering.operations.js';
import { graphqlOperations } from './graphql/graphql.operations.js';
import { lineageTable } from './lineage-slices.js';
import { notificationOperations } from './notifications/notifications.operations.js';
import { observabilityOperations } from './observability/observability.operations.js';
import { pendingOperations } from './pending.js';
import type { Contract } from './platform/http/contract.js';
import type { Guard, MountedOperation } from './platform/http/guard.js';
import type { OperationId, OperationTable } from './platform/http/operation.js';
import { performer } from './platform/http/perform.js';
import { aliasOperations } from './registry/aliases/aliases.operations.js';
import { modelOperations } from './registry/models/models.operations.js';
import { versionOperations } from './registry/versions/versions.operations.js';
import { serverOperations } from './server.operations.js';
import { notedArtifacts, notedRegistry, servingTable } from './serving-table.js';
import type { Slices } from './slices.js';
import { assessmentOperations } from './tracing/assessments/assessments.operations.js';
import { traceMetricOperations } from './tracing/metrics/metrics.operations.js';
import { traceSearchOperations } from './tracing/search/search.operations.js';
import { spanOperations } from './tracing/spans/spans.operations.js';
import { traceDataOperations } from './tracing/spans/trace-data.operations.js';
import { traceOperations } from './tracing/traces/traces.operations.js';
import { traceV2Operations } from './tracing/traces/traces-v2.operations.js';
import { experimentOperations } from './tracking/experiments/experiments.operations.js';
import { inputOperations } from './tracking/inputs/inputs.operations.js';
import { loggedModelOperations } from './tracking/logged-models/logged-models.operations.js';
import { metricOperations } from './tracking/metrics/metrics.operations.js';
import { runGroupOperations } from './tracking/runs/run-groups.operations.js';
import { runKeyOperations } from './tracking/runs/run-keys.operations.js';
import { runOperations } from './tracking/runs/runs.operations.js';
import { deliveryOperations } from './webhooks/deliveries.operations.js';
import { webhookOperations } from './webhooks/webhooks.operations.js';
import { noWorkspaceOperations } from './workspaces/no-workspaces.operations.js';
import { type WorkspaceDeps, workspaceOperations } from './workspaces/workspaces.operations.js';

type MountedOperations = Readonly<Record<string, MountedOperation>>;

/**
 * The total table of operations. An operation of the contract that has no entry here, or an entry
 * without an access rule or with a wrong answer, does not compile.
 */
export function operationTable(
  slices: Slices,
  contract: Contract,
  guard: Guard,
  ready: () => Promise<void>,
  metrics: () => Promise<string>,
  workspaces?: WorkspaceDeps,
): OperationTable<OperationId> {
  const { database, evidence } = slices;
  const aliasTable = aliasOperations(slices.aliases);
  const registryTable = {
    ...modelOperations({
      database,
      models: slices.modelStore,
      versions: slices.versionStore,
      service: slices.models,
      gate: slices.gate,
    }),
    ...versionOperations(database, slices.versionStore, slices.versions),
  };
  const table: OperationTable<OperationId> = {
    ...observabilityOperations(metrics),
    ...serverOperations(
      ...([contract.document, ready, slices.artifacts.places.transfers] as const),
      workspaces !== undefined,
    ),
    ...graphqlOperations(performer(contract, guard, () => named)),
    ...experimentOperations(database, slices.experimentStore, slices.experiments),
    ...runGroupOperations(database),
    ...runKeyOperations(database),
    ...runOperations(database, slices.runStore, slices.runs, slices.keeper),
    ...metricOperations(
      database,
      slices.metricStore,
      slices.metrics,
      slices.sampler,
      slices.keeper,
    ),
    ...inputOperations(database, slices.inputStore, slices.inputs),
    ...loggedModelOperations(
      ...([database, slices.loggedModelStore, slices.loggedModels, slices.keeper] as const),
    ),
    ...notedArtifacts(slices),
    ...aliasTable,
    ...notedRegistry(slices, registryTable),
    ...registeringOperations(
      {
        ...registryTable,
        ...aliasTable,
        ...copyingOperations(registryTable, { ...evidence, versions: slices.versionStore }),
      },
      { ...evidence, versions: slices.versionStore },
    ),
    ...evidenceOperations(evidence),
    ...lineageTable(slices.lineage),
    ...versionCardOperations({
      ...{ ...evidence, service: evidence.cardService, look: evidence.cardLook },
    }),
    ...webhookOperations(database, slices.webhookStore, slices.webhooks),
    ...deliveryOperations(database, slices.deliveries),
    ...traceOperations({
      database,
      store: slices.traceStore,
      service: slices.traces,
      lists: slices.assessments,
    }),
    ...traceSearchOperations({
      database,
      store: slices.traceStore,
      lists: slices.assessments,
    }),
    ...traceMetricOperations(database),
    ...assessmentOperations(database, slices.assessments),
    ...traceDataOperations({
      database,
      store: slices.traceStore,
      lists: slices.assessments,
      data: slices.traceData,
      files: slices.traceFiles,
      experiments: slices.traceExperiments,
    }),
    ...spanOperations(slices.spans, slices.bodyLimit),
    ...traceV2Operations({ database, store: slices.traceStore, service: slices.traces }),
    ...datasetOperations({
      database,
      datasets: slices.datasetStore,
      records: slices.recordStore,
      service: slices.datasets,
    }),
    ...scorerOperations(slices.scorers),
    ...onlineScoringOperations(slices.onlineScoring),
    ...issueOperations({ database, experiments: slices.reviewed, service: slices.issues }),
    ...labelSchemaOperations(database, slices.labelSchemas),
    ...reviewQueueOperations({
      ...{ database, access: slices.queueAccess },
      ...{ queues: slices.reviewQueues, items: slices.queueItems },
    }),
    ...accessOperations(database, slices.access),
    ...(workspaces === undefined ? noWorkspaceOperations() : workspaceOperations(workspaces)),
    ...tokenOperations(slices.tokens),
    ...setupOperations(slices.setup),
    ...auditOperations({ ...slices.audit, alerts: slices.notifications.outbox }),
    ...governanceOperations({ ...slices.governance, models: slices.modelStore }),
    ...notificationOperations(slices.notifications),
    ...servingTable(slices, guard),
    ...pendingOperations(),
  };
  // Who refuses an operation says which one it was.
  const named = Object.fromEntries(
    Object.entries(table).map(([name, entry]) => [name, { ...entry, name }]),
  ) as unknown as MountedOperations;
  return named as unknown as OperationTable<OperationId>;
}
