import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Profile } from '../policy/profile.js';
import {
  BARE_VERSION,
  caller,
  DS,
  ENFORCE,
  GOOD_VERSION,
  LEAD,
  promotion,
  request,
} from '../testing/facts.js';
import { reasons, TO_PRODUCTION } from '../testing/reasons.js';
import { evaluate } from './evaluate.js';
import type { PromotionAction, VersionFacts } from './facts.js';

describe('aliases', () => {
  const set = (alias: string): PromotionAction => ({ kind: 'set_alias', alias });
  const remove = (alias: string): PromotionAction => ({ kind: 'delete_alias', alias });
  const cases: [string, Partial<VersionFacts>, typeof DS, PromotionAction, string[]][] = [
    ['that nobody protects are free', BARE_VERSION, DS, set('mine'), []],
    [
      'that stand for Production are gated',
      BARE_VERSION,
      LEAD,
      set('Champion'),
      [
        'MODEL_CARD_REQUIRED',
        'LINEAGE_REQUIRED',
        'DIRTY_SOURCE',
        'LINEAGE_REQUIRED',
        'LINEAGE_REQUIRED',
        'METRIC_GATE_FAILED',
        'METRIC_GATE_FAILED',
        'HYPERPARAMETERS_UNTRACKED',
      ],
    ],
    ['need approvals', {}, DS, set('champion'), ['APPROVAL_REQUIRED']],
    ['may be set by a lead', {}, LEAD, set('champion'), []],
    [
      'of a version that serves need the right',
      { stage: 'Production' },
      DS,
      set('live'),
      ['STAGE_ROLE_REQUIRED'],
    ],
    [
      'of a version that serves need no second approval',
      { stage: 'Production', trainer: 'lea' },
      LEAD,
      set('live'),
      [],
    ],
    [
      'of a version whose card ended are denied',
      { ...BARE_VERSION, stage: 'Production' },
      LEAD,
      set('live'),
      ['MODEL_CARD_REQUIRED'],
    ],
    ['that stand for Staging are for who may edit', BARE_VERSION, DS, set('challenger'), []],
    [
      'are removed by who may manage production',
      {},
      DS,
      remove('champion'),
      ['STAGE_ROLE_REQUIRED'],
    ],
    ['are removed by a lead', {}, LEAD, remove('champion'), []],
    ['are removed freely where nobody protects them', {}, DS, remove('mine'), []],
  ];
  it.each(cases)('%s', (_, version, who, action, expected) => {
    expect(reasons(promotion(who, version), action)).toEqual(expected);
  });

  it('have requests of their own', () => {
    const requests = [request('ds', [], 'Production')];
    const decision = evaluate(promotion(DS, {}, { requests }), set('champion'));
    expect(decision.obligations).toEqual([
      { kind: 'open_request', target: 'alias:champion', creator: 'ds' },
    ]);
    const open = [request('ds', [], 'alias:champion')];
    expect(evaluate(promotion(LEAD, {}, { requests: open }), set('champion')).allowed).toBe(true);
  });
});

describe('aliases that follow stages', () => {
  const profile: Profile = {
    ...ENFORCE,
    aliases: { ...ENFORCE.aliases, alias_follows_stage: true },
  };
  const aliases = ['champion', 'challenger', 'mine'].map((alias) => ({ alias, version: 3 }));
  const kinds = (me: typeof DS, used: Profile) =>
    evaluate(promotion(me, {}, { aliases }, used), TO_PRODUCTION).obligations.filter(
      ({ kind }) => kind === 'move_alias',
    );

  it('move when the promotion takes place, and only then', () => {
    expect(kinds(LEAD, profile)).toEqual([{ kind: 'move_alias', alias: 'champion', version: 7 }]);
    expect(kinds(DS, profile)).toEqual([]);
    expect(kinds(LEAD, ENFORCE)).toEqual([]);
  });
});

describe('a rollback', () => {
  const back: PromotionAction = { kind: 'rollback', to: 'Production' };
  const approved = { stage: 'Archived', approvedFor: ['Production'] };
  const cases: [string, Partial<VersionFacts>, typeof DS, string[]][] = [
    [
      'by a lead needs no approval, even of what he trained',
      { ...approved, trainer: 'lea' },
      LEAD,
      [],
    ],
    ['by who is on call', approved, caller('on', 'oncall'), []],
    ['by others', approved, DS, ['STAGE_ROLE_REQUIRED']],
    ['to a version that was never approved', { stage: 'Archived' }, LEAD, ['APPROVAL_REQUIRED']],
    ['to a version in quarantine', { ...approved, quarantinedAt: 1 }, LEAD, ['APPROVAL_REQUIRED']],
    [
      'to changed files',
      { ...approved, integrity: { ...GOOD_VERSION.integrity, artifacts: 'changed' } },
      LEAD,
      ['ARTIFACT_TAMPERED'],
    ],
  ];
  it.each(cases)('%s', (_, version, who, expected) => {
    expect(reasons(promotion(who, version), back)).toEqual(expected);
  });

  it('in observe is refused for what denies there, and for nothing else', () => {
    const moved = { ...GOOD_VERSION, stage: 'Archived' };
    const facts = promotion(
      LEAD,
      moved,
      { serving: { seen: 2, current: [3] } },
      { ...ENFORCE, mode: 'observe' },
    );
    expect(reasons(facts, back)).toEqual(['CONCURRENT_TRANSITION']);
    const same = promotion(
      LEAD,
      moved,
      { serving: { seen: 2, current: [2] } },
      { ...ENFORCE, mode: 'observe' },
    );
    expect(evaluate(same, back)).toMatchObject({ allowed: true });
    expect(reasons(same, back)).toEqual(['APPROVAL_REQUIRED']);
  });

  it('takes out what served when it was asked for, and nothing that has come since', () => {
    const found = (seen: number | undefined, ...current: number[]) =>
      reasons(promotion(LEAD, approved, { serving: { seen, current } }), back);
    expect([found(9, 9), found(9, 8, 9), found(undefined)]).toEqual([[], [], []]);
    const raced = ['CONCURRENT_TRANSITION'];
    expect([found(9), found(9, 8), found(undefined, 9)]).toEqual([raced, raced, raced]);
  });

  it('puts what it replaces into quarantine', () => {
    const besides = [{ version: 8, stage: 'Production' }];
    expect(evaluate(promotion(LEAD, approved, { besides }), back).obligations).toEqual([
      { kind: 'quarantine', version: 8 },
    ]);
  });
});

describe('a mode', () => {
  const observe: Profile = { ...ENFORCE, mode: 'observe' };
  const compat: Profile = { ...ENFORCE, mode: 'compat' };

  it('that observes tells what it would deny, and lets it pass', () => {
    const decision = evaluate(promotion(DS, BARE_VERSION, {}, observe), TO_PRODUCTION);
    expect(decision.allowed).toBe(true);
    expect(decision.violations).toHaveLength(8);
    expect(decision.obligations).toEqual([]);
    const asked = evaluate(promotion(DS, {}, {}, observe), TO_PRODUCTION);
    expect(asked).toMatchObject({ allowed: true, obligations: [] });
  });

  it('that is MLflow says nothing', () => {
    expect(evaluate(promotion(DS, BARE_VERSION, {}, compat), TO_PRODUCTION)).toEqual({
      allowed: true,
      violations: [],
      obligations: [],
    });
  });

  it.each([observe, compat])('refuses stages that are none all the same', (profile) => {
    const nowhere: PromotionAction = { kind: 'transition', to: 'Nowhere' };
    expect(evaluate(promotion(LEAD, {}, {}, profile), nowhere).allowed).toBe(false);
  });
});

describe('an emergency', () => {
  const glass = { id: 'g1', principal: 'bg', model: 'FaceSentimentAnalyzer', expiresAt: 2e15 };
  const who = { ...caller('bg', 'breakglass'), rights: ['READ'] };
  const decide = (version: Partial<VersionFacts>, breakGlass = glass) =>
    evaluate(promotion(who, version, { breakGlass }), TO_PRODUCTION);

  it('does without approvals and card, and is looked at within a day', () => {
    const { card } = BARE_VERSION;
    const facts = promotion(who, { card }, { breakGlass: glass });
    expect(evaluate(facts, TO_PRODUCTION)).toEqual({
      allowed: true,
      violations: [],
      obligations: [{ kind: 'open_review', grant: 'g1', dueAt: facts.now + 86_400_000 }],
    });
  });

  it.each([
    ['changed files', { integrity: { ...GOOD_VERSION.integrity, artifacts: 'changed' as const } }],
    [
      'broken ONNX',
      { format: { ...GOOD_VERSION.format, onnx: { state: 'invalid' as const, problems: [] } } },
    ],
  ])('never promotes %s', (_, version) => {
    expect(decide(version).allowed).toBe(false);
  });

  it.each([
    ['another', { ...glass, principal: 'x' }],
    ['another model', { ...glass, model: 'x' }],
    ['another time', { ...glass, expiresAt: 1 }],
  ])('of %s is none', (_, breakGlass) => {
    expect(decide({}, breakGlass).violations[0]?.reason).toBe('STAGE_ROLE_REQUIRED');
  });
});

describe('any question', () => {
  const who = fc.record({
    name: fc.constantFrom('ds', 'lea', 'val'),
    roles: fc.subarray(['lead', 'validator', 'serving', 'oncall', 'breakglass']),
    rights: fc.subarray(['READ', 'EDIT', 'MANAGE', 'DENY', 'transition', 'rollback']),
    isAdmin: fc.boolean(),
  });
  const stage = fc.constantFrom('None', 'Staging', 'Production', 'Archived', 'Nowhere');
  const action = fc.oneof<fc.Arbitrary<PromotionAction>[]>(
    stage.map((to) => ({ kind: 'transition' as const, to })),
    stage.map((to) => ({ kind: 'rollback' as const, to })),
    fc.constantFrom('champion', 'x', 'candidate').map((alias) => ({ kind: 'set_alias', alias })),
    fc.constantFrom('champion', 'x').map((alias) => ({ kind: 'delete_alias', alias })),
    fc.constant({ kind: 'approve' as const, request: 'request-ds' }),
  );
  const mode = fc.constantFrom<Profile['mode'][]>('compat', 'observe', 'enforce');

  it('has one answer, which is a denial only if rules are not met', () => {
    fc.assert(
      fc.property(who, stage, action, mode, fc.boolean(), (me, from, wanted, kind, isBare) => {
        const version = { ...(isBare ? BARE_VERSION : GOOD_VERSION), stage: from };
        const requests = [request('ds')];
        const facts = promotion(me, version, { requests }, { ...ENFORCE, mode: kind });
        const decision = evaluate(facts, wanted);
        expect(evaluate(facts, wanted)).toEqual(decision);
        if (kind === 'enforce') expect(decision.allowed).toBe(decision.violations.length === 0);
        if (!decision.allowed) expect(decision.violations).not.toEqual([]);
        if (isBare && !decision.allowed) {
          expect(decision.obligations.map((owed) => owed.kind)).not.toContain('record_approval');
        }
      }),
      { numRuns: 500 },
    );
  });

  it('to bring a version without evidence to Production is denied, whoever asks', () => {
    fc.assert(
      fc.property(who, (me) => {
        const facts = promotion(me, BARE_VERSION, { requests: [request('ds')] });
        expect(evaluate(facts, { kind: 'transition', to: 'Production' }).allowed).toBe(false);
        expect(evaluate(facts, { kind: 'set_alias', alias: 'champion' }).allowed).toBe(false);
      }),
    );
  });

  it('to approve a move to a stage that does not serve takes another who may make it', () => {
    const approve: PromotionAction = { kind: 'approve', request: 'request-ds' };
    const requests = [request('ds', [], 'Staging')];
    const outcome = (me: typeof DS, from = 'None') =>
      evaluate(promotion(me, { ...BARE_VERSION, stage: from }, { requests }), approve);
    expect(outcome(caller('other')).obligations.map(({ kind }) => kind)).toEqual([
      'close_request',
      'apply',
    ]);
    expect(outcome(DS).violations[0]?.reason).toBe('SEPARATION_OF_DUTIES');
    expect(outcome(caller('other'), 'Production').violations[0]?.reason).toBe(
      'STAGE_ROLE_REQUIRED',
    );
  });
});
