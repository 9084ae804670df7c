import { beforeAll, describe, expect, it } from 'vitest';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { BY_TESTER } from '../../testing/tester.js';
import { type Tracking, trackingOn } from '../../tracking/testing/tracking-on.js';

forEachDatabase((open) => {
  let t: Tracking;
  beforeAll(async () => {
    t = trackingOn(await open());
  });

  const register = (experiment: string, name = 'a', json = '{}') =>
    t.scorers.register(experiment, name, json, BY_TESTER);
  const listed = async (experiment: string, ids?: readonly string[]) =>
    (await t.scorers.list(experiment, ids)).map(({ name, version }) => `${name} ${version}`);

  it('has versions, which are counted for each name and experiment', async () => {
    const [one, other] = [await t.experiment(), await t.experiment()];
    const first = await register(one, 'b', '{"a":1}');
    expect(first).toEqual({
      scorer_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      experiment_id: Number(one),
      name: 'b',
      version: 1,
      serialized_scorer: '{"a":1}',
      creation_time: expect.any(Number),
    });
    expect(await register(one, 'b', '{"a":2}')).toMatchObject({
      ...{ version: 2, scorer_id: first.scorer_id },
    });
    await register(one, 'a');
    await register(other, 'b');
    expect(await listed(one)).toEqual(['a 1', 'b 2']);
    expect(await listed('', [other, one, one, '999'])).toEqual(['a 1', 'b 2', 'b 1']);
    expect(await listed('', [])).toEqual([]);
    expect(await listed('')).toEqual(expect.arrayContaining(['a 1', 'b 2', 'b 1']));
    expect(await t.scorers.get(one, 'b', 1)).toEqual(first);
    expect(await t.scorers.get(one, 'b', undefined)).toMatchObject({ version: 2 });
    expect((await t.scorers.versions(one, 'b')).map(({ version }) => version)).toEqual([1, 2]);
    await expect(t.scorers.list(one, [one])).rejects.toThrow('Cannot specify both');
  });

  it('is deleted by version or as a whole', async () => {
    const experiment = await t.experiment();
    const { scorer_id } = await register(experiment);
    await register(experiment);
    await t.scorers.delete(experiment, 'a', 2, BY_TESTER);
    expect(await listed(experiment)).toEqual(['a 1']);
    expect(await register(experiment)).toMatchObject({ version: 2 });
    await t.scorers.delete(experiment, 'a', 1, BY_TESTER);
    await t.scorers.delete(experiment, 'a', 2, BY_TESTER);
    expect(await listed(experiment)).toEqual([]);
    const gone = `Scorer with name 'a' not found for experiment ${experiment}.`;
    await expect(t.scorers.get(experiment, 'a', undefined)).rejects.toThrow(gone);
    await expect(t.scorers.versions(experiment, 'a')).rejects.toThrow(gone);
    await expect(t.scorers.delete(experiment, 'a', undefined, BY_TESTER)).rejects.toThrow(gone);
    const again = await register(experiment);
    expect(again).toMatchObject({ version: 1, scorer_id });
    await t.scorers.delete(experiment, 'a', undefined, BY_TESTER);
    await expect(t.scorers.delete(experiment, 'a', 1, BY_TESTER)).rejects.toThrow(gone);
    expect((await register(experiment)).scorer_id).not.toBe(scorer_id);
    await expect(t.scorers.get(experiment, 'a', 9)).rejects.toThrow(
      `Scorer with name 'a' and version 9 not found for experiment ${experiment}.`,
    );
    await expect(t.scorers.delete(experiment, 'a', 9, BY_TESTER)).rejects.toThrow(
      'and version 9 not found',
    );
  });

  it('belongs to an active experiment', async () => {
    const experiment = await t.experiment();
    await register(experiment);
    await t.experiments.delete(experiment, BY_TESTER);
    await expect(register(experiment)).rejects.toThrow("must be in the 'active' state");
    await expect(listed(experiment)).rejects.toThrow("must be in the 'active' state");
    expect(await listed('', [experiment])).toEqual([]);
    await expect(register('999')).rejects.toThrow('No Experiment with id=999 exists');
    await expect(listed('', ['abc'])).rejects.toThrow("Invalid experiment ID 'abc'");
    await expect(listed('', ['-1'])).rejects.toThrow("Invalid experiment ID: '-1'");
  });

  it('is registered by many at once under numbers of its own', async () => {
    const experiment = await t.experiment();
    const made = await Promise.all(Array.from({ length: 8 }, () => register(experiment)));
    expect(made.map(({ version }) => version).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(new Set(made.map(({ scorer_id }) => scorer_id)).size).toBe(1);
  });

  it('may be told not to judge by itself, and nothing else', async () => {
    const experiment = await t.experiment();
    const { scorer_id } = await register(experiment);
    const set = (rate: number, filter?: string, name = 'a') =>
      t.onlineScoring.set(experiment, name, rate, filter);
    expect(await t.onlineScoring.find([scorer_id, 'none'])).toEqual([]);
    await set(0, "status = 'OK'");
    const config = await set(0);
    expect(config).toEqual({
      online_scoring_config_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      ...{ scorer_id, experiment_id: Number(experiment), sample_rate: 0, filter_string: null },
    });
    expect(await t.onlineScoring.find([scorer_id, scorer_id])).toEqual([config]);
    await expect(set(0.5)).rejects.toThrow("Scorer 'a' does not use a gateway model.");
    await expect(set(1.5)).rejects.toThrow('sample_rate must be between 0.0 and 1.0');
    await expect(set(Number.NaN)).rejects.toThrow('sample_rate must be between 0.0 and 1.0');
    await expect(set(0, 'foo')).rejects.toThrow("Invalid clause(s) in filter string: 'foo'");
    await expect(set(0, '', 'zz')).rejects.toThrow("Scorer with name 'zz' not found");
    await t.scorers.delete(experiment, 'a', undefined, BY_TESTER);
    expect(await t.onlineScoring.find([scorer_id])).toEqual([]);
  });

  describe('what is registered', () => {
    it.each([
      '{"instructions_judge_pydantic_data": {"model": "openai:/gpt"}}',
      '{"builtin_scorer_pydantic_data": {}, "call_source": null}',
      '{"memory_augmented_judge_data": {"base_judge": {}}}',
      '{"third_party_scorer_data": {"model": null}}',
    ])('may be %s', async (json) => {
      await expect(register(await t.experiment(), 'a', json)).resolves.toMatchObject({
        serialized_scorer: json,
      });
    });

    it.each([
      ['a', '{bad', 'serialized_scorer must be valid JSON'],
      ['a', '[]', 'serialized_scorer must be a JSON object'],
      ['a', '{"call_source": "x"}', 'Scorers made of code'],
      ['a', '{"ensemble_scorer_data": {"scorers": [{"call_source": ""}]}}', 'Scorers made of'],
      ['a', '{"instructions_judge_pydantic_data": 5}', 'must be a JSON object'],
      ['a', '{"instructions_judge_pydantic_data": {"model": 5}}', 'model must be a string'],
      ['a', '{"builtin_scorer_pydantic_data": {"model": " "}}', 'Scorer model cannot be empty'],
      [
        'a',
        '{"memory_augmented_judge_data": {"base_judge": {"third_party_scorer_data": {"model": "gateway:/e"}}}}',
        "GatewayEndpoint not found (name='e')",
      ],
      ['a', `{"a": "${'x'.repeat(1_000_000)}"}`, "'serialized_scorer' exceeds"],
      [' ', '{}', 'Scorer name cannot be empty or contain only whitespace.'],
      ['n'.repeat(256), '{}', "'name' exceeds"],
    ])('is not %s %s', async (name, json, message) => {
      const experiment = await t.experiment();
      await expect(register(experiment, name, json)).rejects.toThrow(message);
      expect(await listed(experiment)).toEqual([]);
    });
  });
});
