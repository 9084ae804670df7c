import type { Transaction } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import { newHexId } from '../../platform/ids.js';
import type { PromotionFacts } from '../evaluate/facts.js';
import type { Obligation } from '../evaluate/obligation.js';
import type { ActivityType } from '../requests/feed.store.js';
import type { GateParts } from './gate-parts.js';

const DAY = 86_400_000;

/** What obligations are stored about. */
export interface Decided {
  readonly model: number;
  readonly facts: PromotionFacts;
  readonly by: By;
  readonly comment: string;
}

/**
 * Stores what a decision brings with it, whether it allows or denies.
 *
 * @returns the request that the decision has opened or found
 */
export async function storeObligations(
  { requests, feed, grants, now }: Pick<GateParts, 'requests' | 'feed' | 'grants' | 'now'>,
  tx: Transaction,
  obligations: readonly Obligation[],
  { model, facts, by, comment }: Decided,
): Promise<{ readonly request?: string }> {
  const { version } = facts.version;
  const user = by.caller.name;
  const at = now();
  const key = { model, version };
  const tell = (type: ActivityType, to: string, systemComment = '') =>
    feed.add(tx, model, version, {
      ...{ id: newHexId(), type, from: facts.version.stage, to, comment, systemComment, user, at },
    });
  let request: string | undefined;
  for (const obligation of obligations) {
    switch (obligation.kind) {
      case 'open_request': {
        const { target, creator } = obligation;
        const expiresAt = at + facts.profile.approvals.request_ttl_days * DAY;
        const asked = { id: newHexId(), ...key, target, creator, comment, now: at, expiresAt };
        const opened = await requests.open(tx, asked);
        request = opened.id;
        if (opened.isNew) await tell('REQUESTED_TRANSITION', target);
        break;
      }
      case 'expire_request':
        await requests.close(tx, obligation.request, 'expired', 'system', at);
        break;
      case 'dismiss_approvals':
        await requests.dismiss(tx, obligation.approvals, at);
        break;
      case 'record_approval': {
        const { target, approver, roles, pins } = obligation;
        const approval = { request: obligation.request, ...key, target, approver, roles, pins };
        await requests.approve(tx, { ...approval, comment, now: at });
        if (obligation.request !== undefined) await tell('APPROVED_REQUEST', target);
        break;
      }
      case 'close_request':
        await requests.close(tx, obligation.request, 'approved', user, at);
        break;
      case 'open_review':
        await grants.use(tx, obligation.grant, at, obligation.dueAt);
        await grants.usedFor(tx, obligation.grant, model, version);
        break;
      default:
        // The others change stages and aliases, which is the registry's, or are told the audit log.
        break;
    }
  }
  return request === undefined ? {} : { request };
}
