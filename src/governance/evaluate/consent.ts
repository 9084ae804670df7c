import { textOf } from '../cards/card.js';
import {
  type ApprovalContext,
  approvalObstacle,
  isExpired,
  ruleFor,
  type Tally,
  tally,
} from './approvals.js';
import { violationOf } from './evidence.js';
import type {
  ApprovalFacts,
  Pins,
  PromotionAction,
  PromotionFacts,
  RequestFacts,
} from './facts.js';
import type { Obligation } from './obligation.js';
import type { PromotionTarget } from './promotion-target.js';
import { clientCall } from './python.js';
import { rolesOf } from './rights.js';
import type { Violation } from './violation.js';

/** Whether enough people agree, and what has to be written down of it. */
export interface Consent {
  readonly violations: readonly Violation[];
  readonly obligations: readonly Obligation[];
  /** Whether the promotion takes place: an approval that is not the last is stored and no more. */
  readonly complete: boolean;
}

/** @returns what approvals of this version pin as things are now */
export const pinsOf = ({ version, profileVersion }: PromotionFacts): Pins => ({
  artifacts: version.integrity.digest,
  card: version.card.digest ?? '',
  profile: profileVersion,
});

/** @returns what approvals of this version are counted against */
export const approvalContext = (facts: PromotionFacts): ApprovalContext => ({
  rule: ruleFor(facts.profile, facts.version.card.risk),
  pins: pinsOf(facts),
  trainer: facts.version.trainer,
  ownerTeam: facts.version.card.card && textOf(facts.version.card.card, 'owner'),
  notBefore: facts.version.quarantinedAt ?? 0,
});

/**
 * Counts the call of the caller as his approval where it can be one, and asks whether that is
 * enough. Where nobody has asked yet, the call is the request.
 */
export function consentTo(
  facts: PromotionFacts,
  target: PromotionTarget,
  action: PromotionAction,
): Consent {
  const { profile, now } = facts;
  const asked = facts.requests.filter((request) => request.target === target.label);
  const expired = asked.filter((request) => isExpired(request, profile, now));
  const open = asked.filter((request) => !expired.includes(request));
  const housekeeping: Obligation[] = expired.map(({ id }) => ({
    kind: 'expire_request',
    request: id,
  }));
  const request = chosen(facts, open, action);
  const consent =
    request === undefined
      ? withoutRequest(facts, target, action)
      : withRequest(facts, target, action, request);
  return { ...consent, obligations: [...housekeeping, ...consent.obligations] };
}

/** The request that is named; else the oldest that the caller may decide; else the oldest. */
function chosen(
  facts: PromotionFacts,
  open: readonly RequestFacts[],
  action: PromotionAction,
): RequestFacts | undefined {
  if (action.kind === 'approve') return open.find(({ id }) => id === action.request);
  const sorted = [...open].sort((one, other) => one.createdAt - other.createdAt);
  const context = approvalContext(facts);
  const decidable = sorted.find(
    ({ creator }) => approvalObstacle(facts.caller, creator, context) === undefined,
  );
  return decidable ?? sorted[0];
}

function ownApproval(facts: PromotionFacts): ApprovalFacts {
  const { caller, now } = facts;
  return {
    id: '',
    approver: caller.name,
    roles: rolesOf(caller),
    teams: caller.teams ?? [],
    at: now,
    pins: pinsOf(facts),
  };
}

const recorded = (
  facts: PromotionFacts,
  { label }: PromotionTarget,
  request?: RequestFacts,
): Obligation => ({
  kind: 'record_approval',
  ...(request === undefined ? {} : { request: request.id }),
  target: label,
  approver: facts.caller.name,
  roles: rolesOf(facts.caller),
  pins: pinsOf(facts),
});

/** With one approval asked for, a lead who didn't train the model agrees with who did. */
function withoutRequest(
  facts: PromotionFacts,
  target: PromotionTarget,
  action: PromotionAction,
): Consent {
  const { caller, profile, version } = facts;
  const context = approvalContext(facts);
  if (action.kind === 'approve') {
    const message = 'The request is not open any more.';
    const violation = violationOf(version, 'APPROVAL_REQUIRED', message, callOf(facts, target));
    return { violations: [violation], obligations: [], complete: false };
  }
  const proposer = version.trainer ?? version.registeredBy;
  const mayAgree = proposer !== undefined && context.rule.quorum === 1;
  if (mayAgree && approvalObstacle(caller, proposer, context) === undefined) {
    const count = tally([ownApproval(facts)], proposer, context);
    if (count.complete) {
      return { violations: [], obligations: [recorded(facts, target)], complete: true };
    }
  }
  const opens = profile.approvals.auto_request;
  const count = tally([], caller.name, context);
  const obligations: Obligation[] = opens
    ? [{ kind: 'open_request', target: target.label, creator: caller.name }]
    : [];
  const violation = approvalRequired(facts, target, count, caller.name, undefined, opens);
  return { violations: [violation], obligations, complete: false };
}

function withRequest(
  facts: PromotionFacts,
  target: PromotionTarget,
  action: PromotionAction,
  request: RequestFacts,
): Consent {
  const { caller, version } = facts;
  const context = approvalContext(facts);
  const obligations: Obligation[] = [];
  const before = tally(request.approvals, request.creator, context);
  if (before.stale.length > 0) {
    obligations.push({
      kind: 'dismiss_approvals',
      request: request.id,
      approvals: before.stale,
    });
  }
  const obstacle = approvalObstacle(caller, request.creator, context);
  if (action.kind === 'approve' && obstacle !== undefined) {
    const other = `${callOf(facts, target)}  # as another lead or validator`;
    const metadata = { request_id: request.id };
    const violation = violationOf(version, 'SEPARATION_OF_DUTIES', obstacle, other, metadata);
    return { violations: [violation], obligations, complete: false };
  }
  const current = request.approvals.filter(({ id }) => !before.stale.includes(id));
  const hasApproved = current.some(({ approver }) => approver === caller.name);
  const agrees = obstacle === undefined && !hasApproved;
  if (agrees) obligations.push(recorded(facts, target, request));
  const after = agrees ? tally([...current, ownApproval(facts)], request.creator, context) : before;
  if (after.complete) {
    obligations.push({ kind: 'close_request', request: request.id });
    return { violations: [], obligations, complete: true };
  }
  // An approval that was asked for as one is taken, even if it is not the last.
  if (action.kind === 'approve') return { violations: [], obligations, complete: false };
  const violation = approvalRequired(facts, target, after, request.creator, request.id, true);
  return { violations: [violation], obligations, complete: false };
}

/** @returns the call that is the same for who asks and for who approves */
function callOf({ version }: PromotionFacts, { label }: PromotionTarget): string {
  const { model } = version;
  return label.startsWith('alias:')
    ? clientCall('set_registered_model_alias', model, label.slice(6), String(version.version))
    : clientCall('transition_model_version_stage', model, String(version.version), label);
}

function approvalRequired(
  facts: PromotionFacts,
  target: PromotionTarget,
  { needed, have, missing }: Tally,
  requester: string,
  request: string | undefined,
  isOpen: boolean,
): Violation {
  const people = needed === 1 ? 'one approval' : `${needed} approvals`;
  const lacks = missing.length === 0 ? '' : `, missing: ${missing.join(', ')}`;
  // In a dry run nothing is opened, and so nothing is said to be open.
  const opened = request === undefined ? 'The call opens a request' : 'A request is open';
  const state = isOpen
    ? `${opened}, of ${requester}.`
    : 'No request is open, and the profile opens none by itself.';
  const message = `${target.label} needs ${people}, ${have} given${lacks}. ${state}`;
  const remedy = `${callOf(facts, target)}  # as somebody else than ${requester}`;
  return violationOf(facts.version, 'APPROVAL_REQUIRED', message, remedy, {
    ...(request === undefined ? {} : { request_id: request }),
    target: target.label,
    needed: String(needed),
    have: String(have),
    missing: missing.join(','),
    requester,
  });
}
