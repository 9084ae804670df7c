import { DEFAULT_WORKSPACE } from '../../platform/db/workspace.js';
import type { Kind } from './kind.js';

/** Workspaces, beside the default one that every server has. */
export const WORKSPACE_KIND: Kind = {
  title: 'workspaces',
  from: {
    table: 'workspaces',
    key: ['name'],
    where: `t.name <> '${DEFAULT_WORKSPACE}'`,
    columns: {
      name: 't.name',
      description: 't.description',
      default_artifact_root: 't.default_artifact_root',
      trace_archival_location: 't.trace_archival_location',
      trace_archival_retention: 't.trace_archival_retention',
    },
  },
  into: 'workspaces',
};
