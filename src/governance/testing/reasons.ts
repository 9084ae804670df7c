import { evaluate } from '../evaluate/evaluate.js';
import type { PromotionAction, PromotionFacts } from '../evaluate/facts.js';

export const TO_PRODUCTION: PromotionAction = { kind: 'transition', to: 'Production' };

/** @returns why it would not be let through */
export const reasons = (
  facts: PromotionFacts,
  action: PromotionAction = TO_PRODUCTION,
): readonly string[] => evaluate(facts, action).violations.map(({ reason }) => reason);
