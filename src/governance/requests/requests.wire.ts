import type { Activity, Comment } from './feed.store.js';
import type { StoredApproval, StoredRequest } from './requests.store.js';

import { ALIAS } from './targets.js';

/** A request as the wire shows it. */
export const requestToWire = (request: StoredRequest, now: number) => ({
  request_id: request.id,
  name: request.name,
  version: String(request.version),
  ...(request.target.startsWith(ALIAS)
    ? { alias: request.target.slice(ALIAS.length) }
    : { stage: request.target }),
  creator: request.creator,
  comment: request.comment,
  status: request.status === 'open' && request.expiresAt <= now ? 'expired' : request.status,
  creation_timestamp: request.createdAt,
  expiration_timestamp: request.expiresAt,
  last_updated_timestamp: request.updatedAt,
  ...(request.closedBy === null ? {} : { closed_by: request.closedBy }),
});

export const approvalToWire = (approval: StoredApproval) => ({
  approver: approval.approver,
  roles: [...approval.roles],
  comment: approval.comment,
  creation_timestamp: approval.at,
  ...(approval.dismissedAt === null ? {} : { dismissed_timestamp: approval.dismissedAt }),
  artifacts_digest: approval.pins.artifacts,
  card_digest: approval.pins.card,
  profile_digest: approval.pins.profile,
});

/** An activity in the words of the Databricks API. */
export const activityToWire = (activity: Activity) => ({
  id: activity.id,
  activity_type: activity.type,
  from_stage: activity.from,
  to_stage: activity.to,
  comment: activity.comment,
  system_comment: activity.systemComment,
  user_id: activity.user,
  creation_timestamp: activity.at,
  last_updated_timestamp: activity.at,
});

/** An open request as the Databricks API lists it: as the activity that it began with. */
export const openRequestToWire = (
  request: {
    readonly id: string;
    readonly creator: string;
    readonly target: string;
    readonly createdAt: number;
    readonly comment?: string;
  },
  from: string,
  actions: readonly string[],
) => ({
  id: request.id,
  activity_type: 'REQUESTED_TRANSITION',
  from_stage: from,
  to_stage: request.target,
  comment: request.comment ?? '',
  user_id: request.creator,
  creation_timestamp: request.createdAt,
  last_updated_timestamp: request.createdAt,
  available_actions: [...actions],
});

export const commentToWire = (comment: Comment, actions: readonly string[]) => ({
  comment: {
    id: comment.id,
    user_id: comment.user,
    comment: comment.comment,
    creation_timestamp: comment.createdAt,
    last_updated_timestamp: comment.updatedAt,
    available_actions: [...actions],
  },
});
