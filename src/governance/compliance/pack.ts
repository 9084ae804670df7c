import { VERSION } from '../../version.js';
import { gitOf, trainerOf } from '../lineage/lineage-graph.js';
import { type ComplianceFacts, linkTo } from './compliance-facts.js';
import { type MappedPoint, mapEvidence, STATEMENT } from './mapping.js';
import { type Answer, answersOf } from './questions.js';

/** Lists of one pack are no longer than this; the whole ones are served where the links lead. */
const MOST_ROWS = 1_000;

const answerToWire = ({ evidence, value, ...answer }: Answer) => ({
  ...answer,
  value: { ...value },
  evidence: {
    link: evidence.link,
    ...(evidence.digest === undefined ? {} : { digest: evidence.digest }),
    ...(evidence.auditSeq === undefined ? {} : { audit_seq: evidence.auditSeq }),
  },
});

const pointToWire = ({ evidence, outside, ...point }: MappedPoint) => ({
  ...point,
  evidence: evidence.map(({ name, link, isPresent }) => ({ name, link, present: isPresent })),
  ...(outside === undefined ? {} : { not_held_here: outside }),
});

/** @returns all that a pack says, as it is served, printed and packed */
export function packOf(facts: ComplianceFacts) {
  const { facts: version, card, around, profile } = facts;
  const answers = answersOf(facts);
  const { resolved, state } = card;
  const unreviewed = facts.emergencies.filter(
    ({ reviewedAt, dueAt }) => reviewedAt === null && (dueAt ?? 0) <= facts.now,
  );
  return {
    format: 'runledger.compliance/1',
    statement: STATEMENT,
    ...{ model: facts.model, version: facts.version, stage: version.stage },
    ...(version.semver === undefined ? {} : { semver: version.semver }),
    aliases: [...around.aliases],
    generated_time: facts.now,
    generator: `runledger ${VERSION}`,
    mode: profile.mode,
    profile: profile.name,
    ...(version.integrity.digest === '' ? {} : { root_digest: version.integrity.digest }),
    ...(facts.weightsDigest === undefined ? {} : { weights_digest: facts.weightsDigest }),
    ...(unreviewed.length === 0 ? {} : { status: 'unreviewed_emergency' }),
    summary: {
      passed: answers.filter(({ status }) => status === 'PASS').length,
      failed: answers.filter(({ status }) => status === 'FAIL').length,
    },
    questions: answers.map(answerToWire),
    card: {
      ...(resolved.kind === 'none' ? {} : { place: resolved.place }),
      ...(resolved.kind === 'card' ? { digest: resolved.digest, content: resolved.card } : {}),
      risk_rating: state.risk,
      ...(state.expiry?.at === undefined ? {} : { expires: state.expiry.at }),
      problems: state.problems.map((problem) => ({ ...problem })),
    },
    lineage: {
      link: linkTo(facts, 'lineage'),
      source: around.origin.row.source,
      who_trained: trainerOf(around),
      git: gitOf(around.origin),
    },
    params: { ...version.params },
    metrics: version.metrics.measured.slice(0, MOST_ROWS).map((one) => ({
      ...{ name: one.name, value: one.value },
      ...(one.datasetDigest === undefined ? {} : { dataset_digest: one.datasetDigest }),
      ...(one.derived === true ? { derived: true } : {}),
    })),
    integrity: {
      ...{ artifacts: version.integrity.artifacts, signature: version.integrity.signature },
      formats: [...version.format.formats],
      unsafe_files: [...version.format.unsafeFiles],
      files: facts.files.length,
    },
    dependencies: facts.dependencies.map(({ name, version: pinned, requirement, purl }) => ({
      ...{ name, requirement, purl },
      ...(pinned === undefined ? {} : { version: pinned }),
    })),
    approvals: facts.approvals.map((one) => ({
      ...{ target: one.target, approver: one.approver, roles: [...one.roles], time: one.at },
      ...{ artifacts_digest: one.artifactsDigest, card_digest: one.cardDigest },
      ...{ comment: one.comment, dismissed: one.isDismissed },
    })),
    history: facts.history.map((one) => ({
      ...{ target: one.target, from: one.from, entered_by: one.enteredBy },
      ...(one.to === null ? {} : { to: one.to }),
      ...(one.leftBecause === null ? {} : { left_because: one.leftBecause }),
    })),
    emergencies: facts.emergencies.map((one) => ({
      ...{ grant: one.grant, principal: one.principal, reason: one.reason, ticket: one.ticket },
      used_time: one.usedAt,
      ...(one.dueAt === null ? {} : { review_due_time: one.dueAt }),
      ...(one.reviewedBy === null ? {} : { reviewed_by: one.reviewedBy }),
      ...(one.reviewedAt === null ? {} : { reviewed_time: one.reviewedAt }),
    })),
    audit: facts.audit.map((one) => ({
      ...{ seq: one.seq, time: one.at, actor: one.actor, action: one.action },
      ...{ decision: one.decision, leaf_hash: one.leafHash },
      ...(one.policyVersion === null ? {} : { policy_version: one.policyVersion }),
    })),
    mapping: mapEvidence(facts).map(pointToWire),
  };
}

export type CompliancePack = ReturnType<typeof packOf>;
