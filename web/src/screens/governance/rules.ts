import type { Verdict } from './governance-queries.ts';

export type Violation = NonNullable<Verdict['violations']>[number];

/** What the gate asks of a version, and the reasons by which it says that something is missing. */
export interface Rule {
  readonly id: string;
  readonly title: string;
  readonly reasons: readonly string[];
}

export const RULES: readonly Rule[] = [
  {
    id: 'files',
    title: 'Files are those that were registered',
    reasons: ['ARTIFACT_TAMPERED', 'ARTIFACT_FROZEN'],
  },
  {
    id: 'format',
    title: 'Format is safe to load',
    reasons: ['UNSAFE_FORMAT', 'ONNX_REQUIRED', 'ONNX_INVALID'],
  },
  {
    id: 'card',
    title: 'Model card is complete and current',
    reasons: [
      'MODEL_CARD_REQUIRED',
      'MODEL_CARD_INVALID',
      'MODEL_CARD_MISMATCH',
      'MODEL_CARD_EXPIRED',
    ],
  },
  {
    id: 'lineage',
    title: 'Code and data are known',
    reasons: ['LINEAGE_REQUIRED', 'DIRTY_SOURCE'],
  },
  { id: 'contract', title: 'Data contract is kept', reasons: ['DATA_CONTRACT_VIOLATION'] },
  {
    id: 'hyperparameters',
    title: 'Hyper-parameters are tracked',
    reasons: ['HYPERPARAMETERS_UNTRACKED'],
  },
  { id: 'metrics', title: 'Metrics pass their gates', reasons: ['METRIC_GATE_FAILED'] },
  {
    id: 'number',
    title: 'Semantic version may follow',
    reasons: ['SEMVER_INVALID', 'SEMVER_NOT_GREATER', 'LATEST_NOT_ALLOWED'],
  },
  {
    id: 'rights',
    title: 'You may move it there',
    reasons: ['STAGE_ROLE_REQUIRED', 'UNKNOWN_STAGE'],
  },
  {
    id: 'approval',
    title: 'Approved by people who did not make it',
    reasons: ['APPROVAL_REQUIRED', 'SEPARATION_OF_DUTIES'],
  },
];

const KNOWN = new Set(RULES.flatMap(({ reasons }) => reasons));

/** Each rule with what is missing by it, the unmet first; what no rule names stands by itself. */
export function judged(violations: readonly Violation[]): readonly (Rule & {
  readonly missing: readonly Violation[];
})[] {
  const others = violations
    .filter(({ reason = '' }) => !KNOWN.has(reason))
    .map((one) => ({ id: one.reason ?? '', title: one.reason ?? '', reasons: [], missing: [one] }));
  const rules = RULES.map((rule) => ({
    ...rule,
    missing: violations.filter(({ reason = '' }) => rule.reasons.includes(reason)),
  }));
  return [...others, ...rules].sort(
    (one, other) => Number(one.missing.length === 0) - Number(other.missing.length === 0),
  );
}
