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
} from '../testing/facts.js';
import { reasons, TO_PRODUCTION } from '../testing/reasons.js';
import { evaluate } from './evaluate.js';
import type { PromotionAction, PromotionFacts, VersionFacts } from './facts.js';

describe('a promotion to Production', () => {
  it('by a lead who trained nothing, of a version with all evidence, takes place', () => {
    const { allowed, obligations } = evaluate(promotion(LEAD), TO_PRODUCTION);
    expect(allowed).toBe(true);
    expect(obligations).toMatchObject([
      { kind: 'record_approval', approver: 'lea', target: 'Production' },
    ]);
  });

  it('of a version without evidence hears of everything at once, and opens no request', () => {
    const { allowed, violations, obligations } = evaluate(
      promotion(DS, BARE_VERSION),
      TO_PRODUCTION,
    );
    expect(allowed).toBe(false);
    expect(violations.map(({ reason, metadata }) => [reason, metadata.missing ?? ''])).toEqual([
      ['MODEL_CARD_REQUIRED', ''],
      ['LINEAGE_REQUIRED', 'commit'],
      ['DIRTY_SOURCE', ''],
      ['LINEAGE_REQUIRED', 'dataset'],
      ['LINEAGE_REQUIRED', 'data_contract'],
      ['METRIC_GATE_FAILED', ''],
      ['METRIC_GATE_FAILED', ''],
      ['HYPERPARAMETERS_UNTRACKED', ''],
    ]);
    expect(obligations).toEqual([]);
    for (const { remedy } of violations) expect(remedy).not.toBe('');
  });

  it('is told remedies that can still be had', () => {
    const wants = (change: Partial<typeof GOOD_VERSION>) =>
      evaluate(promotion(DS, { ...GOOD_VERSION, ...change }), TO_PRODUCTION).violations.map(
        ({ remedy }) => remedy,
      );
    const [closed] = wants({ params: {}, stage: 'Staging' });
    expect(closed).toContain('with mlflow.start_run(): mlflow.log_params({"name": value})');
    const [open] = wants({ params: {} });
    expect(open).toContain('client.log_param(');
    const contract = { state: 'broken', problems: ['a'], isUnsigned: true } as const;
    expect(wants({ contract })[0]).toContain('signature=mlflow.models.infer_signature(df)');
  });

  const onnx = (state: 'invalid' | 'pending' | 'absent') => ({
    format: { formats: ['onnx'], unsafeFiles: ['model.pkl'], onnx: { state, problems: ['x'] } },
  });
  const faults: [string, Partial<VersionFacts>, Partial<Profile>, string[]][] = [
    [
      'changed files',
      { integrity: { ...GOOD_VERSION.integrity, artifacts: 'changed' } },
      {},
      ['ARTIFACT_TAMPERED'],
    ],
    [
      'a foreign signature',
      { integrity: { ...GOOD_VERSION.integrity, signature: 'invalid' } },
      {},
      ['ARTIFACT_TAMPERED'],
    ],
    ['broken ONNX', onnx('invalid'), {}, ['ONNX_INVALID']],
    ['ONNX that is not verified yet', onnx('pending'), {}, ['ONNX_INVALID']],
    [
      'no ONNX where it is asked for',
      onnx('absent'),
      { format: { require: 'onnx', unsafe: 'allow' } },
      ['ONNX_REQUIRED'],
    ],
    [
      'pickles where they are denied',
      onnx('absent'),
      { format: { require: 'any', unsafe: 'deny' } },
      ['UNSAFE_FORMAT'],
    ],
    [
      'no safetensors',
      onnx('absent'),
      { format: { require: 'safetensors', unsafe: 'warn' } },
      ['UNSAFE_FORMAT'],
    ],
    [
      'a broken contract',
      { contract: { state: 'broken', problems: ['a'] } },
      {},
      ['DATA_CONTRACT_VIOLATION'],
    ],
    [
      'a short commit',
      { lineage: { ...GOOD_VERSION.lineage, commit: 'abc', isCommitValid: false } },
      {},
      ['LINEAGE_REQUIRED'],
    ],
    [
      'params that are asked for',
      {},
      { hyperparameters: { require_any: true, require_params: ['lr', 'depth'], structural: [] } },
      ['HYPERPARAMETERS_UNTRACKED'],
    ],
    [
      'a metric above its bound',
      {},
      {
        metrics: {
          require_percentiles: [],
          gates: [{ metric: 'latency_p95', max: 0.1, better: 'lower' }],
        },
      },
      ['METRIC_GATE_FAILED'],
    ],
  ];
  it.each(faults)('with %s is denied', (_, version, profile, expected) => {
    expect(reasons(promotion(LEAD, version, {}, { ...ENFORCE, ...profile }))).toEqual(expected);
  });

  it('may do without what its profile does not ask for', () => {
    const lenient: Profile = {
      ...ENFORCE,
      card: { ...ENFORCE.card, required: false },
      lineage: {
        require_commit: false,
        require_clean: false,
        require_dataset: false,
        require_contract: false,
      },
      metrics: { require_percentiles: [], gates: [] },
      hyperparameters: { require_any: false, require_params: [], structural: [] },
    };
    expect(reasons(promotion(LEAD, BARE_VERSION, {}, lenient))).toEqual([]);
  });

  it('warns of pickles, and goes on', () => {
    const format = { ...GOOD_VERSION.format, unsafeFiles: ['model.pkl'] };
    const { allowed, obligations } = evaluate(promotion(LEAD, { format }), TO_PRODUCTION);
    expect(allowed).toBe(true);
    expect(obligations[0]).toMatchObject({ kind: 'warn', violation: { reason: 'UNSAFE_FORMAT' } });
  });

  it('that lost a race is a conflict', () => {
    expect(reasons(promotion(LEAD, {}, { generation: { seen: 3, current: 4 } }))).toEqual([
      'CONCURRENT_TRANSITION',
    ]);
  });

  it.each([
    ['a reader', { ...caller('r'), rights: ['READ'] }, ['STAGE_ROLE_REQUIRED']],
    ['an owner, who is no approver', { ...caller('o'), rights: ['MANAGE'] }, ['APPROVAL_REQUIRED']],
    [
      'an administrator, who is none either',
      { ...caller('root'), rights: [], isAdmin: true },
      ['APPROVAL_REQUIRED'],
    ],
    [
      'who was given the production versions',
      { ...caller('p'), rights: ['CAN_MANAGE_PRODUCTION_VERSIONS'] },
      [],
    ],
    ['who is denied', { ...LEAD, rights: ['EDIT', 'DENY'] }, ['STAGE_ROLE_REQUIRED']],
    ['an auditor', { ...caller('a', 'auditor'), rights: ['READ'] }, ['STAGE_ROLE_REQUIRED']],
  ])('by %s: %s', (_, who, expected) => {
    expect(reasons(promotion(who))).toEqual(expected);
  });
});

describe('other moves', () => {
  const moves: [string, string, string, typeof DS, string[]][] = [
    ['to Staging by who may edit', 'None', 'Staging', DS, []],
    [
      'to Staging by a reader',
      'None',
      'Staging',
      { ...DS, rights: ['READ'] },
      ['STAGE_ROLE_REQUIRED'],
    ],
    ['to Archived from Staging', 'Staging', 'archived', DS, []],
    ['out of Production by who may edit', 'Production', 'Archived', DS, ['STAGE_ROLE_REQUIRED']],
    [
      'out of Production by its owner',
      'Production',
      'Staging',
      { ...DS, rights: ['MANAGE'] },
      ['STAGE_ROLE_REQUIRED'],
    ],
    ['out of Production by a lead', 'Production', 'Archived', LEAD, []],
    ['to where it is', 'Production', 'production', DS, []],
    ['to a stage that is none', 'None', 'Nowhere', LEAD, ['UNKNOWN_STAGE']],
  ];
  it.each(moves)('%s', (_, stage, to, who, expected) => {
    expect(reasons(promotion(who, { stage }), { kind: 'transition', to })).toEqual(expected);
  });

  it('to a stage of its own go by what it acts as', () => {
    const profile: Profile = {
      ...ENFORCE,
      stages: [
        { name: 'Canary', acts_as: 'Production' },
        { name: 'Shadow', acts_as: 'Staging' },
      ],
    };
    const facts = promotion(DS, {}, {}, profile);
    expect(reasons(facts, { kind: 'transition', to: 'canary' })).toEqual(['APPROVAL_REQUIRED']);
    expect(reasons(facts, { kind: 'transition', to: 'Shadow' })).toEqual([]);
  });

  it('may not archive what serves as a side effect', () => {
    const archives = [{ version: 1, stage: 'Production' }];
    const toStaging: PromotionAction = { kind: 'transition', to: 'Staging' };
    expect(reasons(promotion(DS, {}, { archives }), toStaging)).toEqual(['STAGE_ROLE_REQUIRED']);
    expect(reasons(promotion(LEAD, {}, { archives }), toStaging)).toEqual([]);
    expect(reasons(promotion(LEAD, {}, { archives }))).toEqual([]);
  });

  it('bring back the last good version when the only one is archived', () => {
    const passed_over = [{ version: 6, because: 'it is quarantined' }];
    const fallback = { version: 5, isLookedAt: true, passedOver: passed_over };
    const archive: PromotionAction = { kind: 'transition', to: 'Archived' };
    const decide = (more: Partial<PromotionFacts>, profile = ENFORCE) =>
      evaluate(promotion(LEAD, { stage: 'Production' }, more, profile), archive).obligations;
    expect(decide({ fallback })).toEqual([
      { kind: 'promote_last_good', version: 5, stage: 'Production', passed_over },
    ]);
    const empty = { isLookedAt: true, passedOver: passed_over };
    expect(decide({ fallback: empty })).toEqual([{ kind: 'leave_empty', passed_over }]);
    expect(decide({ fallback: { ...empty, passedOver: [] } })).toEqual([]);
    expect(decide({ fallback, besides: [{ version: 6, stage: 'Production' }] })).toEqual([]);
    expect(decide({})).toEqual([]);
    const none = {
      ...ENFORCE,
      serving: { ...ENFORCE.serving, fallback_on_archive: 'none' as const },
    };
    expect(decide({ fallback }, none)).toEqual([]);
  });
});
