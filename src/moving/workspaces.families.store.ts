import { DEFAULT_WORKSPACE } from '../platform/db/workspace.js';
import type { Family, Row } from './family.js';

/** Older schemas have no workspaces: everything lay in what is the default one now. */
export const inItsWorkspace = (row: Row): Row => ({
  ...row,
  workspace: row.workspace ?? DEFAULT_WORKSPACE,
});

const COLUMNS = {
  description: 'text',
  default_artifact_root: 'text',
  trace_archival_location: 'text',
  trace_archival_retention: 'text',
} as const;

/** Workspaces, beside the default one that every server has. */
export const WORKSPACES: readonly Family[] = [
  {
    title: 'workspaces',
    source: {
      table: 'workspaces',
      key: ['name'],
      where: `s.name <> '${DEFAULT_WORKSPACE}'`,
      columns: {
        name: 'name',
        ...Object.fromEntries(Object.keys(COLUMNS).map((name) => [name, name])),
      },
    },
    target: {
      table: 'workspaces',
      key: ['name'],
      columns: { name: 'text', ...COLUMNS },
      where: `t.name <> '${DEFAULT_WORKSPACE}'`,
    },
  },
];
