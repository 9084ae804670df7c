import type { Transaction } from '../../platform/db/database.js';
import { newHexId } from '../../platform/ids.js';
import type { RequestFacts } from '../evaluate/facts.js';
import { requestEvent } from '../events/request-events.js';
import type { GateParts } from './gate-parts.js';

/** The version whose requests have become pointless. */
export interface Settled {
  /** What becomes of the requests: their time is over, or there is nothing left to decide. */
  readonly as: 'expired' | 'cancelled';
  readonly model: number;
  readonly name: string;
  readonly version: number;
  readonly stage: string;
  /** Why nobody has to decide any more, as the feed of the version says it. */
  readonly because: string;
}

/** Of requests that were left open for too long. */
export const EXPIRED = {
  as: 'expired',
  because: 'Nobody decided about the request in time.',
} as const;

/**
 * Closes requests that there is nothing left to decide about: the version is where they wanted it,
 * or it is gone, or their time is over. Nobody has agreed to them, so they are taken back, by the server.
 */
export async function settleRequests(
  { requests, feed, events, now }: Pick<GateParts, 'requests' | 'feed' | 'events' | 'now'>,
  tx: Transaction,
  open: readonly Pick<RequestFacts, 'id' | 'target'>[],
  { as: status, model, name, version, stage, because }: Settled,
): Promise<void> {
  const at = now();
  for (const { id, target } of open) {
    if (!(await requests.close(tx, id, status, 'system', at))) continue;
    await feed.add(tx, model, version, {
      ...{ id: newHexId(), type: 'CANCELLED_REQUEST', from: stage, to: target, user: 'system' },
      ...{ comment: '', systemComment: because, at },
    });
    await events.emit(
      tx,
      requestEvent(`transition_request.${status}`, {
        ...{ name, version, stage, target, request: id, actor: 'system' },
      }),
    );
  }
}
