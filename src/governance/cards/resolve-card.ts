import { canonicalJson } from '../../platform/canonical-json.js';
import type { JsonValue } from '../../platform/json-value.js';
import { type Card, cardDigest } from './card.js';
import { cardFromValue, cardInMarkdown, type FoundCard, readCard } from './find-card.js';

/** The six places of a card, in the order in which they are asked. */
export const CARD_PLACES = [
  'endpoint',
  'tag',
  'model_artifact',
  'mlmodel',
  'run_artifact',
  'description',
] as const;
export type CardPlace = (typeof CARD_PLACES)[number];

/** The tag of a version that holds a card. */
export const CARD_TAG = 'model_card';

/** Files of a model's folder that may be a card, in the order in which they are asked. */
export const CARD_FILES = [
  'MODEL_CARD.yaml',
  'MODEL_CARD.yml',
  'MODEL_CARD.json',
  'MODEL_CARD.md',
  'model_card.yaml',
  'README.md',
  'artifacts/MODEL_CARD.yaml',
] as const;

/** @returns whether a path below a model's folder is a card's, which may be written until approval */
export const isCardFile = (path: string): boolean =>
  (CARD_FILES as readonly string[]).includes(path);

/** What lies in one of the places, as it was found there. */
export interface CardCandidate {
  readonly place: CardPlace;
  /** Of an artifact: its path. It tells Markdown from YAML, and which of two files comes first. */
  readonly path?: string;
  /** Text or bytes; for `mlmodel` the parsed value of `metadata.model_card`. */
  readonly content: string | Uint8Array | { readonly value: JsonValue };
}

/** Another card of the same version that says something else than the one that counts. */
export interface CardConflict {
  readonly place: CardPlace;
  readonly path?: string;
  /** The first keys that differ, or why the card can't be read. */
  readonly differing: readonly string[];
  readonly problem?: string;
}

export type ResolvedCard =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'card';
      readonly place: CardPlace;
      readonly path?: string;
      readonly card: Card;
      readonly digest: string;
      readonly conflicts: readonly CardConflict[];
    }
  | {
      readonly kind: 'broken';
      readonly place: CardPlace;
      readonly path?: string;
      readonly problem: string;
      readonly conflicts: readonly CardConflict[];
    };

const MAX_DIFFERING = 20;

/**
 * Decides which card counts: the first hit in the order of {@link CARD_PLACES}, and of
 * {@link CARD_FILES} in a folder. A hit that can't be read counts too: its author is told, instead
 * of an older card being taken in silence.
 */
export function resolveCard(candidates: readonly CardCandidate[]): ResolvedCard {
  const hits = [...candidates]
    .sort((one, other) => rank(one) - rank(other))
    .map((candidate) => ({ candidate, found: look(candidate) }))
    .filter(({ found }) => found.kind !== 'none');
  const [first, ...others] = hits;
  if (first === undefined || first.found.kind === 'none') return { kind: 'none' };
  const { found } = first;
  const conflicts = others.flatMap((other) => {
    const conflict = conflictOf(found, other.found);
    return conflict === undefined ? [] : [{ ...placeOf(other.candidate), ...conflict }];
  });
  if (found.kind === 'broken') return { ...placeOf(first.candidate), ...found, conflicts };
  return { ...placeOf(first.candidate), ...found, digest: cardDigest(found.card), conflicts };
}

function rank({ place, path }: CardCandidate): number {
  const files: readonly string[] = CARD_FILES;
  const name = path?.split('/').at(-1) ?? '';
  const file = path === undefined ? 0 : files.indexOf(files.includes(path) ? path : name);
  return CARD_PLACES.indexOf(place) * 100 + (file === -1 ? 99 : file);
}

const placeOf = ({ place, path }: CardCandidate) => ({
  place,
  ...(path === undefined ? {} : { path }),
});

function look({ place, path, content }: CardCandidate): FoundCard {
  if (typeof content === 'object' && 'value' in content) return cardFromValue(content.value);
  if (place === 'description') return cardInMarkdown(content);
  if (path !== undefined && /\.(?:md|markdown)$/i.test(path)) return cardInMarkdown(content);
  return readCard(content);
}

function conflictOf(
  first: FoundCard,
  other: FoundCard,
): Omit<CardConflict, 'place' | 'path'> | undefined {
  if (other.kind === 'broken') return { differing: [], problem: other.problem };
  if (other.kind === 'none') return undefined;
  if (first.kind !== 'card') return { differing: [] };
  const differing = differingKeys(first.card, other.card);
  return differing.length === 0 ? undefined : { differing };
}

/** @returns the keys whose values differ, sorted, at most {@link MAX_DIFFERING} of them */
export function differingKeys(one: Card, other: Card): readonly string[] {
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  const print = (card: Card, key: string) =>
    Object.hasOwn(card, key) ? canonicalJson(card[key]) : undefined;
  return [...keys]
    .filter((key) => print(one, key) !== print(other, key))
    .sort()
    .slice(0, MAX_DIFFERING);
}
