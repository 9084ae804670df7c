import type { Transaction } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import { newHexId } from '../../platform/ids.js';
import type { PromotionFacts } from '../evaluate/facts.js';
import type { Obligation } from '../evaluate/obligation.js';
import { type RequestEventKind, requestEvent } from '../events/request-events.js';
import type { ActivityType } from '../requests/feed.store.js';
import type { GateParts } from './gate-parts.js';
import { EXPIRED, settleRequests } from './settle-requests.js';

const DAY = 86_400_000;

/** How the feed of a version says it: the interface of Databricks has no type of its own for it. */
const DISMISSED = 'The approvals are dismissed: what they were given for has changed.';

type Told = 'requests' | 'feed' | 'grants';

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
  { requests, feed, grants, events, now }: Pick<GateParts, Told | 'events' | 'now'>,
  tx: Transaction,
  obligations: readonly Obligation[],
  { model, facts, by, comment }: Decided,
): Promise<{ readonly request?: string }> {
  const { version } = facts.version;
  const user = by.caller.name;
  const at = now();
  const key = { model, version };
  const from = facts.version.stage;
  const tell = (type: ActivityType, to: string) =>
    feed.add(tx, model, version, {
      ...{ id: newHexId(), type, from, to, comment, systemComment: '', user, at },
    });
  const announce = (kind: RequestEventKind, id: string, to: string | undefined, actor = user) =>
    events.emit(
      tx,
      requestEvent(kind, {
        ...{ name: facts.version.model, version, stage: facts.version.stage, target: to },
        ...{ request: id, actor, comment },
      }),
    );
  const targetOf = (id: string) => facts.requests.find((open) => open.id === id)?.target;
  let request: string | undefined;
  for (const obligation of obligations) {
    switch (obligation.kind) {
      case 'open_request': {
        const { target, creator } = obligation;
        const expiresAt = at + facts.profile.approvals.request_ttl_days * DAY;
        const asked = { id: newHexId(), ...key, target, creator, comment, now: at, expiresAt };
        const opened = await requests.open(tx, asked);
        request = opened.id;
        if (!opened.isNew) break;
        await tell('REQUESTED_TRANSITION', target);
        await announce('transition_request.created', opened.id, target);
        break;
      }
      case 'expire_request': {
        const { request: id } = obligation;
        const overdue = facts.requests.filter((open) => open.id === id);
        const about = { ...key, name: facts.version.model, stage: from, ...EXPIRED };
        await settleRequests({ requests, feed, events, now }, tx, overdue, about);
        break;
      }
      case 'dismiss_approvals':
        await requests.dismiss(tx, obligation.approvals, at);
        await feed.add(tx, model, version, {
          ...{ id: newHexId(), type: 'NEW_COMMENT', from, to: targetOf(obligation.request) ?? '' },
          ...{ comment: '', systemComment: DISMISSED, user: 'system', at },
        });
        await announce(
          'transition_request.dismissed',
          obligation.request,
          targetOf(obligation.request),
          'system',
        );
        break;
      case 'record_approval': {
        const { target, approver, roles, pins } = obligation;
        const approval = { request: obligation.request, ...key, target, approver, roles, pins };
        await requests.approve(tx, { ...approval, comment, now: at });
        if (obligation.request === undefined) break;
        await tell('APPROVED_REQUEST', target);
        await announce('transition_request.approved', obligation.request, target);
        break;
      }
      case 'close_request':
        await requests.close(tx, obligation.request, 'approved', user, at);
        if (obligation.agreed === undefined) break;
        await tell('APPROVED_REQUEST', obligation.agreed);
        await announce('transition_request.approved', obligation.request, obligation.agreed);
        break;
      case 'open_review':
        await grants.use(tx, obligation.grant, at, obligation.dueAt);
        await events.emit(tx, {
          ...{ kind: 'break_glass.used', model: facts.version.model, version, actor: user },
          summary: `${user} has used an emergency for '${facts.version.model}' version ${version}.`,
          data: { grant_id: obligation.grant, review_due: obligation.dueAt },
        });
        await grants.usedFor(tx, obligation.grant, model, version);
        break;
      default:
        // The others change stages and aliases, which is the registry's, or are told the audit log.
        break;
    }
  }
  return request === undefined ? {} : { request };
}
