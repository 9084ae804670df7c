import { canonicalDigest } from '../../platform/canonical-digest.js';
import type { JsonObject, JsonValue } from '../../platform/json-value.js';
import { isObject } from '../documents/unfit.js';
import { REQUIRED_CARD_KEYS, RISK_RATINGS, type RiskRating } from './card-schema.js';

/** A model card as its author wrote it: plain JSON of a bounded size, not yet checked. */
export type Card = JsonObject;

/** @returns what approvals pin: SHA-256 of the card's canonical JSON, whatever syntax it came in */
export const cardDigest = (card: Card): string => canonicalDigest(card);

/** @returns the risk that the card states; `Unknown` where it states none */
export function riskOf(card: Card): RiskRating {
  const stated = typeof card.risk_rating === 'string' ? card.risk_rating.toLowerCase() : '';
  return RISK_RATINGS.find((rating) => rating.toLowerCase() === stated) ?? 'Unknown';
}

/** @returns the text behind a key, or nothing where there is none */
export function textOf(card: Card, key: string): string | undefined {
  const value = card[key];
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

/** How many of the seven keys tell a card from any other map. */
const ENOUGH_KEYS = 3;

/**
 * Finds the card in a value that may be more than a card: the map below `model_card`, or the value
 * itself if it has some of the keys of a card (so that a card with holes is told of its holes).
 */
export function cardIn(value: JsonValue): Card | undefined {
  if (!isObject(value)) return undefined;
  if (isObject(value.model_card)) return value.model_card;
  const known = REQUIRED_CARD_KEYS.filter((key) => Object.hasOwn(value, key));
  return known.length >= ENOUGH_KEYS ? value : undefined;
}

/** @returns pairs of name and number of a map such as `fairness_metrics` */
export function numbersIn(value: JsonValue | undefined): readonly (readonly [string, number])[] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, number]) =>
    typeof number === 'number' ? [[name, number] as const] : [],
  );
}
