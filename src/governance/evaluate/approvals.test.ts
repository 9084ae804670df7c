import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Profile } from '../policy/profile.js';
import { profileVersion } from '../policy/read-policy.js';
import { NOW } from '../testing/cards.js';
import {
  approval,
  caller,
  DS,
  ENFORCE,
  GOOD_VERSION,
  LEAD,
  OTHER_LEAD,
  promotion,
  request,
  VALIDATOR,
} from '../testing/facts.js';
import { type ApprovalContext, availableActions, ruleFor, tally } from './approvals.js';
import { evaluate } from './evaluate.js';
import type { ApprovalFacts, PromotionAction, PromotionFacts, VersionFacts } from './facts.js';

const CALL: PromotionAction = { kind: 'transition', to: 'Production' };
const DAY = 86_400_000;
const HIGH: Partial<VersionFacts> = { card: { ...GOOD_VERSION.card, risk: 'High' } };

/** `allowed`, or the reasons; then the kinds of what has to be stored. */
const outcome = (facts: PromotionFacts, action: PromotionAction = CALL): string => {
  const { allowed, violations, obligations } = evaluate(facts, action);
  const reasons = violations.map(({ reason }) => reason).join(' ');
  return [allowed ? 'allowed' : reasons, ...obligations.map(({ kind }) => kind)].join(', ');
};

describe('approval by the same call', () => {
  it.each<[string, Parameters<typeof promotion>, string]>([
    ['of who trained it asks for approval', [DS], 'APPROVAL_REQUIRED, open_request'],
    ['again finds the request', [DS, {}, { requests: [request('ds')] }], 'APPROVAL_REQUIRED'],
    [
      'of a lead fills the quorum',
      [LEAD, {}, { requests: [request('ds')] }],
      'allowed, record_approval, close_request',
    ],
    ['of a lead with no request is the approval', [LEAD], 'allowed, record_approval'],
    [
      'of a lead who trained it asks like anybody',
      [LEAD, { trainer: 'lea' }],
      'APPROVAL_REQUIRED, open_request',
    ],
    [
      'of a lead who trained it, on a request of another, is not enough',
      [LEAD, { trainer: 'lea' }, { requests: [request('ds')] }],
      'APPROVAL_REQUIRED',
    ],
    [
      'of a lead who asked himself is not enough',
      [LEAD, {}, { requests: [request('lea')] }],
      'APPROVAL_REQUIRED',
    ],
    [
      'of another lead then is',
      [OTHER_LEAD, { trainer: 'lea' }, { requests: [request('lea')] }],
      'allowed, record_approval, close_request',
    ],
    [
      'of a validator, where a lead is asked for, is not',
      [VALIDATOR, {}, { requests: [request('ds')] }],
      'APPROVAL_REQUIRED',
    ],
    [
      'of a lead, where nobody knows who made it, asks',
      [LEAD, { trainer: undefined, registeredBy: undefined }],
      'APPROVAL_REQUIRED, open_request',
    ],
    [
      'at high risk is one of two',
      [LEAD, HIGH, { requests: [request('ds')] }],
      'APPROVAL_REQUIRED, record_approval',
    ],
    ['at high risk with no request asks', [LEAD, HIGH], 'APPROVAL_REQUIRED, open_request'],
    [
      'at high risk by a second lead is not the validator',
      [OTHER_LEAD, HIGH, { requests: [request('ds', [approval(LEAD)])] }],
      'APPROVAL_REQUIRED, record_approval',
    ],
    [
      'at high risk by a validator fills it',
      [VALIDATOR, HIGH, { requests: [request('ds', [approval(LEAD)])] }],
      'allowed, record_approval, close_request',
    ],
    [
      'twice by one lead counts once',
      [LEAD, HIGH, { requests: [request('ds', [approval(LEAD)])] }],
      'APPROVAL_REQUIRED',
    ],
    [
      'by who asked, once all have agreed, takes place',
      [DS, {}, { requests: [request('ds', [approval(LEAD)])] }],
      'allowed, close_request',
    ],
    [
      'on a request that ran out is a new one',
      [DS, {}, { requests: [request('ds', [], 'Production', NOW - 14 * DAY)] }],
      'APPROVAL_REQUIRED, expire_request, open_request',
    ],
    [
      'by an administrator is no approval',
      [{ ...caller('root'), isAdmin: true }, {}, { requests: [request('ds')] }],
      'APPROVAL_REQUIRED',
    ],
  ])('%s', (_, facts, expected) => {
    expect(outcome(promotion(...facts))).toBe(expected);
  });

  it.each<[string, Partial<ApprovalFacts>, Partial<VersionFacts>]>([
    ['other files', { pins: { ...approval(LEAD).pins, artifacts: 'root-0' } }, {}],
    ['another card', { pins: { ...approval(LEAD).pins, card: 'other' } }, {}],
    ['another policy', { pins: { ...approval(LEAD).pins, profile: 'other' } }, {}],
    ['the time before its quarantine', { at: NOW - 2 }, { quarantinedAt: NOW - 1 }],
  ])('that was given for %s is dismissed', (_, given, version) => {
    const requests = [request('ds', [approval(LEAD, given)])];
    const decision = evaluate(promotion(DS, version, { requests }), CALL);
    expect(decision.allowed).toBe(false);
    expect(decision.obligations).toEqual([
      { kind: 'dismiss_approvals', request: 'request-ds', approvals: ['approval-lea'] },
    ]);
  });

  it('opens nothing by itself where the profile says so', () => {
    const profile = { ...ENFORCE, approvals: { ...ENFORCE.approvals, auto_request: false } };
    expect(outcome(promotion(DS, {}, {}, profile))).toBe('APPROVAL_REQUIRED');
  });

  it('tells what is given and what is missing', () => {
    const requests = [request('ds', [approval(LEAD)])];
    const [violation] = evaluate(promotion(DS, HIGH, { requests }), CALL).violations;
    expect(violation?.message).toBe(
      'Production needs 2 approvals, 1 given, missing: validator. A request is open, of ds.',
    );
    expect(violation?.metadata).toMatchObject({
      request_id: 'request-ds',
      needed: '2',
      have: '1',
      missing: 'validator',
    });
    expect(violation?.remedy).toBe(
      'client.transition_model_version_stage("FaceSentimentAnalyzer", "7", "Production")  # as somebody else than ds',
    );
  });
});

describe('approval by its own call', () => {
  const approve: PromotionAction = { kind: 'approve', request: 'request-ds' };
  it.each<[string, Parameters<typeof promotion>, string]>([
    ['by a lead promotes', [LEAD], 'allowed, record_approval, close_request, apply'],
    ['by one of two is kept', [LEAD, HIGH], 'allowed, record_approval'],
    ['by who asked is refused', [{ ...DS, roles: ['lead'] }], 'SEPARATION_OF_DUTIES'],
    ['by who trained it, alone, is refused', [LEAD, { trainer: 'lea' }], 'SEPARATION_OF_DUTIES'],
    [
      'by who trained it, as one of two, is kept',
      [LEAD, { ...HIGH, trainer: 'lea' }],
      'allowed, record_approval',
    ],
    ['by another role is refused', [caller('x')], 'SEPARATION_OF_DUTIES'],
    [
      'of changed files is refused',
      [LEAD, { integrity: { ...GOOD_VERSION.integrity, artifacts: 'changed' } }],
      'ARTIFACT_TAMPERED',
    ],
  ])('%s', (_, [who, version], expected) => {
    const facts = promotion(who, version, { requests: [request('ds')] });
    expect(outcome(facts, approve)).toBe(expected);
  });

  it('of a request that ran out is refused', () => {
    const requests = [request('ds', [], 'Production', NOW - 15 * DAY)];
    expect(outcome(promotion(LEAD, {}, { requests }), approve)).toBe(
      'APPROVAL_REQUIRED, expire_request',
    );
  });
});

const CONTEXT: ApprovalContext = {
  rule: { quorum: 2, roles: { lead: 1, validator: 1 } },
  pins: approval(LEAD).pins,
  trainer: 'ds',
  ownerTeam: 'ai-vision-team',
  notBefore: 0,
};

describe('counting', () => {
  const BOTH = caller('both', 'lead', 'validator');
  it.each<[string, ApprovalFacts[], number]>([
    ['one with both roles fills one place', [approval(BOTH)], 1],
    [
      'one with both roles leaves the place that another needs',
      [approval(BOTH), approval(LEAD)],
      2,
    ],
    ['in the other order too', [approval(LEAD), approval(BOTH)], 2],
    [
      "a validator of the owner's team is none",
      [approval(LEAD), approval(VALIDATOR, { teams: ['ai-vision-team'] })],
      1,
    ],
    ['two of one role fill one place', [approval(LEAD), approval(OTHER_LEAD)], 1],
  ])('%s', (_, approvals, have) => {
    expect(tally(approvals, 'ds', CONTEXT)).toMatchObject({ needed: 2, have });
  });

  it('takes leads and validators where a rule names no role', () => {
    const context = { ...CONTEXT, rule: { quorum: 2, roles: {} } };
    expect(tally([approval(LEAD), approval(VALIDATOR)], 'ds', context).complete).toBe(true);
    expect(tally([approval(LEAD)], 'ds', context).missing).toEqual(['lead or validator']);
  });

  it('knows the rule of a risk', () => {
    expect(ruleFor(ENFORCE, 'High').quorum).toBe(2);
    expect(ruleFor(ENFORCE, 'Low')).toEqual({ quorum: 1, roles: { lead: 1 } });
  });

  it('says what each may do with a request', () => {
    expect(availableActions(DS, { creator: 'ds' }, CONTEXT)).toEqual(['CANCEL_TRANSITION_REQUEST']);
    expect(availableActions(LEAD, { creator: 'ds' }, CONTEXT)).toEqual([
      'APPROVE_TRANSITION_REQUEST',
      'REJECT_TRANSITION_REQUEST',
    ]);
    expect(availableActions(caller('x'), { creator: 'ds' }, CONTEXT)).toEqual([]);
  });

  const people = fc.constantFrom('ds', 'lea', 'leo', 'val', 'vic');
  const roleSets = fc.subarray(['lead', 'validator', 'auditor']);
  const approvals = fc.array(fc.tuple(people, roleSets, fc.boolean()), { maxLength: 8 });
  const rules = fc.record({ leads: fc.nat(2), validators: fc.nat(2), more: fc.nat(2) });

  it('is never complete without enough people of which one neither asked nor trained', () => {
    fc.assert(
      fc.property(
        approvals,
        rules,
        people,
        people,
        (given, { leads, validators, more }, asker, trainer) => {
          const quorum = Math.max(1, leads + validators + more);
          const rule = { quorum, roles: { lead: leads, validator: validators } };
          const facts = given.map(([name, roles, fresh], index) =>
            approval(caller(name, ...roles), {
              id: String(index),
              ...(fresh ? {} : { pins: { artifacts: '', card: '', profile: '' } }),
            }),
          );
          const context = { ...CONTEXT, rule, trainer };
          const count = tally(facts, asker, context);
          const valid = new Set(
            given.filter(([name, , fresh]) => fresh && name !== asker).map(([name]) => name),
          );
          expect(count.have).toBeLessThanOrEqual(valid.size);
          expect(count.stale).toHaveLength(given.filter(([, , fresh]) => !fresh).length);
          if (count.complete) {
            expect(valid.size).toBeGreaterThanOrEqual(quorum);
            expect([...valid].some((name) => name !== trainer)).toBe(true);
          }
          expect(tally([...facts].reverse(), asker, context).stale.length).toBe(count.stale.length);
        },
      ),
    );
  });

  it('lets nobody alone bring to production what he trained, whatever his roles', () => {
    const everyRole: Profile['approvals']['roles'][] = [{ lead: 1 }, {}, { validator: 1 }];
    fc.assert(
      fc.property(roleSets, fc.constantFrom(...everyRole), fc.boolean(), (roles, rule, isAdmin) => {
        const profile = { ...ENFORCE, approvals: { ...ENFORCE.approvals, roles: rule } };
        const me = {
          ...caller('me', ...roles),
          rights: ['MANAGE', 'CAN_MANAGE_PRODUCTION_VERSIONS'],
          isAdmin,
        };
        const pins = { ...approval(me).pins, profile: profileVersion(profile) };
        for (const requests of [[], [request('me')], [request('me', [approval(me, { pins })])]]) {
          expect(
            evaluate(promotion(me, { trainer: 'me' }, { requests }, profile), CALL).allowed,
          ).toBe(false);
        }
      }),
    );
  });
});
