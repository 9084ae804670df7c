import { describe, expect, it } from 'vitest';
import { caller, DS, ENFORCE } from '../testing/facts.js';
import { evaluate } from './evaluate.js';
import type { ChangeAction, ChangeFacts, Reference } from './facts.js';

const at = (stage: string, ...aliases: string[]): Reference => ({
  model: 'M',
  version: 3,
  stage,
  aliases,
});

const reasons = (action: ChangeAction, facts: Partial<ChangeFacts> = {}): readonly string[] =>
  evaluate({ profile: ENFORCE, caller: DS, ...facts }, action).violations.map(
    ({ reason }) => reason,
  );

const remove = (what: 'version' | 'model' | 'run' | 'experiment' | 'logged model') =>
  ({ kind: 'delete', what, name: 'x' }) as const;

describe('what governs a model', () => {
  it.each<[string, ChangeAction, Reference[], string[]]>([
    ['a version that serves stays', remove('version'), [at('Production')], ['DELETE_PROTECTED']],
    [
      'a version with a protected alias stays',
      remove('version'),
      [at('None', 'Champion')],
      ['DELETE_PROTECTED'],
    ],
    ['a version in Staging stays', remove('version'), [at('Staging')], ['DELETE_PROTECTED']],
    [
      'a version in a stage that the policy had once stays',
      remove('version'),
      [at('Live EU')],
      ['DELETE_PROTECTED'],
    ],
    ['another version goes', remove('version'), [at('Archived', 'mine')], []],
    [
      'a model of which three versions are in use stays',
      remove('model'),
      [at('Production'), at('None', 'live'), at('Staging'), at('None')],
      ['DELETE_PROTECTED', 'DELETE_PROTECTED', 'DELETE_PROTECTED'],
    ],
    ['a model of which none is in use goes', remove('model'), [at('Archived')], []],
    [
      'a run that a version in use was made of stays',
      remove('run'),
      [at('Staging')],
      ['DELETE_PROTECTED'],
    ],
    [
      'a run that another version was made of goes',
      remove('run'),
      [at('None'), at('Archived')],
      [],
    ],
    [
      'an experiment that a version in use was made in stays',
      remove('experiment'),
      [at('None', 'LIVE')],
      ['DELETE_PROTECTED'],
    ],
    [
      'a logged model that is in use stays',
      remove('logged model'),
      [at('Production')],
      ['DELETE_PROTECTED'],
    ],
    [
      'a tag of a logged model that is in use stays',
      { kind: 'delete', what: 'tag of the logged model', name: 'm-1/a' },
      [at('Production')],
      ['DELETE_PROTECTED'],
    ],
    ['a run of no version goes', remove('run'), [], []],
    [
      'a model keeps its name while it serves',
      { kind: 'rename_model', name: 'M', to: 'N' },
      [at('Production')],
      ['DELETE_PROTECTED'],
    ],
    [
      'a model may be renamed otherwise',
      { kind: 'rename_model', name: 'M', to: 'N' },
      [at('Staging')],
      [],
    ],
    [
      'params are open until a version leaves None',
      { kind: 'log_params', what: 'run', name: 'r', keys: ['a'] },
      [at('None')],
      [],
    ],
    [
      'params are closed then',
      { kind: 'log_params', what: 'run', name: 'r', keys: ['a'] },
      [at('Staging')],
      ['HYPERPARAMETERS_UNTRACKED'],
    ],
  ])('%s', (_, action, references, expected) => {
    expect(reasons(action, { references })).toEqual(expected);
  });

  it('keeps what any version was made of where the profile says so', () => {
    const profile = { ...ENFORCE, deletion: { origins_of: 'registered' } } as const;
    const facts = { profile, references: [at('None')] };
    expect(reasons(remove('run'), facts)).toEqual(['DELETE_PROTECTED']);
    expect(reasons(remove('version'), facts)).toEqual([]);
  });

  it('says as code how to take out of use what is kept', () => {
    const references = [at('Production', 'champion', 'mine')];
    const { violations } = evaluate({ profile: ENFORCE, caller: DS, references }, remove('run'));
    expect(violations[0]?.remedy).toBe(
      'client.transition_model_version_stage("M", "3", "Archived"); ' +
        'client.delete_registered_model_alias("M", "champion")',
    );
  });

  it.each<[string, string, ChangeFacts['frozen'], string[]]>([
    ['a file before registration', 'model.pkl', undefined, []],
    [
      'a file after it',
      'model.pkl',
      { model: 'M', version: 3, approved: false },
      ['ARTIFACT_FROZEN'],
    ],
    ['a card until approval', 'MODEL_CARD.yaml', { model: 'M', version: 3, approved: false }, []],
    [
      'a card after it',
      'MODEL_CARD.yaml',
      { model: 'M', version: 3, approved: true },
      ['ARTIFACT_FROZEN'],
    ],
    [
      'a file that is named like a card elsewhere',
      'data/README.md',
      { model: 'M', version: 3, approved: false },
      ['ARTIFACT_FROZEN'],
    ],
  ])('%s may be written or not', (_, path, frozen, expected) => {
    expect(reasons({ kind: 'write_artifact', path }, frozen && { frozen })).toEqual(expected);
  });

  it.each([
    ['semver', ['RESERVED_TAG']],
    ['gov.status', ['RESERVED_TAG']],
    ['GOV.status', ['RESERVED_TAG']],
    ['semver.base', []],
    ['government', []],
    ['model_card', []],
  ])('the tag %s is the server’s or not', (key, expected) => {
    expect(reasons({ kind: 'set_tag', key })).toEqual(expected);
    expect(reasons({ kind: 'delete_tag', key })).toEqual(expected);
  });

  it('gives latest to people, not to what serves', () => {
    const latest: ChangeAction = { kind: 'resolve_latest', model: 'M' };
    expect(reasons(latest)).toEqual([]);
    expect(reasons(latest, { caller: caller('s', 'serving') })).toEqual(['LATEST_NOT_ALLOWED']);
    const profile = { ...ENFORCE, serving: { ...ENFORCE.serving, deny_latest: true } };
    expect(reasons(latest, { profile })).toEqual(['LATEST_NOT_ALLOWED']);
  });

  it('denies nothing where it only observes, and asks nothing where it is MLflow', () => {
    const facts = { caller: DS, references: [at('Production')] };
    const observed = evaluate(
      { ...facts, profile: { ...ENFORCE, mode: 'observe' } },
      remove('model'),
    );
    expect(observed).toMatchObject({ allowed: true, violations: [{ reason: 'DELETE_PROTECTED' }] });
    const compat = evaluate({ ...facts, profile: { ...ENFORCE, mode: 'compat' } }, remove('model'));
    expect(compat.violations).toEqual([]);
  });
});
