import { alreadyExists, invalidParameter, notFound } from '../errors.js';

/** A part of the server whose things are as if absent in every other one. */
export interface Workspace {
  readonly name: string;
  readonly description: string | null;
  /** Where its experiments keep their artifacts; null for below the server's own root. */
  readonly default_artifact_root: string | null;
  readonly trace_archival_location: string | null;
  readonly trace_archival_retention: string | null;
}

export type WorkspaceValues = Omit<Workspace, 'name'>;

/** What becomes of the things of a workspace that is deleted. */
export const DELETION_MODES = ['SET_DEFAULT', 'CASCADE', 'RESTRICT'] as const;
export type DeletionMode = (typeof DELETION_MODES)[number];

const PATTERN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const SHORTEST = 2;
const LONGEST = 63;
/** They would be taken for parts of addresses. */
const RESERVED = ['workspaces', 'api', 'ajax-api', 'static-files'];
const LONGEST_TEXT = 10_000;

/** @throws MlflowError 400 for what no workspace can be called */
export function checkWorkspaceName(name: string): void {
  if (!PATTERN.test(name)) {
    throw invalidParameter(
      `Workspace name '${name}' must match the pattern ${PATTERN.source} ` +
        '(lowercase alphanumeric with optional internal hyphens).',
    );
  }
  if (name.length < SHORTEST || name.length > LONGEST) {
    throw invalidParameter(
      `Workspace name '${name}' must be between ${SHORTEST} and ${LONGEST} characters.`,
    );
  }
  if (RESERVED.includes(name)) {
    throw invalidParameter(`Workspace name '${name}' is reserved and cannot be used.`);
  }
}

/** @throws MlflowError 400 for a text that is too long */
export function checkWorkspaceText(field: string, text: string | null): void {
  if (text === null || text.length <= LONGEST_TEXT) return;
  throw invalidParameter(
    `The ${field} of a workspace may have ${LONGEST_TEXT} characters at most, not ${text.length}.`,
  );
}

/** @throws MlflowError 400 in MLflow's words */
export function parseDeletionMode(text: string): DeletionMode {
  const mode = DELETION_MODES.find((known) => known === text);
  if (mode !== undefined) return mode;
  throw invalidParameter(
    `Invalid deletion mode '${text}'. Must be one of: ${DELETION_MODES.join(', ')}`,
  );
}

export const noWorkspace = (name: string) => notFound(`Workspace '${name}' not found`);

export const workspaceTaken = (name: string) =>
  alreadyExists(`Workspace '${name}' already exists.`);
