import { MlflowError } from '../errors.js';
import type { Reader } from '../platform/db/database.js';
import type { By, Caller } from '../platform/http/operation.js';
import {
  type GovernedChange,
  openPassage,
  type PromotionGate,
} from '../registry/promotion-gate.js';
import type { Stage } from '../registry/versions/versions.js';
import type { Judge } from './guard/judge.js';
import type { RightfulDeed } from './rights.js';

/** Aliases that stand for a stage, whatever their case. Source: governance 2.2. */
const PRODUCTION_ALIASES = ['champion', 'production', 'prod', 'live'];

type Promotion = Extract<GovernedChange, { kind: 'stage' | 'alias' }>;

/** Finds out where a version is; undefined where there is none. */
export type StageOf = (tx: Reader, name: string, version: number) => Promise<Stage | undefined>;

/** For servers without governance: lets through who has the right to change the stage or alias. */
export const rightsGate = (judge: Pick<Judge, 'judge'>, stageOf: StageOf): PromotionGate => ({
  open: async (change, by: By) => {
    if (change.kind !== 'stage' && change.kind !== 'alias') return openPassage;
    return {
      ...openPassage,
      judge: async (tx) => {
        const from = (await stageOf(tx, change.name, change.version)) ?? 'None';
        const { allowed } = await judge.judge(by.caller, deedOf(change, from));
        if (allowed) return { allowed, applies: true };
        return { allowed, refusal: refusalOf(change, from, by.caller) };
      },
    };
  },
  customStages: async () => [],
  unknownStage: async (_name, _typed, plain) => plain,
});

function deedOf(promotion: Promotion, from: Stage): RightfulDeed & { readonly model: string } {
  const { name: model } = promotion;
  if (promotion.kind === 'stage') return { action: 'transition', model, from, to: promotion.to };
  const { alias } = promotion;
  const isProduction = PRODUCTION_ALIASES.includes(alias.toLowerCase());
  return { action: 'alias_set', model, alias, ...(isProduction ? { to: 'Production' } : {}) };
}

function refusalOf(promotion: Promotion, from: Stage, { name: user }: Caller): MlflowError {
  const what =
    promotion.kind === 'stage'
      ? `move version ${promotion.version} of '${promotion.name}' from ${from} to ${promotion.to}`
      : `point the alias '${promotion.alias}' of '${promotion.name}' at version ${promotion.version}`;
  return new MlflowError(
    'PERMISSION_DENIED',
    `'${user}' may not ${what}: it takes a role with that right, which MANAGE does not imply. ` +
      "Ask somebody with the role 'lead', or an administrator for the right.",
    { errorClass: ['KAM00', 'STAGE_ROLE_REQUIRED'] },
  );
}
