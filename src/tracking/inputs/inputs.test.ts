import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { inputsColumns } from './inputs.columns.js';
import { type Dataset, type DatasetInput, firstMentions, type InputTag } from './inputs.js';
import { InputService } from './inputs.service.js';
import { InputStore } from './inputs.store.js';

const dataset = (name: string, more: Partial<Dataset> = {}): Dataset => ({
  name,
  digest: 'g',
  sourceType: 'local',
  source: '{}',
  schema: undefined,
  profile: undefined,
  ...more,
});
const input = (of: Dataset, ...tags: InputTag[]): DatasetInput => ({ dataset: of, tags });
const tag = (key: string, value: string): InputTag => ({ key, value });

describe('firstMentions', () => {
  it('keeps the first of equal name and digest, and tells apart what only looks alike', () => {
    const inputs = [input(dataset('d'), tag('a', '1')), input(dataset('d'), tag('a', '2'))];
    const other = input(dataset('d', { digest: 'h' }));
    expect(firstMentions([...inputs, other])).toEqual([inputs[0], other]);
  });
});

forEachDatabase((open) => {
  let database: Database;
  let store: InputStore;
  let service: InputService;

  beforeAll(async () => {
    database = await open();
    store = new InputStore(database);
    service = new InputService(database, store, {
      lock: async (tx, runId) => {
        const sql = 'select id, experiment_id from runs where run_id = ?';
        const run = await tx.first<{ id: number; experiment_id: number }>({
          sql,
          bindings: [runId],
        });
        if (run === undefined) throw new Error(`no run ${runId}`);
        return run;
      },
    });
  });

  const addRun = (runId: string, experiment = 1) =>
    database.write((tx) =>
      tx.run({
        sql:
          'insert into runs (run_id, experiment_id, name, user_id, status, start_time, artifact_uri, ' +
          "lifecycle_stage) values (?, ?, '', '', 'RUNNING', 0, '', 'active')",
        bindings: [runId, experiment],
      }),
    );

  const read = async (runId: string) => {
    const columns = Object.entries(inputsColumns(database.dialect, 'r.id'));
    const row = await database.read.first<Record<string, string>>({
      sql: `select ${columns.map(([name, sql]) => `${sql} as ${name}`).join(', ')} from runs r where r.run_id = ?`,
      bindings: [runId],
    });
    return {
      datasets: JSON.parse(row?.dataset_inputs ?? '') as unknown[],
      models: JSON.parse(row?.model_inputs ?? '') as unknown[],
      outputs: row?.model_outputs?.replaceAll(/\s/g, ''),
    };
  };

  it('prints nothing as empty lists', async () => {
    await addRun('empty');
    await service.logInputs('empty', [], []);
    expect(await read('empty')).toEqual({ datasets: [], models: [], outputs: '[]' });
  });

  it('keeps the first source of a dataset, and each run its own tags', async () => {
    await addRun('a');
    await addRun('b');
    await service.logInputs('a', [input(dataset('shared'), tag('k', '1'), tag('j', '2'))], []);
    await service.logInputs('b', [input(dataset('shared', { source: 'late' }), tag('k', '3'))], []);
    const stored = { name: 'shared', digest: 'g', source_type: 'local', source: '{}' };
    expect((await read('a')).datasets).toEqual([
      { dataset: stored, tags: [tag('j', '2'), tag('k', '1')] },
    ]);
    expect((await read('b')).datasets).toEqual([{ dataset: stored, tags: [tag('k', '3')] }]);
  });

  it('ignores a dataset that the run has already, tags included', async () => {
    await addRun('again');
    await service.logInputs('again', [input(dataset('x'), tag('k', '1'))], ['m-1', 'm-0', 'm-1']);
    await service.logInputs('again', [input(dataset('x'), tag('l', '2'))], ['m-1']);
    const found = await read('again');
    expect(found.datasets).toMatchObject([{ tags: [tag('k', '1')] }]);
    expect(found.models).toEqual([{ model_id: 'm-0' }, { model_id: 'm-1' }]);
  });

  it('leaves out what is empty, and nothing that only looks empty', async () => {
    await addRun('nasty');
    const nasty = dataset('x,"schema":null', {
      digest: '","tags":[]',
      source: '{"tags" : [], "profile" : null',
      profile: ', "profile" : null, "tags" : []',
    });
    await service.logInputs(
      'nasty',
      [
        input(nasty, tag('"tags":[]', '[{}]')),
        input(dataset('schema', { schema: 's', profile: '' })),
      ],
      [],
    );
    const { sourceType: source_type, schema: _, ...rest } = nasty;
    expect((await read('nasty')).datasets).toEqual([
      { dataset: { ...rest, source_type }, tags: [tag('"tags":[]', '[{}]')] },
      { dataset: { name: 'schema', digest: 'g', source_type: 'local', source: '{}', schema: 's' } },
    ]);
  });

  it('refuses texts that are too long, and then stores nothing', async () => {
    await addRun('long');
    const good = input(dataset('good'));
    for (const [bad, what, max] of [
      [input(dataset('n'.repeat(501))), 'name', 500],
      [input(dataset('n', { digest: 'd'.repeat(37) })), 'digest', 36],
      [input(dataset('n', { source: 's'.repeat(65_536) })), 'source', 65_535],
      [input(dataset('n', { schema: 's'.repeat(1_048_576) })), 'schema', 1_048_575],
      [input(dataset('n', { profile: 's'.repeat(16_777_216) })), 'profile', 16_777_215],
      [input(dataset('n'), tag('k'.repeat(256), '')), 'key', 255],
      [input(dataset('n'), tag('k', 'v'.repeat(501))), 'value', 500],
    ] as const) {
      await expect(service.logInputs('long', [good, bad], [])).rejects.toThrow(
        `'${what}' exceeds the maximum length of ${max} characters`,
      );
    }
    expect((await read('long')).datasets).toEqual([]);
  });

  it('undoes the whole request when a tag comes twice', async () => {
    await addRun('twice');
    const twice = input(dataset('y'), tag('k', '1'), tag('k', '1'));
    await expect(
      service.logInputs('twice', [input(dataset('ok')), twice], ['m']),
    ).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    expect(await read('twice')).toEqual({ datasets: [], models: [], outputs: '[]' });
  });

  it('takes each output model once, with steps beyond 2^53', async () => {
    await addRun('out');
    await service.logOutputs('out', [
      { modelId: 'm-2', step: 2n ** 53n + 1n },
      { modelId: 'm-1', step: -3 },
    ]);
    for (const again of [['m-2'], ['m-3', 'm-2'], ['m-3', 'm-3']]) {
      const outputs = again.map((modelId) => ({ modelId, step: 0 }));
      await expect(service.logOutputs('out', outputs)).rejects.toMatchObject({
        code: 'BAD_REQUEST',
      });
    }
    expect((await read('out')).outputs).toBe(
      '[{"model_id":"m-1","step":-3},{"model_id":"m-2","step":9007199254740993}]',
    );
  });

  it('lets runs log the same datasets at the same time', async () => {
    const names = Array.from({ length: 8 }, (_, i) => `parallel-${i}`);
    for (const name of names) await addRun(name, 7);
    const used = [dataset('p1'), dataset('p2')];
    await Promise.all(
      names.map((name, i) =>
        service.logInputs(
          name,
          (i % 2 ? used : [...used].reverse()).map((d) => input(d, tag('k', name))),
          [],
        ),
      ),
    );
    for (const name of names) {
      expect((await read(name)).datasets).toMatchObject([
        { tags: [tag('k', name)] },
        { tags: [tag('k', name)] },
      ]);
    }
  });

  it('sums up the datasets of experiments, each context once', async () => {
    const context = (value: string) => tag('mlflow.data.context', value);
    for (const run of ['s1', 's2', 's3']) await addRun(run, 20);
    await addRun('s4', 21);
    await service.logInputs('s1', [input(dataset('d'), context('train'), tag('z', '1'))], []);
    await service.logInputs('s2', [input(dataset('d'), context('train'))], []);
    await service.logInputs('s3', [input(dataset('d'), context('eval')), input(dataset('c'))], []);
    await service.logInputs('s4', [input(dataset('d'))], []);
    const row = (name: string, context: string | null, experiment_id = 20) => ({
      experiment_id,
      name,
      digest: 'g',
      context,
    });
    const found = await store.summaries(database.scan, [20, 21, 99], 1_000);
    expect(found).toHaveLength(4);
    expect(found).toEqual(
      expect.arrayContaining([
        row('c', null),
        row('d', 'eval'),
        row('d', 'train'),
        row('d', null, 21),
      ]),
    );
    expect(await store.summaries(database.scan, [20], 2)).toHaveLength(2);
  });
});
