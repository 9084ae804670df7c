import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../platform/json-value.js';
import { computeBump, type VersionDescription } from './bump.js';
import { describeMlmodel } from './describe-mlmodel.js';

const columns = (...fields: Record<string, JsonValue>[]): string => JSON.stringify(fields);

const A = { type: 'double', name: 'a', required: true };
const B = { type: 'string', name: 'b', required: false };
const P = { name: 't', default: 0.5, shape: null, type: 'double' };
const TENSOR = { type: 'tensor', 'tensor-spec': { dtype: 'float64', shape: [-1, 2] } };
const OBJECT = { type: 'object', name: 'o', properties: { k: { type: 'long', required: true } } };

const SIGNATURE = { inputs: columns(A, B, OBJECT), outputs: columns(TENSOR), params: columns(P) };

const BASE: VersionDescription = {
  signature: SIGNATURE,
  flavors: ['python_function', 'sklearn'],
  loader: 'mlflow.sklearn',
  architecture: { 'sklearn.model_class': 'X' },
  params: { lr: '0.1', n_layers: '2' },
  datasetDigests: ['d1'],
  commit: 'c1',
  weightsDigest: 'w1',
  fullDigest: 'f1',
  intendedUse: 'Analyzing  calls.',
};

const bump = (change: Partial<VersionDescription>) =>
  computeBump(BASE, { ...BASE, fullDigest: 'f2', ...change }, ['n_layers']);

const withSignature = (change: Record<string, JsonValue>) => ({
  signature: { ...SIGNATURE, ...change },
  weightsDigest: 'w2',
});

describe('the step to the next version', () => {
  it.each<[string, Partial<VersionDescription>, string, string]>([
    ['the same files', { fullDigest: 'f1' }, 'none', 'All files are those'],
    ['the same weights', {}, 'patch', 'The weights are the same.'],
    [
      'other weights of other data',
      { weightsDigest: 'w2', datasetDigests: ['d2'], params: { ...BASE.params, lr: '0.2' } },
      'minor',
      'The weights are others, with other params, data.',
    ],
    ['weights nobody knows', { weightsDigest: undefined }, 'minor', 'not known to be the same'],
    [
      'an input that is gone',
      withSignature({ inputs: columns(A, OBJECT) }),
      'major',
      "The input 'b' is gone.",
    ],
    [
      'an input that is renamed',
      withSignature({ inputs: columns({ ...A, name: 'z' }, B, OBJECT) }),
      'major',
      "The input 'z' is new and has to be given.",
    ],
    [
      'an input of another type',
      withSignature({ inputs: columns({ ...A, type: 'long' }, B, OBJECT) }),
      'major',
      "The input 'a' was double and is long.",
    ],
    [
      'an input that has to be given now',
      withSignature({ inputs: columns(A, { ...B, required: true }, OBJECT) }),
      'major',
      "'b' has to be given now",
    ],
    [
      'an input that may be left out now',
      withSignature({ inputs: columns({ ...A, required: false }, B, OBJECT) }),
      'minor',
      "'a' may be left out now",
    ],
    [
      'the older word for it',
      withSignature({ inputs: columns(A, { type: 'string', name: 'b', optional: true }, OBJECT) }),
      'minor',
      'The weights are others.',
    ],
    [
      'a new input that may be left out',
      withSignature({
        inputs: columns(A, B, OBJECT, { type: 'long', name: 'c', required: false }),
      }),
      'minor',
      "'c' is new and may be left out",
    ],
    [
      'inputs in another order',
      withSignature({ inputs: columns(OBJECT, B, A) }),
      'minor',
      'The weights are others.',
    ],
    [
      'a member of an object of another type',
      withSignature({
        inputs: columns(A, B, { ...OBJECT, properties: { k: { type: 'string' } } }),
      }),
      'major',
      "'k' was long and is string",
    ],
    [
      'another shape of the output',
      withSignature({
        outputs: columns({ ...TENSOR, 'tensor-spec': { dtype: 'float64', shape: [-1, 3] } }),
      }),
      'major',
      'The outputs were #0 tensor float64 [-1,2] and are #0 tensor float64 [-1,3].',
    ],
    [
      'a param that is gone',
      withSignature({ params: columns() }),
      'major',
      "The param 't' is gone.",
    ],
    [
      'a new param',
      withSignature({ params: columns(P, { ...P, name: 'u' }) }),
      'minor',
      "The param 'u' is new",
    ],
    [
      'another default of a param',
      withSignature({ params: columns({ ...P, default: 0.7 }) }),
      'minor',
      'The weights are others.',
    ],
    ['no signature any more', { signature: undefined }, 'major', 'no signature any more'],
    [
      'another flavor',
      { flavors: ['python_function', 'xgboost'] },
      'major',
      'The flavors were python_function, sklearn and are python_function, xgboost.',
    ],
    ['another loader', { loader: 'x' }, 'major', 'The loader was mlflow.sklearn and is x.'],
    [
      'another architecture',
      { architecture: { 'sklearn.model_class': 'Y' } },
      'major',
      "'sklearn.model_class' was X and is Y.",
    ],
    [
      'another structural param',
      { params: { ...BASE.params, n_layers: '3' } },
      'major',
      "The structural param 'n_layers' was 2 and is 3.",
    ],
    ['another intended use', { intendedUse: 'Firing people.' }, 'major', 'another intended use'],
    [
      'the same use in other blanks',
      { intendedUse: ' Analyzing\ncalls. ' },
      'patch',
      'The weights are the same.',
    ],
  ])('with %s is %s', (_, change, level, message) => {
    const { level: found, reasons } = bump(change);
    expect(found).toBe(level);
    expect(reasons.map((reason) => reason.message).join(' ')).toContain(message);
  });

  it('is minor where a signature comes', () => {
    expect(
      computeBump({ ...BASE, signature: undefined }, { ...BASE, fullDigest: 'x' }, []).level,
    ).toBe('minor');
  });

  it('is as far as the farthest reason, and no reason is lost', () => {
    const { level, reasons } = bump({ loader: 'x', weightsDigest: 'w2', signature: undefined });
    expect(level).toBe('major');
    expect(reasons.map(({ code }) => code)).toEqual(['signature', 'loader', 'retrained']);
  });

  it('is found for tables of many columns, and told in some reasons', () => {
    const wide = (prefix: string) => ({
      inputs: columns(
        ...Array.from({ length: 5_000 }, (_, index) => ({ ...A, name: `${prefix}${index}` })),
      ),
    });
    const base = { ...BASE, signature: wide('a') };
    expect(computeBump(base, { ...base, fullDigest: 'x' }, []).level).toBe('patch');
    const other = computeBump(base, { ...base, fullDigest: 'x', signature: wide('b') }, []);
    expect(other.level).toBe('major');
    expect(other.reasons).toHaveLength(50);
  });

  it('is never a throw, whatever a signature holds', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        const [inputs, outputs] = [one as JsonValue, JSON.stringify(other)];
        const signature = { inputs, outputs, params: inputs };
        const { level } = bump({ signature });
        expect(['major', 'minor', 'patch']).toContain(level);
        const same = { ...BASE, signature };
        expect(computeBump(same, { ...same, fullDigest: 'z' }, []).level).toBe('patch');
      }),
    );
  });
});

describe('an MLmodel', () => {
  it('is described', () => {
    const text = `artifact_path: model
flavors:
  python_function: {loader_module: mlflow.sklearn, python_version: 3.11.1}
  sklearn: {pickled_model: model.pkl, sklearn_version: 1.5.0, model_class: A}
metadata: {semver: 2.0.0, model_card: {name: x}}
signature:
  inputs: '[{"type": "double", "name": "a", "required": true}]'
utc_time_created: '2026-01-01 00:00:00'
`;
    expect(describeMlmodel(text)).toEqual({
      signature: { inputs: '[{"type": "double", "name": "a", "required": true}]' },
      flavors: ['python_function', 'sklearn'],
      loader: 'mlflow.sklearn',
      architecture: { 'sklearn.model_class': 'A' },
      card: { name: 'x' },
      semver: '2.0.0',
    });
    expect(describeMlmodel('[')).toBeUndefined();
  });
});
