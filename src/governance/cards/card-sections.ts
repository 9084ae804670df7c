import type { JsonValue } from '../../platform/json-value.js';
import { isObject } from '../documents/unfit.js';
import { type Card, numbersIn, textOf } from './card.js';

/** A heading and the Markdown below it. */
export interface CardSection {
  readonly title: string;
  readonly text: string;
}

const PROSE = [
  ['Description', 'description'],
  ['Intended use', 'intended_use'],
  ['Limitations', 'limitations'],
  ['Training dataset', 'training_dataset'],
  ['Ethical considerations', 'ethical_considerations'],
] as const;

/** @returns what authors wrote in sentences, in the order in which a reader asks */
export const proseOf = (card: Card): readonly CardSection[] =>
  PROSE.flatMap(([title, key]) => {
    const text = textOf(card, key);
    return text === undefined ? [] : [{ title, text }];
  });

const SHORT = [
  ['Owner', 'owner'],
  ['Risk rating', 'risk_rating'],
  ['Review by', 'review_by'],
  ['Validated by', 'validated_by'],
  ['Licence', 'license'],
] as const;

/** @returns label and value of what is said in one word */
export const factsOf = (card: Card): readonly (readonly [string, string])[] =>
  SHORT.flatMap(([label, key]) => {
    const text = textOf(card, key);
    return text === undefined ? [] : [[label, text] as const];
  });

/** One evaluation that a card reports. */
export interface CardEvaluation {
  readonly dataset: string;
  readonly task: string | undefined;
  readonly split: string | undefined;
  readonly metrics: readonly (readonly [string, number])[];
}

/** @returns the entries of `evaluation` that name a data set and numbers */
export function evaluationsOf(card: Card): readonly CardEvaluation[] {
  const listed: readonly JsonValue[] = Array.isArray(card.evaluation) ? card.evaluation : [];
  return listed.filter(isObject).flatMap((entry) => {
    const dataset = textOf(entry, 'dataset');
    const metrics = numbersIn(entry.metrics);
    if (dataset === undefined || metrics.length === 0) return [];
    return [{ dataset, task: textOf(entry, 'task'), split: textOf(entry, 'split'), metrics }];
  });
}

const SHOWN = new Set<string>([
  'name',
  'version',
  'fairness_metrics',
  'evaluation',
  ...PROSE.map(([, key]) => key),
  ...SHORT.map(([, key]) => key),
]);

/** @returns the keys that have no place of their own, with their values */
export const otherKeysOf = (card: Card): readonly (readonly [string, JsonValue])[] =>
  Object.entries(card).flatMap(([key, value]) =>
    SHOWN.has(key) || value === undefined ? [] : [[key, value] as const],
  );
