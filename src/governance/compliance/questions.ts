import { numbersIn, textOf } from '../cards/card.js';
import { isPlaceholder } from '../cards/placeholders.js';
import { gitOf, trainerOf } from '../lineage/lineage-graph.js';
import { isServing } from '../policy/find-profile.js';
import type { ApprovalRecord } from './compliance.store.js';
import { type ComplianceFacts, linkTo } from './compliance-facts.js';

/** Where the answer to a question can be looked up and proved. */
export interface Evidence {
  readonly link: string;
  /** SHA-256 of what the answer rests on. */
  readonly digest?: string | undefined;
  /** The entry of the audit log. */
  readonly auditSeq?: number | undefined;
}

export interface Answer {
  readonly id: 'who_trained' | 'what_data' | 'independent_validation' | 'documented_biases';
  readonly question: string;
  readonly status: 'PASS' | 'FAIL';
  /** One sentence that says why. */
  readonly reason: string;
  readonly value: Readonly<Record<string, unknown>>;
  readonly evidence: Evidence;
}

/** The four questions of an examiner, each answered from evidence or with a plain FAIL. */
export const answersOf = (facts: ComplianceFacts): readonly Answer[] => [
  whoTrained(facts),
  whatData(facts),
  independentValidation(facts),
  documentedBiases(facts),
];

/** @returns the last entry in the audit log of an action that was allowed */
const seqOf = ({ audit }: ComplianceFacts, ...actions: readonly string[]): number | undefined =>
  audit.findLast(({ action, decision }) => decision === 'allowed' && actions.includes(action))?.seq;

/** An approval that is not the last is written down as a promotion that lacks the others. */
const seqOfApproval = ({ audit }: ComplianceFacts, { approver, at }: ApprovalRecord) =>
  audit.find((entry) => entry.actor === approver && entry.at >= at)?.seq;

function whoTrained(facts: ComplianceFacts): Answer {
  const trainer = trainerOf(facts.around);
  const { commit } = gitOf(facts.around.origin);
  const { principal } = trainer;
  const isKnown = typeof principal === 'string' && principal !== 'anonymous';
  const reason = isKnown
    ? `${principal} was signed in when the run was created.`
    : principal === undefined
      ? 'The server knows no run that the version comes from, or not who created it.'
      : 'The run was created by somebody who was not signed in; what the client says is no proof.';
  return {
    id: 'who_trained',
    question: 'Who trained the model?',
    status: isKnown ? 'PASS' : 'FAIL',
    reason,
    value: { ...trainer, ...(commit === undefined ? {} : { commit }) },
    evidence: {
      link: linkTo(facts, 'lineage'),
      digest: facts.facts.integrity.digest || undefined,
      auditSeq: seqOf(facts, 'model_version.create'),
    },
  };
}

function whatData(facts: ComplianceFacts): Answer {
  const { contract } = facts.facts;
  const datasets = facts.around.datasets.map(({ name, digest, source, tags }) => ({
    ...{ name, digest, source: source.slice(0, 500) },
    context: tags['mlflow.data.context'] ?? '',
  }));
  const missing = [
    ...(datasets.length === 0 ? ['the run names no data set'] : []),
    ...(contract.state === 'absent' ? ['no data contract is named'] : []),
    ...(contract.state === 'broken' || contract.state === 'unreadable'
      ? ['the data contract is not kept']
      : []),
  ];
  return {
    id: 'what_data',
    question: 'On which data was it trained?',
    status: missing.length === 0 ? 'PASS' : 'FAIL',
    reason:
      missing.length === 0
        ? `${datasets.length} data sets are named by their digests, under a data contract.`
        : `Not answered: ${missing.join(', ')}.`,
    value: {
      datasets,
      data_contract: {
        ...{ state: contract.state, problems: contract.problems.slice(0, 20) },
        ...(contract.uri === undefined ? {} : { uri: contract.uri }),
        ...(contract.digest === undefined ? {} : { digest: contract.digest }),
      },
    },
    evidence: {
      link: linkTo(facts, 'lineage'),
      digest: contract.digest,
      auditSeq: seqOf(facts, 'model_version.create'),
    },
  };
}

/** @returns when the version first served */
export const firstServed = ({ history, profile }: ComplianceFacts): number | undefined =>
  history.find(({ target }) => isServing(profile, target))?.from;

function independentValidation(facts: ComplianceFacts): Answer {
  const { card, approvals, profile, facts: version } = facts;
  const owner = card.resolved.kind === 'card' ? textOf(card.resolved.card, 'owner') : undefined;
  const promoted = firstServed(facts);
  const involved = [version.trainer, version.registeredBy];
  const before = (approval: ApprovalRecord) => promoted === undefined || approval.at <= promoted;
  const isIndependent = ({ roles, approver, target, isDismissed }: ApprovalRecord) =>
    !isDismissed &&
    isServing(profile, target) &&
    roles.includes('validator') &&
    !(owner !== undefined && roles.includes(owner)) &&
    approver !== owner &&
    !involved.includes(approver);
  const given = approvals.filter((one) => isIndependent(one) && before(one));
  const [validation] = given;
  const digest = version.integrity.digest;
  const same = given.find(({ artifactsDigest }) => artifactsDigest === digest && digest !== '');
  const reason =
    validation === undefined
      ? 'No validator from outside of the owner’s team has approved it before it served.'
      : same === undefined
        ? 'The validation was given for other files than those of this version.'
        : `${same.approver} has validated these files${promoted === undefined ? '; it has not served yet' : ' before they served'}.`;
  const shown = same ?? validation;
  return {
    id: 'independent_validation',
    question: 'Has an independent party validated it before production?',
    status: same === undefined ? 'FAIL' : 'PASS',
    reason,
    value: {
      ...(shown === undefined
        ? {}
        : { validator: shown.approver, roles: shown.roles, validated_time: shown.at }),
      ...(promoted === undefined ? {} : { first_served_time: promoted }),
      ...(owner === undefined ? {} : { owner }),
      approvals: approvals.length,
    },
    evidence: {
      link: linkTo(facts, 'activities'),
      digest: shown?.artifactsDigest || undefined,
      auditSeq: (shown && seqOfApproval(facts, shown)) ?? seqOf(facts, 'model_version.transition'),
    },
  };
}

function documentedBiases(facts: ComplianceFacts): Answer {
  const { resolved } = facts.card;
  const card = resolved.kind === 'card' ? resolved.card : {};
  const fairness = numbersIn(card.fairness_metrics);
  const limitations = textOf(card, 'limitations');
  const ethics = textOf(card, 'ethical_considerations');
  const missing = [
    ...(resolved.kind === 'card' ? [] : ['there is no model card']),
    ...(fairness.length === 0 ? ['no fairness metric is given'] : []),
    ...(limitations === undefined || isPlaceholder(limitations)
      ? ['no limitation is described']
      : []),
  ];
  return {
    id: 'documented_biases',
    question: 'Are its biases documented?',
    status: missing.length === 0 ? 'PASS' : 'FAIL',
    reason:
      missing.length === 0
        ? `The card gives ${fairness.length} fairness metrics and describes the limitations.`
        : `Not answered: ${missing.join(', ')}.`,
    value: {
      fairness_metrics: Object.fromEntries(fairness),
      ...(limitations === undefined ? {} : { limitations }),
      ...(ethics === undefined ? {} : { ethical_considerations: ethics }),
    },
    evidence: {
      link: linkTo(facts, 'card'),
      digest: resolved.kind === 'card' ? resolved.digest : undefined,
      auditSeq: seqOf(
        facts,
        'model_version.set_card',
        'model_version.set_tag',
        'model_version.create',
      ),
    },
  };
}
