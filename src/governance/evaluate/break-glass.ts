const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A grant never lasts longer. */
export const MAX_GRANT_MINUTES = 60;
/** After this time a grant that nobody looked at is an alarm. */
export const REVIEW_HOURS = 24;
const MIN_REASON = 20;
const MAX_TEXT = 5_000;

/** What somebody says who breaks the glass. */
export interface BreakGlassRequest {
  readonly model: string;
  readonly reason: string;
  readonly ticket: string;
  /** As long as is allowed where it is left out. */
  readonly minutes?: number | undefined;
}

/** @returns what is wrong with a request, one sentence each; nothing where it may be granted */
export function breakGlassProblems(request: BreakGlassRequest): readonly string[] {
  const { model, reason, ticket, minutes = MAX_GRANT_MINUTES } = request;
  const length = [...reason.trim().slice(0, MAX_TEXT + 1)].length;
  const inTime = Number.isInteger(minutes) && minutes >= 1 && minutes <= MAX_GRANT_MINUTES;
  return [
    ...(model.trim() === '' ? ["'model' names the one model that the grant is for."] : []),
    ...(length < MIN_REASON ? [`'reason' has at least ${MIN_REASON} characters.`] : []),
    ...(length > MAX_TEXT ? [`'reason' has at most ${MAX_TEXT} characters.`] : []),
    ...(ticket.trim() === '' || ticket.length > 250 ? ["'ticket' has 1 to 250 characters."] : []),
    ...(inTime ? [] : [`'minutes' is a whole number from 1 to ${MAX_GRANT_MINUTES}.`]),
  ];
}

/** @returns when a grant ends */
export const grantEnd = ({ minutes = MAX_GRANT_MINUTES }: BreakGlassRequest, now: number): number =>
  now + Math.min(minutes, MAX_GRANT_MINUTES) * MINUTE;

/** A use of a grant, and who looked at it afterwards. */
export interface EmergencyUse {
  readonly principal: string;
  readonly usedAt: number;
  readonly reviewer?: string | undefined;
}

/**
 * How the after-review stands. A review by who broke the glass is none; `overdue` is what every
 * report calls an unreviewed emergency.
 */
export function reviewState(use: EmergencyUse, now: number): 'reviewed' | 'due' | 'overdue' {
  if (use.reviewer !== undefined && use.reviewer !== use.principal) return 'reviewed';
  return now >= use.usedAt + REVIEW_HOURS * HOUR ? 'overdue' : 'due';
}
