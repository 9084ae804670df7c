import { RightStore } from './access/roles/rights.store.js';
import { RoleStore } from './access/roles/roles.store.js';
import { WorkspaceRoles } from './access/workspaces/workspace-roles.js';
import { checkLocation } from './artifacts/uri.js';
import { noDataset } from './evaluation/datasets/datasets.js';
import { noIssue } from './evaluation/issues/issues.js';
import { noSchema } from './evaluation/label-schemas/label-schemas.js';
import { noQueue } from './evaluation/review-queues/review-queues.js';
import { systemClock } from './platform/clock.js';
import type { Config } from './platform/config/config.js';
import type { Database, Reader } from './platform/db/database.js';
import type { Guard } from './platform/http/guard.js';
import type { By } from './platform/http/operation.js';
import type { Trail } from './platform/trail.js';
import { noTrace } from './tracing/traces/traces.js';
import { noExperiment } from './tracking/experiments/experiments.js';
import { noModel as noLoggedModel } from './tracking/logged-models/logged-models.js';
import { noRun } from './tracking/runs/runs.js';
import { WhereaboutsStore } from './workspaces/whereabouts.store.js';
import { WorkspaceGuard } from './workspaces/workspace-guard.js';
import type { WorkspaceDeps } from './workspaces/workspaces.operations.js';
import { WorkspaceService } from './workspaces/workspaces.service.js';
import { WorkspaceStore } from './workspaces/workspaces.store.js';

export interface WorkspacePorts {
  readonly trail: Trail;
  /** Deletes the models of a workspace, as its users would. */
  readonly deleteModels: (workspace: string, by: By) => Promise<void>;
}

/** Every `new` of workspaces. */
export function workspaceSlices(
  config: Config,
  database: Database,
  { trail, deleteModels }: WorkspacePorts,
): WorkspaceDeps {
  const store = new WorkspaceStore(database);
  const roles = new WorkspaceRoles({
    ...{ database, roles: new RoleStore(database), rights: new RightStore(), trail },
    builtIn: config.auth.enabled,
    seeds: config.auth.enabled && config.workspaces.seedsRoles,
  });
  const service = new WorkspaceService({
    ...{ database, store, roles, trail, deleteModels, now: systemClock },
    checkRoot: (location) => checkLocation(location, config.artifacts),
  });
  return { database, store, service, rights: roles };
}

/** Lets nobody reach from one workspace into another. */
export const guardOf = (database: Database, inner: Guard): Guard =>
  new WorkspaceGuard({
    ...{ database, inner, store: new WhereaboutsStore(database) },
    missing: {
      experiment: noExperiment,
      run: noRun,
      trace: noTrace,
      logged_model: noLoggedModel,
      evaluation_dataset: noDataset,
      issue: noIssue,
      label_schema: noSchema,
      review_queue: noQueue,
    },
  });

/** How access finds out which workspaces there are; nothing where there is only one. */
export function workspacesOf({ workspaces }: Config, database: Database) {
  if (!workspaces.enabled) return {};
  const store = new WorkspaceStore(database);
  return {
    membersOnly: true,
    workspaceExists: async (reader: Reader, name: string) =>
      (await store.find(reader, name)) !== undefined,
  };
}
