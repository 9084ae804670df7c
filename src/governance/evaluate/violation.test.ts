import { describe, expect, it } from 'vitest';
import { BARE_VERSION, DS, promotion } from '../testing/facts.js';
import { evaluate } from './evaluate.js';
import { pythonText } from './python.js';
import { denial, type Reason, type Violation } from './violation.js';

const violation = (reason: Reason, change: Partial<Violation> = {}): Violation => ({
  reason,
  message: `Because of ${reason}.`,
  remedy: 'client.f()',
  metadata: { model: 'M' },
  ...change,
});

describe('a denial', () => {
  it.each<[Reason, number, string]>([
    ['MODEL_CARD_REQUIRED', 400, 'INVALID_STATE'],
    ['MODEL_CARD_INVALID', 400, 'INVALID_STATE'],
    ['MODEL_CARD_EXPIRED', 400, 'INVALID_STATE'],
    ['MODEL_CARD_MISMATCH', 400, 'INVALID_STATE'],
    ['LINEAGE_REQUIRED', 400, 'INVALID_STATE'],
    ['DATA_CONTRACT_VIOLATION', 400, 'INVALID_STATE'],
    ['DIRTY_SOURCE', 400, 'INVALID_STATE'],
    ['METRIC_GATE_FAILED', 400, 'INVALID_STATE'],
    ['HYPERPARAMETERS_UNTRACKED', 400, 'INVALID_STATE'],
    ['ONNX_REQUIRED', 400, 'INVALID_STATE'],
    ['ONNX_INVALID', 400, 'INVALID_STATE'],
    ['UNSAFE_FORMAT', 400, 'INVALID_STATE'],
    ['ARTIFACT_TAMPERED', 400, 'INVALID_STATE'],
    ['LATEST_NOT_ALLOWED', 400, 'INVALID_STATE'],
    ['STAGE_ROLE_REQUIRED', 403, 'PERMISSION_DENIED'],
    ['APPROVAL_REQUIRED', 403, 'PERMISSION_DENIED'],
    ['SEPARATION_OF_DUTIES', 403, 'PERMISSION_DENIED'],
    ['ARTIFACT_FROZEN', 403, 'PERMISSION_DENIED'],
    ['RESERVED_TAG', 403, 'PERMISSION_DENIED'],
    ['DELETE_PROTECTED', 403, 'PERMISSION_DENIED'],
    ['CONCURRENT_TRANSITION', 409, 'RESOURCE_CONFLICT'],
    ['UNKNOWN_STAGE', 400, 'INVALID_PARAMETER_VALUE'],
    ['SEMVER_INVALID', 400, 'INVALID_PARAMETER_VALUE'],
    ['SEMVER_NOT_GREATER', 400, 'INVALID_PARAMETER_VALUE'],
    ['NO_MATCHING_VERSION', 404, 'RESOURCE_DOES_NOT_EXIST'],
  ])('for %s is %d %s', (reason, status, code) => {
    expect(denial([violation(reason)], 'x', 'y')).toMatchObject({
      status,
      error_code: code,
      error_class: reason,
    });
  });

  it('has a line for each violation, with its remedy as code, and the gravest speaks for all', () => {
    const denied = denial(
      [
        violation('METRIC_GATE_FAILED', { remedy: '' }),
        violation('MODEL_CARD_REQUIRED', { remedy: 'a = 1\nb = 2', metadata: { model: 'M2' } }),
        violation('STAGE_ROLE_REQUIRED'),
      ],
      'models:/M/3 can not enter Production',
      'models:/M/3',
    );
    expect(denied).toEqual({
      status: 403,
      error_code: 'PERMISSION_DENIED',
      error_class: 'STAGE_ROLE_REQUIRED',
      message: [
        'models:/M/3 can not enter Production: 3 rules are not met.',
        '- STAGE_ROLE_REQUIRED: Because of STAGE_ROLE_REQUIRED. Remedy: client.f()',
        '- MODEL_CARD_REQUIRED: Because of MODEL_CARD_REQUIRED. Remedy: a = 1; b = 2',
        '- METRIC_GATE_FAILED: Because of METRIC_GATE_FAILED.',
      ].join('\n'),
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
          reason: 'STAGE_ROLE_REQUIRED',
          domain: 'governance.runledger',
          metadata: { model: 'M' },
        },
        {
          '@type': 'type.googleapis.com/google.rpc.PreconditionFailure',
          violations: [
            {
              type: 'STAGE_ROLE_REQUIRED',
              subject: 'models:/M/3',
              description: 'Because of STAGE_ROLE_REQUIRED. Remedy: client.f()',
            },
            {
              type: 'MODEL_CARD_REQUIRED',
              subject: 'models:/M/3',
              description: 'Because of MODEL_CARD_REQUIRED. Remedy: a = 1\nb = 2',
            },
            {
              type: 'METRIC_GATE_FAILED',
              subject: 'models:/M/3',
              description: 'Because of METRIC_GATE_FAILED.',
            },
          ],
        },
      ],
    });
  });

  it('tells how to attach a card', () => {
    const decision = evaluate(promotion(DS, BARE_VERSION), {
      kind: 'transition',
      to: 'Production',
    });
    const [first, ...rest] = decision.violations;
    expect(first && denial([first, ...rest], 'x', 'y').message).toContain(
      'client.set_model_version_tag("FaceSentimentAnalyzer", "7", "model_card", open("model_card.yaml").read())',
    );
  });

  it('stays short and one line each, whatever it is about', () => {
    const long = violation('LINEAGE_REQUIRED', { message: '😀\n- X: y\u2028'.repeat(5_000) });
    const denied = denial([long, ...Array(99).fill(long)], 'a\nb', 's');
    expect(denied.message.split('\n')).toHaveLength(22);
    expect(denied.message.length).toBeLessThan(16_384);
    expect(denied.message).toMatch(/^a; b: 100 rules are not met\.\n/);
    expect(denied.message).toMatch(/- and 80 more$/);
  });

  it('writes texts as Python does', () => {
    expect(pythonText('a"b\\\n\u0001é😀')).toBe('"a\\"b\\\\\\n\\u0001é😀"');
  });
});
