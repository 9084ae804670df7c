import { judgeChange } from './changes.js';
import type { ChangeAction, ChangeFacts, PromotionAction, PromotionFacts } from './facts.js';
import { ALLOWED, type Decision } from './obligation.js';
import { judgePromotion } from './promotion.js';

const PROMOTIONS = new Set<string>([
  'transition',
  'set_alias',
  'delete_alias',
  'approve',
  'rollback',
] satisfies PromotionAction['kind'][]);

/**
 * The one place where it is decided what may happen to a governed model. It reads nothing but its
 * arguments: the same question gets the same answer, in a dry run as in earnest.
 *
 * @returns all violations at once, and what has to be stored with the change. In `compat` nothing
 *   is asked; in `observe` violations are told and nothing of MLflow's is denied
 */
export function evaluate(facts: PromotionFacts, action: PromotionAction): Decision;
export function evaluate(facts: ChangeFacts, action: ChangeAction): Decision;
export function evaluate(
  facts: PromotionFacts | ChangeFacts,
  action: PromotionAction | ChangeAction,
): Decision {
  const { mode } = facts.profile;
  const decision = judged(facts, action);
  // To approve and to roll back are no calls of MLflow: who makes them wants to be judged.
  if (action.kind === 'approve') return decision;
  if (action.kind === 'rollback') return mode === 'observe' ? observedRollback(decision) : decision;
  // A stage that isn't there is refused by MLflow too.
  const isUnknown = decision.violations.some(({ reason }) => reason === 'UNKNOWN_STAGE');
  if (mode === 'enforce' || isUnknown) return decision;
  if (mode === 'compat') return ALLOWED;
  const warnings = decision.obligations.filter(({ kind }) => kind === 'warn');
  return { allowed: true, violations: decision.violations, obligations: warnings };
}

/** Where nobody approves anything there is no approval to go back to; the rest has to be right. */
function observedRollback({ violations, obligations }: Decision): Decision {
  const denying = violations.filter(({ reason }) => reason !== 'APPROVAL_REQUIRED');
  if (denying.length === 0) return { allowed: true, violations, obligations };
  // What denies nothing here is no reason of a refusal either.
  return { allowed: false, violations: denying, obligations };
}

function judged(
  facts: PromotionFacts | ChangeFacts,
  action: PromotionAction | ChangeAction,
): Decision {
  return isPromotion(action)
    ? judgePromotion(facts as PromotionFacts, action)
    : judgeChange(facts as ChangeFacts, action);
}

const isPromotion = (action: PromotionAction | ChangeAction): action is PromotionAction =>
  PROMOTIONS.has(action.kind);
