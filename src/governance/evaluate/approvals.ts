import type { RiskRating } from '../cards/card-schema.js';
import type { ApprovalRule, Profile } from '../policy/profile.js';
import type { ApprovalFacts, CallerFacts, Pins, RequestFacts } from './facts.js';
import { APPROVER_ROLES, rolesOf } from './rights.js';

const DAY = 86_400_000;

/** What approvals are counted against. */
export interface ApprovalContext {
  readonly rule: ApprovalRule;
  readonly pins: Pins;
  /** Who trained the version: never the only one who approves it. */
  readonly trainer: string | undefined;
  /** Whose members are no independent validators. */
  readonly ownerTeam: string | undefined;
  /** Approvals from before this moment count no more. */
  readonly notBefore: number;
}

/** How far a request has come. */
export interface Tally {
  readonly needed: number;
  readonly have: number;
  readonly complete: boolean;
  /** What is still to be filled, such as `validator`; `lead or validator` where any will do. */
  readonly missing: readonly string[];
  /** Approvals that were given for something else than what is there now. */
  readonly stale: readonly string[];
}

/** @returns how many people have to agree, and in which roles, for a version of this risk */
export function ruleFor({ approvals }: Profile, risk: RiskRating): ApprovalRule {
  const { quorum, roles } = approvals.by_risk[risk] ?? approvals;
  return { quorum, roles };
}

/** Whether a request has run out of time. */
export const isExpired = (
  { createdAt }: Pick<RequestFacts, 'createdAt'>,
  { approvals }: Profile,
  now: number,
): boolean => now >= createdAt + approvals.request_ttl_days * DAY;

const samePins = (one: Pins, other: Pins): boolean =>
  one.artifacts === other.artifacts && one.card === other.card && one.profile === other.profile;

type Approver = Pick<ApprovalFacts, 'approver' | 'roles' | 'teams'>;

/** A place that one person fills. */
interface Place {
  readonly label: string;
  readonly roles: readonly string[];
}

function placesOf({ quorum, roles }: ApprovalRule): Place[] {
  const named = Object.entries(roles).flatMap(([role, count]) =>
    Array.from({ length: count }, () => ({ label: role, roles: [role] })),
  );
  const anyRole = [...new Set<string>([...APPROVER_ROLES, ...Object.keys(roles)])];
  const free = Math.max(0, quorum - named.length);
  const any = { label: anyRole.join(' or '), roles: anyRole };
  return [...named, ...Array.from({ length: free }, () => any)];
}

/** Whether a person may fill a place; a validator from the owner's own team is not independent. */
function fits({ roles, teams = [] }: Approver, place: Place, team: string | undefined): boolean {
  const isOwn = team !== undefined && teams.includes(team);
  return place.roles.some((role) => roles.includes(role) && !(role === 'validator' && isOwn));
}

/**
 * Counts the approvals of a request. Each person counts once and fills one place; the requester
 * doesn't count, nor does the trainer where one approval is enough; approvals for other artifacts,
 * another card or another policy are stale.
 */
export function tally(
  approvals: readonly ApprovalFacts[],
  requester: string | undefined,
  context: ApprovalContext,
): Tally {
  const { rule, pins, ownerTeam, notBefore } = context;
  const isCurrent = ({ at, pins: given }: ApprovalFacts) =>
    at >= notBefore && samePins(given, pins);
  const stale = approvals.filter((approval) => !isCurrent(approval)).map(({ id }) => id);
  const people = new Map<string, Approver>();
  for (const approval of approvals.filter(isCurrent)) people.set(approval.approver, approval);
  const counted = [...people.values()].filter(({ approver }) =>
    mayCount(approver, requester, context),
  );
  const places = placesOf(rule);
  const filled = assign(counted, places, ownerTeam);
  const missing = places.filter((_, index) => !filled.has(index)).map(({ label }) => label);
  return {
    needed: places.length,
    have: filled.size,
    complete: missing.length === 0,
    missing,
    stale,
  };
}

const mayCount = (
  approver: string,
  requester: string | undefined,
  { rule, trainer }: ApprovalContext,
): boolean => approver !== requester && !(rule.quorum === 1 && approver === trainer);

/** @returns which places are filled when people are seated so that most are (augmenting paths) */
function assign(
  people: readonly Approver[],
  places: readonly Place[],
  team: string | undefined,
): ReadonlyMap<number, Approver> {
  const seats = new Map<number, Approver>();
  const seat = (person: Approver, tried: Set<number>): boolean =>
    places.some((place, index) => {
      if (tried.has(index) || !fits(person, place, team)) return false;
      tried.add(index);
      const sitting = seats.get(index);
      if (sitting !== undefined && !seat(sitting, tried)) return false;
      seats.set(index, person);
      return true;
    });
  for (const person of people) seat(person, new Set());
  return seats;
}

/**
 * Why a person may not approve a request: the sentence of a refusal for `SEPARATION_OF_DUTIES`.
 *
 * @returns undefined where he may
 */
export function approvalObstacle(
  caller: CallerFacts,
  requester: string | undefined,
  context: ApprovalContext,
): string | undefined {
  const { rule, trainer, ownerTeam } = context;
  if (caller.name === requester) return 'Who asked for the promotion can not approve it.';
  if (rule.quorum === 1 && caller.name === trainer) {
    return 'Who trained the model can not be the only one who approves it.';
  }
  const person = { approver: caller.name, roles: rolesOf(caller), teams: caller.teams ?? [] };
  if (placesOf(rule).some((place) => fits(person, place, ownerTeam))) return undefined;
  const roles = [...new Set(placesOf(rule).map(({ label }) => label))].join(' and ');
  return `An approval needs the role ${roles}, held outside of the owner's team by a validator.`;
}

/** What a caller may do with an open request, in the words of the Databricks API. */
export function availableActions(
  caller: CallerFacts,
  request: Pick<RequestFacts, 'creator'>,
  context: ApprovalContext,
): readonly string[] {
  const decides = approvalObstacle(caller, request.creator, context) === undefined;
  return [
    ...(decides ? ['APPROVE_TRANSITION_REQUEST', 'REJECT_TRANSITION_REQUEST'] : []),
    ...(caller.name === request.creator ? ['CANCEL_TRANSITION_REQUEST'] : []),
  ];
}
