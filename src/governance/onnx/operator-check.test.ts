import { expect, it } from 'vitest';
import { OperatorCheck } from './operator-check.js';
import type { NodeMessage, OperatorSetMessage } from './schema.js';

const long = (low: number) => ({ low, high: 0 });
const set = (version: number, domain = ''): OperatorSetMessage => ({
  domain,
  version: long(version),
});
const node = (opType: string, inputs: number, outputs = 1, domain = ''): NodeMessage => ({
  ...{ name: '', opType, domain, attribute: [] },
  input: Array.from({ length: inputs }, (_, i) => `i${i}`),
  output: Array.from({ length: outputs }, (_, i) => `o${i}`),
});
const problemOf = (one: NodeMessage, version = 17) =>
  new OperatorCheck([set(version), set(1, 'com.acme'), set(3, 'ai.onnx.ml')], []).problemOf(one);

it.each<[string, NodeMessage, number]>([
  ['of two inputs', node('Add', 2), 17],
  ['of any number of inputs', node('Concat', 40), 17],
  ['of the other name of the domain', node('Relu', 1, 1, 'ai.onnx'), 17],
  ['of the domain of machine learning', node('LinearRegressor', 1, 1, 'ai.onnx.ml'), 17],
  ['of a domain of others', node('Anything', 9, 9, 'com.acme'), 17],
  ['of a version that nobody knows yet', node('Anything', 9), 999],
  ['with outputs that are left out', node('Dropout', 1, 1), 17],
  ['that was there then', node('Upsample', 2), 9],
  ['that was an experiment', node('ImageScaler', 1), 1],
])('lets an operator pass %s', (_, one, version) => {
  expect(problemOf(one, version)).toBeUndefined();
});

it.each<[NodeMessage, number, string]>([
  [node('NoSuch', 1), 17, 'is of the operator "NoSuch", which ONNX has not'],
  [node('toString', 1), 17, 'which ONNX has not'],
  [node('Nothing', 1, 1, 'ai.onnx.ml'), 17, 'which ai.onnx.ml has not'],
  [node('Gelu', 1), 17, 'which ONNX has from version 20 on, and the model imports 17'],
  [node('Upsample', 2), 10, 'which ONNX 10 has no more'],
  [node('Add', 1), 17, 'takes 1 inputs, and "Add" has 2'],
  [node('Concat', 0), 17, 'takes 0 inputs, and "Concat" has 1 or more'],
  [node('Clip', 4), 17, 'takes 4 inputs, and "Clip" has 1 to 3'],
  [node('Clip', 2), 6, 'takes 2 inputs, and "Clip" has 1'],
  [node('Relu', 1, 2), 17, 'makes 2 outputs, and "Relu" has 1'],
])('tells what is wrong with %o of version %i', (one, version, problem) => {
  expect(problemOf(one, version)).toContain(problem);
});

it('knows the functions of the model', () => {
  const own = { name: 'Twice', domain: '', input: [], output: [], node: [], opsetImport: [] };
  const check = new OperatorCheck([set(17)], [own]);
  expect(check.problemOf(node('Twice', 1))).toBeUndefined();
  expect(check.problemOf(node('Thrice', 1))).toContain('which ONNX has not');
});
