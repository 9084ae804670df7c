import type { EventKind } from '../governance/events/governance-events.js';

const MINUTE = 60_000;
const DAY = 86_400_000;
export const FOREVER = 36_500 * DAY;

/**
 * Events that somebody has to look at, and for how long the same one again is counted where it
 * stands, and nobody told anew.
 */
const ALERTS: Readonly<Partial<Record<EventKind, number>>> = {
  'model_version.transitioned_stage': 0,
  'model_version.rolled_back': 0,
  'model_version.quarantined': 0,
  'promotion.denied': 10 * MINUTE,
  'break_glass.opened': 0,
  'break_glass.unreviewed': FOREVER,
  'card.expiring': FOREVER,
  'card.expired': FOREVER,
  'artifacts.tampered': DAY,
  'audit.verification_failed': DAY,
  'drill.too_slow': 10 * MINUTE,
};

export const isAlert = (kind: EventKind): boolean => ALERTS[kind] !== undefined;

/** @returns what makes an alert the same as another, beside whom it is about, and for how long */
export function sameFor(
  kind: EventKind,
  data: Readonly<Record<string, unknown>>,
): { readonly key: unknown; readonly window: number } {
  const { to_stage, alias, reasons, grant_id, card_digest, days_left, changed_files } = data;
  const key = { to_stage, alias, reasons, grant_id, card_digest, days_left, changed_files };
  return { key: JSON.parse(JSON.stringify(key)), window: ALERTS[kind] ?? 10 * MINUTE };
}
