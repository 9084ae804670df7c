import { describe, expect, it } from 'vitest';
import { bytesOf, MODELS, verdictOn } from './testing/models.js';
import { verifyOnnx } from './verify-onnx.js';

/** What is said of each broken model, which has one fault. */
const FAULTS: Readonly<Record<string, string>> = {
  'branch-initializer': 'Initializer "own_more" has 1 bytes of data where float32[4] takes 16',
  'branch-input-unresolved': 'takes "nowhere", which is no input',
  'branch-output-not-made': 'of Node "choose" has the output "z", which nothing makes',
  'branch-value-leaks': 'The graph has the output "more", which nothing makes',
  'constant-too-short': 'Attribute "value" of Node "ones" has 15 bytes of data',
  'data-twice': 'Initializer "w" has its data in more than one place',
  'data-type-unknown': 'Initializer "w" has the unknown data type 99',
  'dims-huge': 'Initializer "w" has 48 bytes of data where float32[4, 3, 4611686018427387904',
  'dims-negative': 'Initializer "w" has a negative dimension: [4, -3]',
  'dims-wrong': 'Initializer "w" has 48 bytes of data where float32[4, 4] takes 64',
  'domain-not-imported': 'Node "multiply" is of the domain "com.example", which is not imported',
  empty: 'The file is empty',
  'float-too-few': 'Initializer "float" has 2 numbers where float32[3] takes 3',
  'function-input': 'takes "x", which is no input',
  'function-output': 'Function "Twice" has the output "z", which nothing makes',
  'initializer-twice': 'There are two initializers: "b"',
  'input-unresolved': 'Node "add" takes "nowhere", which is no input',
  'input-without-name': 'The graph has an input without a name',
  'int4-too-many': 'Initializer "int4" has 3 numbers where int4[3] takes 2',
  'int64-too-few': 'Initializer "int64" has 2 numbers where int64[3] takes 3',
  'ir-version': 'The model has no ir_version',
  'name-twice': 'Two values have one name: "xw"',
  'no-graph': 'The model has no graph',
  'no-operator': 'Node "multiply" has no operator',
  'no-opset': 'The model has no opset_import',
  'no-outputs': 'The graph has no outputs',
  'node-too-early': 'Node "add" takes "xw", which is no input, no initializer',
  'opset-twice': 'The domain "" is imported in two versions',
  'opset-without-version': 'The domain "" is imported without a version',
  'output-not-made': 'The graph has the output "z", which nothing makes',
  'outside-absolute': 'in "/etc/passwd", which is no path inside of the model\'s folder',
  'outside-backslash': "which is no path inside of the model's folder",
  'outside-beyond-end': 'needs 100048 bytes of "outside.bin", which has 60',
  'outside-length': 'has 44 bytes of data in "outside.bin" where float32[4, 3] takes 48',
  'outside-missing': 'in "elsewhere.bin", which is not in the model\'s folder',
  'outside-nowhere': 'keeps its data outside of the file and does not say where',
  'outside-offset': 'in "outside.bin" at a place that is no number',
  'outside-traversal': 'in "../models/outside.bin", which is no path inside',
  pickle: 'The file is a pickle and no ONNX model',
  'raw-missing': 'Initializer "w" has 0 bytes of data where float32[4, 3] takes 48',
  'raw-too-short': 'Initializer "w" has 47 bytes of data where float32[4, 3] takes 48',
  'scalar-without-data': 'Initializer "scalar" has 0 bytes of data where float32[] takes 4',
  'scan-body': 'takes "i", which is no input',
  'sparse-indices': 'The indices of Initializer "w" has 1 numbers where int64[2] takes 2',
  'store-of-other-type': 'Initializer "float" has its data in more than one place',
  'string-raw': 'Initializer "string" has its data in more than one place',
  'string-too-few': 'Initializer "string" has 2 numbers where string[3] takes 3',
  text: 'The file is no ONNX model',
  truncated: 'The file is no ONNX model: it is cut off',
};

describe('a good model', () => {
  it.each(MODELS.filter((name) => !name.startsWith('broken-')))('passes: %s', (name) => {
    const verdict = verdictOn(name);
    expect(verdict.problems).toEqual([]);
    expect(verdict).toMatchObject({ ok: true, opset: name === 'types' ? 25 : 17 });
    expect(verdict.opsSha256).toMatch(/^[\da-f]{64}$/);
  });

  it('shows whose operators it uses beside those of ONNX', () => {
    expect(verdictOn('logistic').domains).toEqual([]);
    expect(verdictOn('custom-domain').domains).toEqual(['com.example.ops']);
  });
});

describe('a broken model', () => {
  it('is of every kind', () => {
    const names = MODELS.filter((name) => name.startsWith('broken-'));
    expect(names).toEqual(
      Object.keys(FAULTS)
        .map((name) => `broken-${name}`)
        .sort(),
    );
  });

  it.each(Object.entries(FAULTS))('is refused: %s', (name, problem) => {
    const { ok, problems } = verdictOn(`broken-${name}`);
    expect(ok).toBe(false);
    expect(problems.join('\n')).toContain(problem);
  });

  it('is refused wherever it is cut off', () => {
    const whole = bytesOf('logistic');
    for (let length = 0; length < whole.length; length += 1) {
      const bytes = whole.slice(0, length);
      expect(verifyOnnx({ bytes, files: new Map(), mlmodel: undefined }).ok).toBe(false);
    }
  });

  it('never makes the check itself fail, whatever is in it', () => {
    const whole = bytesOf('if');
    for (let at = 0; at < whole.length; at += 1) {
      for (const byte of [0x00, 0x7f, 0xff]) {
        const bytes = whole.slice();
        bytes[at] = byte;
        expect(verifyOnnx({ bytes, files: new Map(), mlmodel: undefined })).toBeTypeOf('object');
      }
    }
  });
});

describe('the fingerprint of the operators', () => {
  const fingerprint = (name: string) => verdictOn(name).opsSha256;

  it('is that of the architecture, not of what was learned', () => {
    expect(fingerprint('logistic-retrained')).toBe(fingerprint('logistic'));
  });

  it('does not depend on the names inside', () => {
    expect(fingerprint('network-renamed')).toBe(fingerprint('network'));
  });

  it('is another for another architecture', () => {
    const names = MODELS.filter((name) => !/^broken-|-retrained$|-renamed$|^outside/.test(name));
    expect(new Set(names.map(fingerprint)).size).toBe(names.length);
  });

  it('is the same wherever the weights lie', () => {
    expect(fingerprint('outside')).toBe(fingerprint('network'));
  });
});
