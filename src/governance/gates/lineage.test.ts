import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../platform/json-value.js';
import { readSignature } from '../model-signature/signature.js';
import { checkContract } from './contract.js';
import { contractReference, isCommit, lineageOf } from './lineage.js';

describe('lineage', () => {
  it.each([
    ['a'.repeat(40), true],
    ['A1'.repeat(20), true],
    ['0'.repeat(64), true],
    ['abc1234', false],
    ['g'.repeat(40), false],
    ['a'.repeat(41), false],
    [`${'a'.repeat(40)}\n`, false],
    ['HEAD', false],
  ])('takes %j for a commit: %s', (text, is) => {
    expect(isCommit(text)).toBe(is);
  });

  it('is read of tags and inputs', () => {
    const facts = lineageOf(
      {
        'mlflow.source.git.commit': ` ${'a'.repeat(40)} `,
        'mlflow.source.git.branch': 'main',
        'mlflow.source.git.repoURL': 'git@x',
        'mlflow.source.name': 'train.py',
        'mlflow.parentRunId': 'p',
      },
      [{ name: 'd', digest: '1', source: 's', tags: { 'mlflow.data.context': 'training' } }],
    );
    expect(facts).toEqual({
      hasRun: true,
      commit: 'a'.repeat(40),
      isCommitValid: true,
      isDirty: false,
      branch: 'main',
      repository: 'git@x',
      sourceName: 'train.py',
      parentRunId: 'p',
      datasets: [{ name: 'd', digest: '1', source: 's', context: 'training' }],
    });
    expect(lineageOf(undefined, [])).toMatchObject({ hasRun: false, isCommitValid: false });
  });

  it.each<[Record<string, string>, boolean]>([
    [{ 'mlflow.source.git.dirty': 'true' }, true],
    [{ 'mlflow.source.git.dirty': 'True' }, true],
    [{ 'mlflow.source.git.dirty': 'false' }, false],
    [{ 'mlflow.source.git.dirty': 'False', 'mlflow.source.git.diff': '+x' }, true],
    [{ 'mlflow.source.git.diff': '' }, false],
    [{}, false],
  ])('of %j is dirty: %s', (tags, dirty) => {
    expect(lineageOf(tags, []).isDirty).toBe(dirty);
  });

  it('finds a contract in the first tags that name one', () => {
    const named = { 'data_contract.uri': 's3://c', 'data_contract.version': '2' };
    expect(contractReference([{}, { 'data_contract.version': '1' }, named])).toEqual({
      uri: 's3://c',
      version: '2',
      sha256: undefined,
    });
    expect(contractReference([{}])).toBeUndefined();
  });
});

const CONTRACT = `apiVersion: v3.0.2
kind: DataContract
id: calls
schema:
  - name: calls
    properties:
      - {name: age, logicalType: integer}
      - {name: income, logicalType: number}
      - {name: city, physicalType: VARCHAR(20)}
      - {name: at, logicalType: date}
      - {name: tags, logicalType: array}
      - {name: free, logicalType: "geo thing"}
`;

const signature = (...inputs: JsonValue[]) =>
  readSignature({ inputs: JSON.stringify(inputs) } as JsonValue);

const column = (name: string, type: string) => ({ name, type, required: true });
const tensor = (name: string | undefined, dtype: string, ...shape: number[]) => ({
  ...(name === undefined ? {} : { name }),
  type: 'tensor',
  'tensor-spec': { dtype, shape },
});

describe('a data contract', () => {
  it.each<[string, JsonValue[], string[]]>([
    ['numbers', [column('age', 'long'), column('income', 'double'), column('age', 'double')], []],
    [
      'a text, a date, a list and what is free',
      [
        column('city', 'string'),
        column('at', 'datetime'),
        column('tags', 'array'),
        column('free', 'boolean'),
      ],
      [],
    ],
    [
      'tensors',
      [
        tensor('age', 'int64', -1),
        tensor('tags', 'float32', -1, 8),
        tensor(undefined, 'float32', -1, 3),
      ],
      [],
    ],
    ['another column', [column('ssn', 'string')], ["The input 'ssn' is not in the contract."]],
    [
      'other types',
      [column('city', 'long'), column('age', 'string'), tensor('city', 'float32', -1)],
      [
        "The input 'city' is long, the contract says string.",
        "The input 'age' is string, the contract says integer.",
        "The input 'city' is tensor float32 [-1], the contract says string.",
      ],
    ],
  ])('is compared with inputs of %s', (_, inputs, problems) => {
    const facts = checkContract(CONTRACT, undefined, signature(...inputs));
    expect(facts.problems).toEqual(problems);
    expect(facts.state).toBe(problems.length === 0 ? 'kept' : 'broken');
    expect(facts.digest).toBe(createHash('sha256').update(CONTRACT).digest('hex'));
  });

  it('of version 2 is read too', () => {
    const old = 'dataset: [{table: t, columns: [{column: age, logicalType: integer}]}]';
    expect(checkContract(old, undefined, signature(column('age', 'long'))).state).toBe('kept');
  });

  it.each<[string, string, string]>([
    ['no YAML', 'a: [', 'not valid YAML'],
    ['no contract', 'a: 1', 'Open Data Contract Standard'],
    ['laughs', `a: &a [x]\nb: [${'*a,'.repeat(200)}]`, 'Excessive alias count'],
  ])('that is %s is unreadable', (_, text, problem) => {
    const facts = checkContract(text, undefined, signature());
    expect(facts.state).toBe('unreadable');
    expect(facts.problems.join()).toContain(problem);
  });

  it('has the digest that its tag states', () => {
    const reference = { uri: 'u', version: undefined, sha256: 'A'.repeat(64) };
    const facts = checkContract(CONTRACT, reference, signature(column('age', 'long')));
    expect(facts).toMatchObject({ state: 'broken', uri: 'u' });
    expect(facts.problems[0]).toContain('The tag data_contract.sha256 is aaaa');
  });

  it('may be named alone, may be missing, and needs a signature', () => {
    expect(checkContract(undefined, undefined, undefined).state).toBe('absent');
    const named = checkContract(
      undefined,
      { uri: 'u', version: '1', sha256: undefined },
      undefined,
    );
    expect(named).toMatchObject({ state: 'named', uri: 'u' });
    expect(checkContract(CONTRACT, undefined, undefined).state).toBe('broken');
  });
});
