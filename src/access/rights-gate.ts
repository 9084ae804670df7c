import { MlflowError } from '../errors.js';
import type { Caller } from '../platform/http/operation.js';
import type { Promotion, PromotionGate } from '../registry/promotion-gate.js';
import type { Judge } from './guard/judge.js';
import type { RightfulDeed } from './rights.js';

/** Aliases that stand for a stage, whatever their case. Source: governance 2.2. */
const PRODUCTION_ALIASES = ['champion', 'production', 'prod', 'live'];

/** Lets through who has the right to change the stage or the alias. */
export const rightsGate = (judge: Pick<Judge, 'judge'>): PromotionGate => ({
  judge: async (_, promotion, caller) => {
    const { allowed } = await judge.judge(caller, deedOf(promotion));
    return allowed ? { allowed } : { allowed, refusal: refusalOf(promotion, caller) };
  },
});

function deedOf(promotion: Promotion): RightfulDeed & { readonly model: string } {
  const { name: model } = promotion;
  if (promotion.kind === 'stage') {
    return { action: 'transition', model, from: promotion.from, to: promotion.to };
  }
  const { alias } = promotion;
  const isProduction = PRODUCTION_ALIASES.includes(alias.toLowerCase());
  return { action: 'alias_set', model, alias, ...(isProduction ? { to: 'Production' } : {}) };
}

function refusalOf(promotion: Promotion, { name: user }: Caller): MlflowError {
  const what =
    promotion.kind === 'stage'
      ? `move version ${promotion.version} of '${promotion.name}' from ${promotion.from} to ${promotion.to}`
      : `point the alias '${promotion.alias}' of '${promotion.name}' at version ${promotion.version}`;
  return new MlflowError(
    'PERMISSION_DENIED',
    `'${user}' may not ${what}: it takes a role with that right, which MANAGE does not imply. ` +
      "Ask somebody with the role 'lead', or an administrator for the right.",
    { errorClass: ['KAM00', 'STAGE_ROLE_REQUIRED'] },
  );
}
