import { MlflowError } from '../errors.js';
import type { OperationTable } from '../platform/http/operation.js';
import type { WorkspaceIds } from './workspaces.operations.js';

/** As a server without them answers, but as the caller's mistake: clients repeat a 503. */
const off = {
  access: 'login',
  of: 'server',
  handler: async (): Promise<never> => {
    throw new MlflowError(
      'FEATURE_DISABLED',
      'Workspace APIs are not available: workspaces are not enabled on this server',
    );
  },
} as const;

/** Everything lies in one workspace. */
export const noWorkspaceOperations = (): OperationTable<WorkspaceIds> => ({
  listWorkspaces: off,
  createWorkspace: off,
  getWorkspace: off,
  updateWorkspace: off,
  deleteWorkspace: off,
});
