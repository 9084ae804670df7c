import { beforeAll, describe, expect, it } from 'vitest';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { BY_TESTER } from '../../testing/tester.js';
import { type Registry, registryOn } from '../testing/registry-on.js';
import { ENTITIES, type Resolve, sourcesOn } from '../testing/sources-on.js';

const identify = (sender: string): string =>
  `The ${sender} request parameter must identify the resource that contains the source.`;

forEachDatabase((open) => {
  let registry: Registry;
  let resolve: Resolve;

  beforeAll(async () => {
    const database = await open();
    const sources = await sourcesOn(database);
    resolve = sources.resolve;
    registry = registryOn(database, { sources: sources.rules });
    await registry.models.create('model', '', [], BY_TESTER);
    await registry.models.create(
      'prompt',
      '',
      [{ key: 'mlflow.prompt.is_prompt', value: 'True' }],
      BY_TESTER,
    );
    await registry.createVersion('model', { source: 's3://b/one', runId: 'p' });
    await registry.createVersion('model', { source: 's3://b/two', runId: 'l' });
    await registry.transition({ name: 'model', version: '1' });
    await registry.aliases.set('model', 'champion', '1', BY_TESTER);
  });

  describe('a logged model', () => {
    it('is the one that is sent, and gives its place and run', async () => {
      expect(await resolve('models:/m-l', { modelId: 'm-l' })).toEqual({
        source: 'models:/m-l',
        storageLocation: ENTITIES.models['m-l'],
        runId: 'p',
      });
      expect((await resolve('models:/m-l', { modelId: 'm-l', runId: 'l' })).runId).toBe('l');
      for (const sent of [{}, { modelId: 'm-p' }, { runId: 'p' }]) {
        await expect(resolve('models:/m-l', sent)).rejects.toThrow(identify('model_id'));
      }
      for (const modelId of ['m-none', 'm-gone']) {
        await expect(resolve(`models:/${modelId}`, { modelId })).rejects.toThrow(
          `Logged model with ID '${modelId}' not found.`,
        );
      }
    });
  });

  describe('a copy of a version', () => {
    it.each([
      ['models:/model/1', 1],
      ['models:/model/01', 1],
      ['MODELS:/model/1', 1],
      ['models:/model/2', 2],
      ['models:/model/latest', 2],
      ['models:/model/LATEST', 2],
      ['models:/model/production', 1],
      ['models:/model/None', 2],
      ['models:/model@champion', 1],
      ['models:/model@latest', 2],
    ])('goes where the version goes: %s', async (source, version) => {
      const [storageLocation, runId] = version === 1 ? ['s3://b/one', 'p'] : ['s3://b/two', 'l'];
      const expected = { source: `models:/model/${version}`, storageLocation, runId };
      expect(await resolve(source)).toEqual(expected);
      expect(await resolve(source, { runId, modelId: '' })).toEqual(expected);
      for (const sent of [{ runId: '' }, { runId: 'x' }, { modelId: 'm-p' }]) {
        await expect(resolve(source, sent)).rejects.toThrow(
          'The run_id and model_id request parameters must match the referenced model version.',
        );
      }
    });

    it('of a copy is a copy of the original', async () => {
      const copy = await registry.createVersion('model', { source: 'models:/model/1' });
      const { source, storageLocation } = await resolve(`models:/model/${copy.version}`);
      expect([source, storageLocation]).toEqual([`models:/model/${copy.version}`, 's3://b/one']);
      await registry.versions.delete('model', String(copy.version), BY_TESTER);
    });

    it.each([
      ['models:/model/99', 404, 'Model Version (name=model, version=99) not found'],
      ['models:/model/0', 404, 'Model Version (name=model, version=0) not found'],
      ['models:/none/1', 404, 'Registered Model with name=none not found'],
      ['models:/model@zz', 400, 'Registered model alias zz not found.'],
      ['models:/model/bad', 400, 'Invalid Model Version stage: bad.'],
      [
        'models:/model/Staging',
        404,
        "No versions of model with name 'model' and stage 'Staging' found",
      ],
      ['models:/prompt/1', 400, 'Prompt versions cannot be used as model version sources.'],
      [
        'models://host/model/1',
        400,
        'Registered model sources must use the active model registry.',
      ],
      ['models:/', 400, identify('model_id')],
      ['models:', 400, identify('model_id')],
      ['models:model/1', 400, identify('model_id')],
      ['models:/model/', 400, identify('model_id')],
      ['models:/model@', 400, identify('model_id')],
      ['models:/model/1/x', 400, identify('model_id')],
      ['models:/ /1', 400, identify('model_id')],
    ])('is one of a version that there is: not %s', async (source, status, message) => {
      await expect(resolve(source)).rejects.toMatchObject({
        status,
        message: expect.stringContaining(message),
      });
    });
  });
});
