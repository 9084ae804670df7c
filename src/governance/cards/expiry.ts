import { type Card, textOf } from './card.js';

const DAY = 86_400_000;

/** Days before the end at which the owner is told; 0 is the end itself. */
export const NOTICE_DAYS = [30, 7, 0] as const;

/** When a card stops to count, and what set that time. */
export interface CardExpiry {
  /** Milliseconds since the epoch; undefined where neither the card nor the profile sets an end. */
  readonly at: number | undefined;
  readonly because: 'review_by' | 'max_age_days' | undefined;
  readonly expired: boolean;
  /** The last notice that is due, if any: the smallest of {@link NOTICE_DAYS} that was reached. */
  readonly notice: (typeof NOTICE_DAYS)[number] | undefined;
}

/**
 * A card ends with the day of its `review_by` (UTC), or when it is older than the profile allows,
 * whichever comes first: no author can write an end that the profile forbids.
 *
 * @param attachedAt when this revision of the card was first seen
 * @param maxAgeDays 0 for cards that don't age
 */
export function cardExpiry(
  card: Card,
  attachedAt: number,
  maxAgeDays: number,
  now: number,
): CardExpiry {
  const reviewBy = endOfDay(textOf(card, 'review_by'));
  const aged = maxAgeDays > 0 ? attachedAt + maxAgeDays * DAY : undefined;
  const byReview = reviewBy !== undefined && (aged === undefined || reviewBy <= aged);
  const at = byReview ? reviewBy : aged;
  if (at === undefined) return { at, because: undefined, expired: false, notice: undefined };
  const because = byReview ? 'review_by' : 'max_age_days';
  const reached = NOTICE_DAYS.filter((days) => now >= at - days * DAY);
  return { at, because, expired: now >= at, notice: reached.at(-1) };
}

/** @returns the first moment after the day, or nothing where the text names no day */
function endOfDay(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const begin = Date.parse(`${text}T00:00:00Z`);
  // `Date.parse` takes the 30th of February for the 2nd of March.
  const isDay = !Number.isNaN(begin) && new Date(begin).toISOString().startsWith(text);
  return isDay ? begin + DAY : undefined;
}
