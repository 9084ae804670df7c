import { beforeAll, expect, it } from 'vitest';
import { invalidParameter } from '../../errors.js';
import type { Database } from '../../platform/db/database.js';
import { noKeeper } from '../../platform/keeper.js';
import { noTrail } from '../../platform/trail.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { BY_TESTER } from '../../testing/tester.js';
import { type LoggedModelRequest, LoggedModelService } from './logged-models.service.js';
import { LoggedModelStore } from './logged-models.store.js';
import { loggedModelToJson } from './logged-models.wire.js';

const experiments = {
  get: async (_: unknown, id: string) => {
    if (id === 'deleted') throw invalidParameter('deleted');
    return { id: Number(id), artifactLocation: `mlflow-artifacts:/${id}` };
  },
};
const NEW: LoggedModelRequest = {
  experimentId: '1',
  name: '',
  modelType: '',
  sourceRunId: '',
  params: [],
  tags: [],
};
const pair = (key: string, value: string) => ({ key, value });

forEachDatabase((open) => {
  let database: Database;
  let store: LoggedModelStore;
  let service: LoggedModelService;
  let now = 1_000;

  beforeAll(async () => {
    database = await open();
    store = new LoggedModelStore(database);
    service = new LoggedModelService(
      ...([database, store, experiments, { trail: noTrail, keeper: noKeeper(database) }] as const),
      () => now,
    );
  });

  const read = async (modelId: string, deleted = false) => {
    const row = await store.read(database.read, modelId, deleted);
    return row && JSON.parse(loggedModelToJson(row));
  };

  it('creates a pending model with all that was given', async () => {
    const { model_id } = await service.create({
      ...NEW,
      name: 'n',
      modelType: 't',
      sourceRunId: 'r',
      params: [pair('b', '1'), pair('a', '2')],
      tags: [pair('t', '')],
    });
    expect(model_id).toMatch(/^m-[0-9a-f]{32}$/);
    expect(await read(model_id)).toEqual({
      info: {
        model_id,
        experiment_id: '1',
        name: 'n',
        creation_timestamp_ms: 1_000,
        last_updated_timestamp_ms: 1_000,
        artifact_uri: `mlflow-artifacts:/1/models/${model_id}/artifacts`,
        status: 'LOGGED_MODEL_PENDING',
        model_type: 't',
        source_run_id: 'r',
        tags: [pair('t', '')],
      },
      data: { params: [pair('a', '2'), pair('b', '1')] },
    });
  });

  it('invents a name, and takes a name twice', async () => {
    const { name } = await service.create(NEW);
    expect(name).toMatch(/^[a-z]+-[a-z]+-\d{1,3}$/);
    expect((await service.create({ ...NEW, name })).name).toBe(name);
  });

  it('refuses keys that come twice, bad names and experiments that are not active', async () => {
    const twice = [pair('a', '1'), pair('a', '1')];
    for (const bad of [{ params: twice }, { tags: twice }]) {
      await expect(service.create({ ...NEW, ...bad })).rejects.toMatchObject({
        code: 'BAD_REQUEST',
      });
    }
    for (const bad of [{ name: 'a/b' }, { experimentId: 'deleted' }]) {
      await expect(service.create({ ...NEW, ...bad })).rejects.toMatchObject({
        code: 'INVALID_PARAMETER_VALUE',
      });
    }
  });

  it('finalizes again and again, and notes the time', async () => {
    const { model_id } = await service.create(NEW);
    now = 2_000;
    await service.finalize(model_id, 'LOGGED_MODEL_READY');
    const row = await service.finalize(model_id, 'LOGGED_MODEL_UPLOAD_FAILED');
    expect(row).toMatchObject({ status: 3, last_updated_timestamp: 2_000 });
  });

  it('writes params once', async () => {
    const { model_id } = await service.create({ ...NEW, params: [pair('p', '1')] });
    await service.logParams(model_id, []);
    await service.logParams(model_id, [pair('q', '1')]);
    for (const again of [
      [pair('p', '1')],
      [pair('new', '1'), pair('q', '2')],
      [pair('r', '1'), pair('r', '1')],
    ]) {
      await expect(service.logParams(model_id, again)).rejects.toMatchObject({
        code: 'BAD_REQUEST',
      });
    }
    expect((await read(model_id)).data.params).toEqual([pair('p', '1'), pair('q', '1')]);
  });

  it('sets tags, the last of equal keys, and deletes them', async () => {
    const { model_id } = await service.create({ ...NEW, tags: [pair('a', '0')] });
    now = 9_000;
    await service.setTags(model_id, [pair('a', '1'), pair('b', '2'), pair('a', '3')]);
    await service.setTags(model_id, []);
    const { info } = await read(model_id);
    expect(info.tags).toEqual([pair('a', '3'), pair('b', '2')]);
    expect(info.last_updated_timestamp_ms).not.toBe(9_000);
    await service.deleteTag(model_id, 'a', BY_TESTER);
    await expect(service.deleteTag(model_id, 'a', BY_TESTER)).rejects.toThrow(
      `No tag with key 'a' found for model with ID '${model_id}'.`,
    );
  });

  it('deletes softly, as often as asked; what is deleted can still be written', async () => {
    const { model_id } = await service.create(NEW);
    await service.delete(model_id, BY_TESTER);
    await service.delete(model_id, BY_TESTER);
    expect(await read(model_id)).toBeUndefined();
    expect(await read(model_id, true)).toMatchObject({ info: { model_id } });
    await service.setTags(model_id, [pair('a', '1')]);
    await service.finalize(model_id, 'LOGGED_MODEL_READY');
    await expect(service.artifactUri(database.read, model_id)).rejects.toThrow('not found');
  });

  it('knows no model that does not exist', async () => {
    const calls = [
      () => service.finalize('m-x', 'LOGGED_MODEL_READY'),
      () => service.delete('m-x', BY_TESTER),
      () => service.logParams('m-x', []),
      () => service.setTags('m-x', []),
      () => service.deleteTag('m-x', 'k', BY_TESTER),
      () => service.artifactUri(database.read, 'm-x'),
      () => database.write((tx) => service.appendVersion(tx, 'm-x', 'rm', 1)),
    ];
    for (const call of calls) {
      await expect(call()).rejects.toThrow("Logged model with ID 'm-x' not found.");
    }
  });

  it('lists registered versions in a tag, also those made at the same time', async () => {
    const { model_id } = await service.create({ ...NEW, sourceRunId: 'r1' });
    const append = (version: number) =>
      database.write((tx) => service.appendVersion(tx, model_id, 'rm', version));
    expect(await append(1)).toEqual({ sourceRunId: 'r1' });
    await Promise.all([2, 3, 4, 5, 6, 2].map(append));
    const [tag] = (await read(model_id)).info.tags;
    const versions = JSON.parse(tag.value).map((entry: { version: number }) => entry.version);
    expect(versions.sort()).toEqual([1, 2, 3, 4, 5, 6]);
    await service.delete(model_id, BY_TESTER);
    await expect(append(7)).rejects.toThrow('not found');
  });

  it('reads many in the order asked for', async () => {
    const made = [await service.create(NEW), await service.create(NEW), await service.create(NEW)];
    const ids = await Promise.all(
      made.map(async ({ model_id }) => {
        const row = await database.write((tx) => store.lock(tx, model_id));
        return row?.id ?? 0;
      }),
    );
    const found = await store.readMany(database.read, [...ids].reverse());
    expect(found.map((row) => row.model_id)).toEqual(made.map((m) => m.model_id).reverse());
    expect(await store.readMany(database.read, [])).toEqual([]);
  });
});
