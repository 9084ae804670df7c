import type { Database } from './database.js';

/** Where things lie for which no request names a workspace. */
export const DEFAULT_WORKSPACE = 'default';

/** What a store has to know to find names. */
export type Workspaced = Pick<Database, 'workspace'>;

/** The same database, as it is for those who work in a workspace. */
export const inWorkspace = (database: Database, workspace: string): Database =>
  database.workspace === workspace ? database : { ...database, workspace };

/** SQL that says of a row that it lies in the workspace; no name of one has a quote in it. */
export const isHere = ({ workspace }: Workspaced, alias: string): string =>
  `${alias}.workspace = '${workspace}'`;

/** SQL to compare a name with, for things whose names are unique within a workspace. */
export const named = (database: Workspaced, alias: string): string =>
  `${isHere(database, alias)} and ${alias}.name`;

/**
 * What a model is called across all workspaces: its name, after the workspace's and a slash, which
 * no name of a model has in it. Where models are kept by their names alone they go by this.
 */
export const fullName = ({ workspace }: Workspaced, name: string): string =>
  workspace === DEFAULT_WORKSPACE ? name : `${workspace}/${name}`;

/** The name of a model without the workspace's. */
export const shortName = (name: string): string => name.slice(name.indexOf('/') + 1);

/** SQL that says of a full name that it is of a model of the workspace. */
export const isNamedHere = ({ workspace }: Workspaced, column: string): string =>
  workspace === DEFAULT_WORKSPACE ? `${column} not like '%/%'` : `${column} like '${workspace}/%'`;

/** SQL of the full name of a model. */
export const fullNameOf = (alias: string): string =>
  `case when ${alias}.workspace = '${DEFAULT_WORKSPACE}' then ${alias}.name ` +
  `else ${alias}.workspace || '/' || ${alias}.name end`;

/** The kind of the jobs of a workspace: each has a runner of its own. */
export const jobKind = ({ workspace }: Workspaced, kind: string): string =>
  workspace === DEFAULT_WORKSPACE ? kind : `${kind} @${workspace}`;
