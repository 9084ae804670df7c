import { findStage, stageKind, stageOfAlias } from '../policy/find-profile.js';
import { type Profile, STAGES, type StageKind } from '../policy/profile.js';
import { violationOf } from './evidence.js';
import type { PromotionAction, PromotionFacts } from './facts.js';
import { clientCall } from './python.js';
import type { Violation } from './violation.js';

/** Where a version is to be named: a stage, or an alias that stands for one. */
export interface PromotionTarget {
  /** What requests and approvals are kept under: a stage, or `alias:` and an alias. */
  readonly label: string;
  readonly stage: string;
  readonly kind: StageKind;
}

export type FoundTarget =
  | { readonly kind: 'target'; readonly target: PromotionTarget }
  | { readonly kind: 'open' }
  | { readonly kind: 'unknown'; readonly violation: Violation };

/** @returns the label of an alias; spelt as it is stored, since two spellings are two aliases */
export const aliasLabel = (alias: string): string => `alias:${alias}`;

/** Finds what an action aims at; `open` where no rule asks for anything, as for other aliases. */
export function targetOf(facts: PromotionFacts, action: PromotionAction): FoundTarget {
  const { profile } = facts;
  switch (action.kind) {
    case 'set_alias':
    case 'delete_alias':
      return aliasTarget(profile, action.alias);
    case 'rollback':
      return action.alias === undefined
        ? stageTarget(facts, action.to)
        : aliasTarget(profile, action.alias);
    case 'approve': {
      const label = facts.requests.find(({ id }) => id === action.request)?.target;
      if (label === undefined) return { kind: 'unknown', violation: notOpen(facts) };
      return label.startsWith('alias:')
        ? aliasTarget(profile, label.slice('alias:'.length))
        : stageTarget(facts, label);
    }
    default:
      return stageTarget(facts, action.to);
  }
}

/** Somebody else has decided over the request, or it was taken back. */
function notOpen({ version }: PromotionFacts): Violation {
  const look = clientCall('get_latest_versions', version.model);
  return violationOf(version, 'APPROVAL_REQUIRED', 'The request is not open any more.', look);
}

function aliasTarget(profile: Profile, alias: string): FoundTarget {
  const stage = stageOfAlias(profile, alias);
  if (stage === undefined) return { kind: 'open' };
  const target = { label: aliasLabel(alias), stage, kind: stageKind(profile, stage) };
  return { kind: 'target', target };
}

function stageTarget({ profile, version }: PromotionFacts, typed: string): FoundTarget {
  const stage = findStage(profile, typed);
  if (stage !== undefined) {
    return { kind: 'target', target: { label: stage, stage, kind: stageKind(profile, stage) } };
  }
  const known = [...STAGES, ...profile.stages.map(({ name }) => name)].join(', ');
  const message = `Invalid Model Version stage: ${typed}. Value must be one of ${known}.`;
  return { kind: 'unknown', violation: violationOf(version, 'UNKNOWN_STAGE', message) };
}
