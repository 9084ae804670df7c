import { describe, expect, it } from 'vitest';
import { bytesOf, verdictOn } from './testing/models.js';
import { verifyOnnx } from './verify-onnx.js';

const tensor = (dtype: string, shape: readonly number[], name?: string) => ({
  type: 'tensor',
  'tensor-spec': { dtype, shape },
  ...(name !== undefined && { name }),
});
const columns = (type: string, count: number) =>
  Array.from({ length: count }, (_, at) => ({ type, name: `c${at}`, required: true }));

/** The inputs of `network`: x, float32[N, 4]; its outputs: y, float32[N, 3]. */
const problemsOf = (schema: { inputs?: unknown; outputs?: unknown }, name = 'network') =>
  verdictOn(name, schema).problems;

describe('inputs', () => {
  it.each([
    ['a lone tensor', [tensor('float32', [-1, 4])]],
    ['doubles, which MLflow narrows', [tensor('float64', [-1, 4])]],
    ['the tensor by its name', [tensor('float32', [-1, 4], 'x')]],
    ['a tensor of any width', [tensor('float32', [-1, -1])]],
    ['a table of as many columns', columns('double', 4)],
    ['a table of whole numbers', columns('long', 4)],
  ])('agree: %s', (_, inputs) => {
    expect(problemsOf({ inputs })).toEqual([]);
  });

  it.each([
    [[tensor('float32', [-1, 4], 'z')], 'the input "z", which the model lacks'],
    [
      [tensor('int64', [-1, 4])],
      'The input "x" is int64 in the signature and float32 in the model',
    ],
    [[tensor('float32', [-1])], 'has 1 dimensions in the signature and 2 in the model'],
    [[tensor('float32', [-1, 5])], 'the shape [-1, 5] in the signature and [-1, 4] in the model'],
    [columns('double', 3), 'The signature has 3 columns, and the model\'s input "x" takes 4'],
    [columns('string', 4), 'Column "c0" of the signature is string'],
    [[tensor('float32', [-1, 4], 'x'), tensor('float32', [-1], 'z')], 'the input "z", which'],
  ])('differ: %j', (inputs, problem) => {
    const problems = problemsOf({ inputs });
    expect(problems.join('\n')).toContain(problem);
  });

  it('are all named where the model has several', () => {
    const start = tensor('float32', [4], 'start');
    const x = tensor('float32', [-1, 4], 'x');
    expect(problemsOf({ inputs: [start, x] }, 'scan')).toEqual([]);
    expect(problemsOf({ inputs: [x] }, 'scan')).toEqual([
      'The model has the input "start", which the signature lacks',
    ]);
  });
});

describe('outputs', () => {
  it.each([
    ['by name', 'network', [tensor('float32', [-1, 3], 'y')]],
    ['without a name', 'network', [tensor('float32', [-1, 3])]],
    ['one of two', 'forest', [tensor('int64', [-1])]],
    ['some by name', 'forest', [tensor('float32', [-1, 3], 'probabilities')]],
    ['what is no tensor', 'forest-zipmap', [tensor('object', [-1], 'output_probability')]],
    ['columns', 'forest', [{ type: 'long', name: 'label' }]],
  ])('agree: %s', (_, name, outputs) => {
    expect(problemsOf({ outputs }, name)).toEqual([]);
  });

  it.each([
    ['network', [tensor('float32', [-1, 3], 'z')], 'the output "z", which the model lacks'],
    ['network', [tensor('float64', [-1, 3])], 'is float64 in the signature and float32 in'],
    ['network', [tensor('float32', [-1])], 'has 1 dimensions in the signature and 2 in'],
    ['forest', [tensor('float64', [-1])], 'and no output of the model fits it'],
    ['forest', [{ type: 'double', name: 'label' }], 'is double in the signature and int64 in'],
  ])('differ: %s %j', (name, outputs, problem) => {
    expect(problemsOf({ outputs }, name).join('\n')).toContain(problem);
  });
});

describe('an MLmodel file', () => {
  const verdict = (mlmodel: string | undefined) =>
    verifyOnnx({ bytes: bytesOf('network'), files: new Map(), mlmodel }).problems;

  it.each([undefined, 'flavors: {}', 'signature:', "signature: {inputs: '[]', outputs: null}"])(
    'may say nothing of inputs: %j',
    (mlmodel) => {
      expect(verdict(mlmodel)).toEqual([]);
    },
  );

  it.each([
    '',
    '- a list',
    ': :',
    'signature: text',
    "signature: {inputs: '{}'}",
    "signature: {inputs: '[1]'}",
    "signature: {inputs: '[', outputs: null}",
    'signature: {inputs: \'[{"type": "tensor", "tensor-spec": {"dtype": "float32"}}]\'}',
    `a: &a [x, x, x, x]\nb: &b [${'*a, '.repeat(60)}]\nsignature: [${'*b, '.repeat(60)}]`,
  ])('is refused when its signature can not be read: %j', (mlmodel) => {
    expect(verdict(mlmodel)).toEqual(['The signature in the MLmodel file can not be read']);
  });
});
