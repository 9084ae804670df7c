import type { Database } from '../platform/db/database.js';
import type { By, OperationTable } from '../platform/http/operation.js';
import { created, noContent } from '../platform/http/reply.js';
import { parseDeletionMode, type Workspace } from './workspaces.js';
import type { WorkspaceChange, WorkspaceService } from './workspaces.service.js';
import type { WorkspaceStore } from './workspaces.store.js';

export type WorkspaceIds =
  | 'listWorkspaces'
  | 'createWorkspace'
  | 'getWorkspace'
  | 'updateWorkspace'
  | 'deleteWorkspace';

/** Who may see and change workspaces. */
export interface WorkspaceRights {
  /** @returns those of the workspaces that somebody has anything to do in */
  visible(names: readonly string[], by: By): Promise<ReadonlySet<string>>;
  /** @throws MlflowError 403 for who does not manage it */
  requireManager(name: string, by: By): Promise<void>;
}

export interface WorkspaceDeps {
  readonly database: Database;
  readonly store: WorkspaceStore;
  readonly service: WorkspaceService;
  readonly rights: WorkspaceRights;
}

const LOGIN = { access: 'login', of: 'server' } as const;
const ADMIN = { access: 'admin', of: 'server' } as const;

/** Workspaces; those that a caller has nothing to do in are as if absent. */
export const workspaceOperations = ({
  database,
  store,
  service,
  rights,
}: WorkspaceDeps): OperationTable<WorkspaceIds> => ({
  listWorkspaces: {
    ...LOGIN,
    handler: async (_, by) => {
      const all = await store.list(database.read);
      const visible = await rights.visible(
        all.map(({ name }) => name),
        by,
      );
      return { workspaces: all.filter(({ name }) => visible.has(name)).map(toWire) };
    },
  },
  createWorkspace: {
    ...ADMIN,
    handler: async ({ name, ...input }, by) =>
      created({ workspace: toWire(await service.create(name, changeOf(input), by)) }),
  },
  getWorkspace: {
    ...LOGIN,
    handler: async ({ workspace_name: name }, by) => {
      const visible = await rights.visible([name], by);
      // Who has nothing to do in it does not hear whether it is there.
      if (!visible.has(name)) await rights.requireManager(name, by);
      return { workspace: toWire(await service.get(database.read, name)) };
    },
  },
  updateWorkspace: {
    // Not for who manages it: the place of its artifacts is the server's matter.
    ...ADMIN,
    handler: async ({ workspace_name: name, ...input }, by) => ({
      workspace: toWire(await service.update(name, changeOf(input), by)),
    }),
  },
  deleteWorkspace: {
    ...ADMIN,
    handler: async ({ workspace_name: name, mode }, by) => {
      await service.delete(name, parseDeletionMode(mode ?? 'RESTRICT'), by);
      return noContent();
    },
  },
});

const changeOf = (input: {
  readonly description?: string | undefined;
  readonly default_artifact_root?: string | undefined;
  readonly trace_archival_config?: { location?: string; retention?: string } | undefined;
}): WorkspaceChange => ({
  description: input.description,
  default_artifact_root: input.default_artifact_root,
  trace_archival_location: input.trace_archival_config?.location,
  trace_archival_retention: input.trace_archival_config?.retention,
});

const toWire = (workspace: Workspace) => {
  const { trace_archival_location: location, trace_archival_retention: retention } = workspace;
  return {
    name: workspace.name,
    ...(workspace.description === null ? {} : { description: workspace.description }),
    ...(workspace.default_artifact_root === null
      ? {}
      : { default_artifact_root: workspace.default_artifact_root }),
    ...(location === null && retention === null
      ? {}
      : {
          trace_archival_config: {
            ...(location === null ? {} : { location }),
            ...(retention === null ? {} : { retention }),
          },
        }),
  };
};
