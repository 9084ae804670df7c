import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findStage, profileFor, stageKind, stageOfAlias, stagesOf } from './find-profile.js';
import { matchesGlob } from './glob.js';
import { defaultProfile, PROFILE_DEFAULTS } from './profile.js';
import {
  exportPolicy,
  policyVersion,
  profileVersion,
  readPolicy,
  readStoredPolicy,
} from './read-policy.js';

const POLICY = `
profiles:
  - name: credit
    models: ["credit-*", "loan?"]
    mode: enforce
    stages:
      - {name: Shadow, acts_as: Staging}
      - {name: Canary, acts_as: Production}
    approvals:
      quorum: 2
      roles: {lead: 1, validator: 1}
    metrics:
      gates:
        - {metric: latency_p95, max: 0.2, max_regression_percent: 5}
    aliases:
      protected:
        - {pattern: "live-*", as_stage: Canary}
  - name: sandbox
    models: ["*-sandbox"]
    mode: compat
`;

const policyOf = (text: string) => {
  const read = readPolicy(text);
  if (!read.ok) throw new Error(read.problems.join('\n'));
  return read.policy;
};

const problemsOf = (text: string): readonly string[] => {
  const read = readPolicy(text);
  return read.ok ? [] : read.problems;
};

const withProfile = (yaml: string) =>
  `profiles:\n  - name: p\n    models: ["*"]\n    mode: enforce\n${yaml.replace(/^/gm, '    ')}`;

describe('a policy', () => {
  it('is read with all its defaults', () => {
    const [credit, sandbox] = policyOf(POLICY).profiles;
    expect(credit).toEqual({
      ...PROFILE_DEFAULTS,
      name: 'credit',
      models: ['credit-*', 'loan?'],
      mode: 'enforce',
      stages: [
        { name: 'Shadow', acts_as: 'Staging' },
        { name: 'Canary', acts_as: 'Production' },
      ],
      approvals: { ...PROFILE_DEFAULTS.approvals, quorum: 2, roles: { lead: 1, validator: 1 } },
      metrics: {
        require_percentiles: ['p95', 'p99'],
        gates: [{ metric: 'latency_p95', max: 0.2, max_regression_percent: 5, better: 'lower' }],
      },
      aliases: {
        protected: [{ pattern: ['live-*'], as_stage: 'Canary' }],
        alias_follows_stage: false,
      },
    });
    expect(sandbox?.serving.fallback_on_archive).toBe('none');
  });

  it('goes by the first pattern that fits', () => {
    const policy = policyOf(POLICY);
    const nameFor = (model: string) => profileFor(policy, model, true).name;
    expect(nameFor('credit-sandbox')).toBe('credit');
    expect(nameFor('loan1')).toBe('credit');
    expect(nameFor('loan12')).toBe('default');
    expect(nameFor('x-sandbox')).toBe('sandbox');
    expect(profileFor(policy, 'other', true).mode).toBe('enforce');
    expect(profileFor(policy, 'other', false).mode).toBe('observe');
  });

  it('knows its stages and what its aliases stand for', () => {
    const profile = profileFor(policyOf(POLICY), 'credit-1', true);
    expect(findStage(profile, 'canary')).toBe('Canary');
    expect(findStage(profile, 'PRODUCTION')).toBe('Production');
    expect(findStage(profile, 'Nowhere')).toBeUndefined();
    expect(stageKind(profile, 'Canary')).toBe('Production');
    expect(stagesOf(profile).map(({ name }) => name)).toEqual([
      'None',
      'Staging',
      'Shadow',
      'Production',
      'Canary',
      'Archived',
    ]);
    expect(stageKind(profile, 'Archived')).toBe('Archived');
    expect(stageOfAlias(profile, 'LIVE-eu')).toBe('Canary');
    expect(stageOfAlias(profile, 'champion')).toBeUndefined();
    expect(stageOfAlias(defaultProfile(true), 'Champion')).toBe('Production');
    expect(stageOfAlias(defaultProfile(true), 'challenger')).toBe('Staging');
  });

  it('is written as YAML that says the same', () => {
    const policy = policyOf(POLICY);
    const again = readPolicy(exportPolicy(policy));
    expect(again).toEqual({ ok: true, policy, version: policyVersion(policy) });
    const schema = withProfile('card: {schema: {type: object, required: [cost]}}');
    expect(policyOf(exportPolicy(policyOf(schema)))).toEqual(policyOf(schema));
  });

  it('stays readable that was put in force before a rule was added', () => {
    const text = withProfile('metrics: {gates: [{metric: auc, better: higher}]}');
    expect(readPolicy(text).ok).toBe(false);
    const stored = readStoredPolicy(text);
    const [profile] = stored.ok ? stored.policy.profiles : [];
    expect(profile?.metrics.gates).toEqual([{ metric: 'auc', better: 'higher' }]);
    expect(readStoredPolicy('profiles: 1').ok).toBe(false);
  });

  it('has another version with any change, a profile alone with its own', () => {
    const changed = policyOf(POLICY.replace('mode: compat', 'mode: observe'));
    const policy = policyOf(POLICY);
    expect(policyVersion(changed)).not.toBe(policyVersion(policy));
    const [one, other] = [policy.profiles[0], changed.profiles[0]];
    expect(one && other && profileVersion(one) === profileVersion(other)).toBe(true);
    expect(policyVersion(policy)).toMatch(/^[\da-f]{64}$/);
  });

  it.each([
    ['no list', 'profiles: 1', "'profiles' must be of type array."],
    ['nothing', '', 'The policy must be of type object.'],
    ['broken YAML', 'profiles: [', 'The text is not valid YAML'],
    ['a key that is none', withProfile('mod: x'), "'profiles.0.mod' is not a known key."],
    [
      'a mode that is none',
      'profiles: [{name: a, models: ["*"], mode: strict}]',
      "'profiles.0.mode' must be one of compat, observe, enforce.",
    ],
    [
      'no pattern',
      'profiles: [{name: a, models: [], mode: compat}]',
      "'profiles.0.models' must NOT have fewer than 1 items.",
    ],
    [
      'a profile twice',
      'profiles: [{name: a, models: ["*"], mode: compat}, {name: a, models: ["*"], mode: compat}]',
      "The profile 'a' stands there twice.",
    ],
    [
      'more roles than people',
      withProfile('approvals: {quorum: 1, roles: {lead: 1, validator: 1}}'),
      "Profile 'p': 'approvals.quorum' is 1, but its roles ask for 2 people.",
    ],
    [
      'a gate without a bound',
      withProfile('metrics: {gates: [{metric: p95}]}'),
      "'profiles.0.metrics.gates.0' must hold at least 2 entries.",
    ],
    [
      'a gate with a direction and no bound',
      withProfile('metrics: {gates: [{metric: auc, better: higher}]}'),
      "Profile 'p': 'metrics.gates' names \"auc\" without a bound.",
    ],
    [
      'the stage of what is deleted',
      withProfile('stages: [{name: deleted_internal, acts_as: Staging}]'),
      "Profile 'p': The stage 'deleted_internal' is where deleted versions are.",
    ],
    [
      'one of the four stages',
      withProfile('stages: [{name: staging, acts_as: None}]'),
      "Profile 'p': The stage 'staging' is there already.",
    ],
    [
      'a stage like a version',
      withProfile('stages: [{name: v1, acts_as: None}]'),
      "Profile 'p': The stage 'v1' would be taken for a version.",
    ],
    [
      'a stage named latest',
      withProfile('stages: [{name: Latest, acts_as: None}]'),
      "Profile 'p': The stage 'Latest' would be taken for a version.",
    ],
    [
      'an alias for no stage',
      withProfile('aliases: {protected: [{pattern: x, as_stage: Moon}]}'),
      "Profile 'p': 'aliases.protected' names the stage 'Moon', which is not there.",
    ],
    [
      'a schema that is none',
      withProfile('card: {schema: {type: 5}}'),
      "Profile 'p': 'card.schema': The JSON Schema can not be used",
    ],
    ['laughs', `a: &a [x]\nprofiles: [${'*a,'.repeat(300)}]`, 'Excessive alias count'],
  ])('with %s is refused', (_, text, problem) => {
    expect(problemsOf(text).join('\n')).toContain(problem);
  });

  it('says all that is wrong at once', () => {
    expect(problemsOf('profiles: [{name: "a b", mode: x, card: {max_age_days: -1}}]')).toHaveLength(
      4,
    );
  });
});

describe('a glob', () => {
  it.each([
    ['*', '', true],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-b-c-', false],
    ['?', '😀', true],
    ['a.c', 'abc', false],
    ['[a]*', '[a]x', true],
    ['', 'a', false],
  ])('%j and %j: %s', (pattern, text, fits) => {
    expect(matchesGlob(pattern, text)).toBe(fits);
  });

  it('means what the regular expression of it means', () => {
    const signs = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
    const letters = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 });
    fc.assert(
      fc.property(signs, letters, (pattern, text) => {
        const regex = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`);
        expect(matchesGlob(pattern, text)).toBe(regex.test(text));
      }),
      { numRuns: 1_000 },
    );
    expect(matchesGlob(`${'*a'.repeat(100)}b`, 'a'.repeat(250))).toBe(false);
  });
});
