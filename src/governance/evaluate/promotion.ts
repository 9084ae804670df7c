import { aliasServes, stageKind, stageOfAlias } from '../policy/find-profile.js';
import { REVIEW_HOURS } from './break-glass.js';
import { consentTo } from './consent.js';
import {
  cardViolations,
  evidenceViolations,
  integrityViolations,
  unsafeFormat,
  violationOf,
} from './evidence.js';
import type { PromotionAction, PromotionFacts } from './facts.js';
import { ALLOWED, type Decision, type Obligation } from './obligation.js';
import { type PromotionTarget, targetOf } from './promotion-target.js';
import { clientCall } from './python.js';
import { mayManage, mayManageProduction, mayPropose, mayRollBack, rolesOf } from './rights.js';
import type { Violation } from './violation.js';

const HOUR = 3_600_000;

const denied = (
  violations: readonly Violation[],
  obligations: readonly Obligation[] = [],
): Decision => ({ allowed: false, violations, obligations });

/** Decides over a change of who serves, as `enforce` does; modes are the business of `evaluate`. */
export function judgePromotion(facts: PromotionFacts, action: PromotionAction): Decision {
  const found = targetOf(facts, action);
  if (found.kind === 'open') return ALLOWED;
  if (found.kind === 'unknown') return denied([found.violation]);
  const { target } = found;
  if (facts.outdated?.profile === true || facts.outdated?.rights === true) {
    return denied([overtaken(facts)]);
  }
  const displaced = displacedViolations(facts, target);
  const decision = judge(facts, action, target);
  if (displaced.length === 0) return decision;
  return denied([...displaced, ...decision.violations]);
}

function judge(facts: PromotionFacts, action: PromotionAction, target: PromotionTarget): Decision {
  const { profile, version } = facts;
  const from = stageKind(profile, version.stage);
  switch (action.kind) {
    case 'rollback':
      return judgeRollback(facts, target);
    case 'delete_alias':
      return manage(facts, target.kind, `remove an alias that stands for ${target.stage}`);
    case 'set_alias':
      // The version serves already: it was approved for that, and gets another name.
      if (target.kind === 'Production' && from === 'Production') return judgeRenaming(facts);
      return target.kind === 'Production'
        ? judgeGated(facts, action, target)
        : manage(facts, target.kind, `set an alias that stands for ${target.stage}`);
    case 'transition':
      // A new card of a version that serves is reviewed by promoting it to where it is.
      if (target.stage === version.stage && version.servingCard === undefined) return ALLOWED;
      if (target.kind === 'Production') return judgeGated(facts, action, target);
      if (from === 'Production') return judgeRemoval(facts, target);
      return manage(facts, target.kind, `move versions to ${target.stage}`);
    case 'approve':
      return target.kind === 'Production'
        ? judgeGated(facts, action, target)
        : judgeLesserRequest(facts, action, target);
  }
}

/** To empty a stage that serves needs the right to, unless the gate of that stage was passed. */
function displacedViolations(facts: PromotionFacts, target: PromotionTarget): Violation[] {
  const { archives = [], caller, profile } = facts;
  const serves = archives.some(({ stage }) => stageKind(profile, stage) === 'Production');
  if (!serves || target.kind === 'Production' || mayManageProduction(caller)) return [];
  return [roleRequired(facts, 'archive versions that serve')];
}

const roleRequired = ({ version, caller }: PromotionFacts, what: string): Violation =>
  violationOf(
    version,
    'STAGE_ROLE_REQUIRED',
    `${caller.name} may not ${what} of ${version.model}.`,
    '# ask an administrator for the role lead, or CAN_MANAGE_PRODUCTION_VERSIONS, on the model',
    { caller: caller.name },
  );

function manage(
  facts: PromotionFacts,
  kind: PromotionTarget['kind'],
  what: string,
  obligations: readonly Obligation[] = [],
): Decision {
  if (mayManage(facts.caller, kind)) return { allowed: true, violations: [], obligations };
  return denied([roleRequired(facts, what)]);
}

/** Takes a version out of what serves; if it was the only one, the last good one takes its place. */
function judgeRemoval(facts: PromotionFacts, target: PromotionTarget): Decision {
  if (isOvertakenRemoval(facts, target)) return denied([overtaken(facts)]);
  const { stage } = facts.version;
  const what = `take versions out of ${stage}`;
  return manage(facts, 'Production', what, fallbackObligations(facts, target));
}

/** Whether this empties a stage, and the profile says who serves there then. */
function fallsBack({ besides = [], profile, version }: PromotionFacts, target: PromotionTarget) {
  const serves = stageKind(profile, version.stage) === 'Production';
  const isLast = serves && besides.length === 0 && target.kind === 'Archived';
  return isLast && profile.serving.fallback_on_archive === 'last_good';
}

function isOvertakenRemoval(facts: PromotionFacts, target: PromotionTarget): boolean {
  const isUnknown = fallsBack(facts, target) && facts.fallback?.isLookedAt === false;
  return isUnknown || facts.outdated?.stage === true;
}

function fallbackObligations(facts: PromotionFacts, target: PromotionTarget): Obligation[] {
  const { aliases = [], fallback, profile, version } = facts;
  if (fallback === undefined || !fallsBack(facts, target)) return [];
  const { version: back, passedOver: passed_over } = fallback;
  if (back === undefined) {
    return passed_over.length === 0 ? [] : [{ kind: 'leave_empty', passed_over }];
  }
  return [
    { kind: 'promote_last_good', version: back, stage: version.stage, passed_over },
    // What stands for a stage that serves must not go on naming what was taken out of it.
    ...aliases
      .filter((named) => named.version === version.version && aliasServes(profile, named.alias))
      .map(({ alias }) => ({ kind: 'move_alias', alias, version: back }) as const),
  ];
}

function judgeRenaming(facts: PromotionFacts): Decision {
  const rights = mayManageProduction(facts.caller)
    ? []
    : [roleRequired(facts, 'name versions that serve')];
  const violations = [
    ...rights,
    ...integrityViolations(facts.version),
    ...cardViolations(withServingCard(facts.version), facts.profile.card),
  ];
  return violations.length === 0 ? ALLOWED : denied(violations);
}

/** What was attached since counts for nothing yet. */
const withServingCard = (version: PromotionFacts['version']) => ({
  ...version,
  card: version.servingCard ?? version.card,
});

function judgeRollback(facts: PromotionFacts, target: PromotionTarget): Decision {
  const { besides = [], caller, version } = facts;
  const violations = [...concurrency(facts), ...integrityViolations(version)];
  if (!mayRollBack(caller)) violations.unshift(roleRequired(facts, 'roll back versions'));
  // Who was approved for a stage may be named by what stands for it.
  const approved = version.approvedFor ?? [];
  const wasApproved = approved.includes(target.label) || approved.includes(target.stage);
  if (!wasApproved || version.quarantinedAt !== undefined) {
    const message =
      version.quarantinedAt === undefined
        ? `Version ${version.version} was never approved for ${target.label}.`
        : `Version ${version.version} is quarantined and has to be approved again.`;
    violations.push(violationOf(version, 'APPROVAL_REQUIRED', message));
  }
  const leaving = besides.filter(({ stage }) => stage === target.stage);
  return {
    allowed: violations.length === 0,
    violations,
    obligations: leaving.map((other) => ({ kind: 'quarantine', version: other.version })),
  };
}

function concurrency(facts: PromotionFacts): Violation[] {
  const { generation, serving } = facts;
  const isSame = generation === undefined || generation.seen === generation.current;
  return isSame && stillServes(serving) ? [] : [overtaken(facts)];
}

/** Something was stored while this was being checked. */
function overtaken({ outdated, version }: Pick<PromotionFacts, 'outdated' | 'version'>): Violation {
  const message =
    outdated?.profile === true
      ? 'Another policy was put in force while this was being checked.'
      : outdated?.rights === true
        ? 'What the caller may do was changed while this was being checked.'
        : 'Another promotion of this model was stored while this one was being checked.';
  const look = clientCall('get_latest_versions', version.model);
  return violationOf(version, 'CONCURRENT_TRANSITION', message, look);
}

/** Of two rollbacks that start from the same version, the second one finds another there. */
function stillServes(serving: PromotionFacts['serving']): boolean {
  if (serving === undefined) return true;
  const { seen, current } = serving;
  return seen === undefined ? current.length === 0 : current.includes(seen);
}

/** Requests for stages that don't serve take no evidence: one other person who may do it himself. */
function judgeLesserRequest(
  facts: PromotionFacts,
  { request }: Extract<PromotionAction, { kind: 'approve' }>,
  target: PromotionTarget,
): Decision {
  const { caller, profile, requests, version } = facts;
  const leaves = stageKind(profile, version.stage) === 'Production';
  const asked = requests.find(({ id }) => id === request);
  if (asked === undefined || caller.name === asked.creator) {
    const message = 'Who asked for the transition can not approve it.';
    return denied([violationOf(version, 'SEPARATION_OF_DUTIES', message)]);
  }
  if (leaves && isOvertakenRemoval(facts, target)) return denied([overtaken(facts)]);
  return manage(facts, leaves ? 'Production' : target.kind, `move versions to ${target.stage}`, [
    { kind: 'close_request', request, agreed: target.label },
    { kind: 'apply', target: target.label },
    ...fallbackObligations(facts, target),
  ]);
}

/** The gate: right, then integrity and evidence, and only when all that stands, the approvals. */
function judgeGated(
  facts: PromotionFacts,
  action: PromotionAction,
  target: PromotionTarget,
): Decision {
  const { caller, profile, version } = facts;
  const emergency = grantInForce(facts);
  const isApprover = rolesOf(caller).some((role) => role === 'lead' || role === 'validator');
  const violations: Violation[] = [];
  if (emergency === undefined && !mayPropose(caller) && !isApprover) {
    violations.push(roleRequired(facts, `promote versions to ${target.stage}`));
  }
  violations.push(
    ...concurrency(facts),
    ...integrityViolations(version),
    ...(emergency === undefined ? cardViolations(version, profile.card) : []),
    ...evidenceViolations(version, profile),
  );
  if (violations.length > 0) return denied(violations);
  const warnings: Obligation[] =
    profile.format.unsafe === 'warn'
      ? unsafeFormat(version).map((violation) => ({ kind: 'warn', violation }))
      : [];
  if (emergency !== undefined) {
    const dueAt = facts.now + REVIEW_HOURS * HOUR;
    const review: Obligation = { kind: 'open_review', grant: emergency.id, dueAt };
    const obligations = [...warnings, review, ...followingAliases(facts, target)];
    return { allowed: true, violations: [], obligations };
  }
  const consent = consentTo(facts, target, action);
  const applied: Obligation[] =
    action.kind === 'approve' && consent.complete ? [{ kind: 'apply', target: target.label }] : [];
  const following = consent.complete ? followingAliases(facts, target) : [];
  return {
    allowed: consent.violations.length === 0,
    violations: consent.violations,
    obligations: [...warnings, ...consent.obligations, ...applied, ...following],
  };
}

/** Aliases that stand for the stage go with it, where the profile says so. */
function followingAliases(facts: PromotionFacts, { label, stage }: PromotionTarget): Obligation[] {
  const { aliases = [], profile, version } = facts;
  if (!profile.aliases.alias_follows_stage || label !== stage) return [];
  return aliases
    .filter(({ alias }) => stageOfAlias(profile, alias) === stage)
    .filter((named) => named.version !== version.version)
    .map(({ alias }) => ({ kind: 'move_alias', alias, version: version.version }));
}

/** A grant is one person's, for one model, for minutes. */
function grantInForce({ breakGlass, caller, now, version }: PromotionFacts) {
  if (breakGlass === undefined || caller.rights.includes('DENY')) return undefined;
  const isHis = breakGlass.principal === caller.name && breakGlass.model === version.model;
  return isHis && now < breakGlass.expiresAt ? breakGlass : undefined;
}
