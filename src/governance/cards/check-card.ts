import type { JsonObject, JsonValue } from '../../platform/json-value.js';
import { compileSchema, type SchemaProblem, schemaOnDemand } from '../documents/json-schema.js';
import { isObject } from '../documents/unfit.js';
import { type Card, cardDigest, riskOf, textOf } from './card.js';
import { DEFAULT_CARD_SCHEMA, MINIMUM_CARD_SCHEMA, type RiskRating } from './card-schema.js';
import { type CardExpiry, cardExpiry } from './expiry.js';
import { isPlaceholder } from './placeholders.js';

/** What a card is checked against: the version it was attached to, and the profile of its model. */
export interface CardContext {
  readonly model: string;
  readonly version: number;
  /** Where the version has one. */
  readonly semver?: string | undefined;
  /** When this revision of the card was first seen, in ms since the epoch. */
  readonly attachedAt: number;
  readonly now: number;
  readonly maxAgeDays: number;
  /** In place of the default; the seven keys are asked for in any case. */
  readonly schema?: JsonObject | undefined;
  /** Whether the owner is a user or a group; undefined where the server knows no users. */
  readonly isOwnerKnown?: ((owner: string) => boolean) | undefined;
}

export type CardReason =
  | 'MODEL_CARD_REQUIRED'
  | 'MODEL_CARD_INVALID'
  | 'MODEL_CARD_MISMATCH'
  | 'MODEL_CARD_EXPIRED';

export interface CardProblem {
  readonly reason: CardReason;
  /** Keys from the card on, joined by dots; empty for the whole card. */
  readonly field: string;
  /** A sentence for the author of the card. */
  readonly message: string;
}

/** What a version's card is worth: nothing wrong means that it passes. */
export interface CardState {
  readonly problems: readonly CardProblem[];
  /** Missing where there is no card, or none that can be read. */
  readonly card?: Card;
  readonly digest?: string;
  readonly risk: RiskRating;
  readonly expiry?: CardExpiry;
}

/** The state of a version that no card was attached to. */
export const NO_CARD: CardState = {
  problems: [{ reason: 'MODEL_CARD_REQUIRED', field: '', message: 'No model card is attached.' }],
  risk: 'Unknown',
};

/** The state of a version whose card can't be read. */
export const unreadableCard = (problem: string): CardState => ({
  problems: [{ reason: 'MODEL_CARD_INVALID', field: '', message: problem }],
  risk: 'Unknown',
});

/** Texts that have to say something. */
const TELLING = [
  'intended_use',
  'limitations',
  'training_dataset',
  'owner',
  'ethical_considerations',
] as const;

/** Compiled when the first card is checked, not at the start. */
const checkMinimum = schemaOnDemand(MINIMUM_CARD_SCHEMA);

/** Checks a card in every way at once, so that its author mends it in one go. */
export function checkCard(value: JsonValue, context: CardContext): CardState {
  if (!isObject(value)) return unreadableCard('A model card is a map of keys to values.');
  const expiry = cardExpiry(value, context.attachedAt, context.maxAgeDays, context.now);
  const problems = [
    ...schemaProblems(value, context.schema ?? DEFAULT_CARD_SCHEMA),
    ...placeholderProblems(value),
    ...ownerProblems(value, context),
    ...matchProblems(value, context),
    ...expiryProblems(expiry),
  ];
  return { problems, card: value, digest: cardDigest(value), risk: riskOf(value), expiry };
}

const invalid = (field: string, message: string): CardProblem => ({
  reason: 'MODEL_CARD_INVALID',
  field,
  message,
});

function schemaProblems(card: Card, schema: JsonObject): CardProblem[] {
  const trimmed = trimTexts(card);
  const compiled = compileSchema(schema);
  const found = [...checkMinimum(trimmed), ...(compiled.ok ? compiled.check(trimmed) : [])];
  const seen = new Set<string>();
  const unusable = compiled.ok ? [] : [invalid('', compiled.problem)];
  const problems = found
    .map((problem) => invalid(problem.field, sentence(problem)))
    .filter(({ message }) => !seen.has(message) && seen.add(message) !== undefined);
  return [...unusable, ...problems];
}

const sentence = ({ field, message }: SchemaProblem): string =>
  field === '' ? `The card ${message}.` : `'${field}' ${message}.`;

/** Blanks around a text don't make it longer. */
const trimTexts = (card: Card): Card =>
  Object.fromEntries(
    Object.entries(card).map(([key, value]) => [
      key,
      typeof value === 'string' ? value.trim() : value,
    ]),
  );

function placeholderProblems(card: Card): CardProblem[] {
  return TELLING.filter((key) => {
    const value = card[key];
    return typeof value === 'string' && value.trim() !== '' && isPlaceholder(value);
  }).map((key) => invalid(key, `'${key}' is a placeholder: say what it is.`));
}

function ownerProblems(card: Card, { isOwnerKnown }: CardContext): CardProblem[] {
  const owner = textOf(card, 'owner');
  if (owner === undefined || isOwnerKnown === undefined || isOwnerKnown(owner)) return [];
  return [invalid('owner', `'owner' names ${JSON.stringify(owner)}, who is no user and no group.`)];
}

function matchProblems(card: Card, context: CardContext): CardProblem[] {
  const { model, version, semver } = context;
  const mismatch = (field: string, message: string): CardProblem => ({
    reason: 'MODEL_CARD_MISMATCH',
    field,
    message,
  });
  const problems: CardProblem[] = [];
  const name = textOf(card, 'name');
  // Blanks around a text are no part of it, and a name may have some.
  if (name !== undefined && name.trim() !== model.trim()) {
    problems.push(
      mismatch('name', `'name' is ${JSON.stringify(name)}, the model is ${JSON.stringify(model)}.`),
    );
  }
  const stated = textOf(card, 'version');
  // A candidate is the version that it will be, too.
  const core = semver?.replace(/-.*$/, '');
  const fits = [...new Set([semver, core, String(version)])].filter((known) => known !== undefined);
  if (stated !== undefined && !fits.includes(stated)) {
    const quoted = fits.map((fit) => JSON.stringify(fit)).join(' or ');
    problems.push(
      mismatch('version', `'version' is ${JSON.stringify(stated)}, it has to be ${quoted}.`),
    );
  }
  return problems;
}

function expiryProblems({ at, because, expired }: CardExpiry): CardProblem[] {
  if (!expired || at === undefined) return [];
  const day = new Date(because === 'review_by' ? at - 1 : at).toISOString().slice(0, 10);
  const message =
    because === 'review_by'
      ? `The card had to be reviewed by ${day}.`
      : `The card is older than its profile allows, since ${day}.`;
  return [{ reason: 'MODEL_CARD_EXPIRED', field: because ?? '', message }];
}
