/** Milliseconds: the first wait, the longest, and what is added at random. */
const BASE = 1_000;
const MAX = 3_600_000;
const JITTER = 1_000;

export interface FailedAttempt {
  /** How many there were. */
  readonly attempts: number;
  readonly retryAfter: number | undefined;
  readonly now: number;
  /** When an attempt is of no use any more. */
  readonly deadline: number;
  /** From 0 to 1. */
  readonly random: number;
}

/**
 * @returns when to try again: after twice as long as before, or as long as the receiver wishes;
 * undefined when that is too late
 */
export function nextAttempt(failed: FailedAttempt): number | undefined {
  const { attempts, retryAfter = 0, now, deadline, random } = failed;
  const backoff = Math.min(MAX, BASE * 2 ** Math.min(attempts - 1, 30));
  const next = Math.ceil(now + Math.max(backoff, retryAfter) + JITTER * random);
  return next <= deadline ? next : undefined;
}
