import { badRequest, invalidParameter, type MlflowError, notFound } from '../../errors.js';
import { refuseUnstorable } from '../../platform/filter/filter.js';
import { checkLength } from '../../platform/rules/names.js';

/** An issue as it is stored; times in ms since the epoch. */
export interface Issue {
  readonly issue_id: string;
  readonly experiment_id: number;
  readonly name: string;
  readonly description: string;
  readonly status: string;
  readonly severity: string | null;
  readonly root_causes: readonly string[];
  readonly categories: readonly string[];
  readonly source_run_id: string | null;
  readonly created_timestamp: number;
  readonly last_updated_timestamp: number;
  readonly created_by: string | null;
}

/** What an update may change; absent parts stay as they are. */
export interface IssueChange {
  readonly name?: string;
  readonly description?: string;
  readonly status?: string;
  readonly severity?: string;
}

export const FIRST_STATUS = 'pending';
const STATUSES = [FIRST_STATUS, 'rejected', 'resolved'];
/** The mildest first. */
const SEVERITIES = ['not_an_issue', 'low', 'medium', 'high'];

const MAX_NAME = 250;
const MAX_AUTHOR = 255;

/** @returns the place of a severity in the order of lists; 0 for none */
export const rankOf = (severity: string | null): number =>
  severity === null ? 0 : SEVERITIES.indexOf(severity) + 1;

/** @throws MlflowError 400 when an issue can't be so */
export function checkIssue({ name, description, status, severity }: IssueChange): void {
  if (name !== undefined) {
    checkLength(name, 'name', MAX_NAME);
    refuseUnstorable(name, 'name');
  }
  if (description !== undefined) refuseUnstorable(description, 'description');
  checkOneOf(status, STATUSES, 'status');
  checkOneOf(severity, SEVERITIES, 'severity');
}

/** @throws MlflowError 400 when nobody can be called that */
export function checkAuthor(name: string): void {
  checkLength(name, 'created_by', MAX_AUTHOR);
  refuseUnstorable(name, 'created_by');
}

function checkOneOf(value: string | undefined, known: readonly string[], what: string): void {
  if (value === undefined || known.includes(value)) return;
  throw invalidParameter(
    `Invalid ${what} '${value}' of an issue. It must be one of ${known.join(', ')}.`,
  );
}

export const noIssue = (id: string): MlflowError => notFound(`Issue with ID '${id}' not found`);

export const noSourceRun = (id: string): MlflowError =>
  badRequest(`The run '${id}' that an issue comes from does not exist.`);
