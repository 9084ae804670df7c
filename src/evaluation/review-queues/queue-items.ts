import { invalidParameter, type MlflowError, notFound } from '../../errors.js';
import { list as pythonList } from '../../platform/filter/python-text.js';
import { nameKey, readText } from './review-queues.js';

/** A trace in a queue; times in ms since the epoch. */
export interface QueueItem {
  readonly item_type: 'TRACE';
  readonly item_id: string;
  readonly status: ReviewStatus;
  /** Null while it waits. */
  readonly completed_by: string | null;
  readonly completed_time_ms: number | null;
  readonly creation_time_ms: number;
  readonly last_update_time_ms: number;
}

export type ReviewStatus = 'PENDING' | 'COMPLETE' | 'DECLINED';

const MAX_ID = 50;

/** @throws MlflowError 400 unless there are ids, each once */
export function readItemIds(ids: readonly string[]): string[] {
  if (ids.length === 0) throw invalidParameter('`item_ids` must be a non-empty list; got [].');
  return [...new Set(ids.map((id) => readText(id, 'item_id', MAX_ID)))];
}

/** @throws MlflowError 400 for the one that says nothing */
export function checkStatus(status: string | undefined): ReviewStatus {
  if (status === 'PENDING' || status === 'COMPLETE' || status === 'DECLINED') return status;
  throw invalidParameter(
    '`status` must be one of PENDING, COMPLETE, or DECLINED; got proto enum value 0.',
  );
}

/**
 * Who is done with an item; nobody while it waits.
 *
 * @throws MlflowError 400 unless somebody is told exactly where there must be somebody
 */
export function readCompletedBy(status: ReviewStatus, given: string | undefined): string | null {
  if (status === 'PENDING') {
    if (given === undefined) return null;
    throw invalidParameter('`completed_by` must not be set when reopening an item to `pending`.');
  }
  const name = nameKey(given ?? '');
  if (name !== '') return readText(name, 'completed_by');
  throw invalidParameter(
    `\`completed_by\` is required when setting status to \`${status.toLowerCase()}\`.`,
  );
}

export const noItem = (id: string, queueId: string): MlflowError =>
  notFound(`Item '${id}' is not attached to review queue '${queueId}'.`);

export const noTraces = (
  ids: readonly string[],
  queueId: string,
  experiment: number,
): MlflowError =>
  notFound(
    `Cannot attach trace(s) ${pythonList(ids)} to review queue '${queueId}': they do not exist in ` +
      `experiment '${experiment}'.`,
  );
