import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../platform/db/database.js';
import { type Sink, startSink } from '../platform/outgoing/testing/sink.js';
import { forEachDatabase } from '../testing/for-each-database.js';
import { BY_TESTER } from '../testing/tester.js';
import { empty, rowsOf, toldTo, type Webhooks, webhooksOn } from './testing/webhooks-on.js';

const PROMPT = { key: 'mlflow.prompt.is_prompt', value: 'true' };

forEachDatabase((open) => {
  let database: Database;
  let hooks: Webhooks;
  let sink: Sink;
  let time: number;
  beforeAll(async () => {
    database = await open();
  });
  beforeEach(async () => {
    await empty(database);
    sink = await startSink();
    time = 1_700_000_000_000;
    hooks = webhooksOn(database, { now: () => ++time });
  });

  const told = () => toldTo(sink);
  const count = (table: string) => rowsOf(database, table);
  const history = async (id: string) => (await hooks.history.list(id, undefined, 100, '')).rows;

  describe('what happens in the registry', () => {
    it('is told of models, their versions, tags and aliases', async () => {
      await hooks.create({ url: sink.url });
      const { models, versions, aliases, createVersion } = hooks.registry;
      await models.create('m', 'd', [{ key: 'a', value: 'b' }], BY_TESTER);
      await models.setTag('m', { key: 'k', value: 'v' }, BY_TESTER);
      await models.deleteTag('m', 'k', BY_TESTER);
      await createVersion('m', {
        source: 's3://b/x',
        runId: 'r',
        tags: [{ key: 'a', value: 'b' }],
      });
      await createVersion('m', { source: 's3://b/y', description: 'e' });
      await versions.setTag('m', '01', { key: 'k', value: 'v' }, BY_TESTER);
      await versions.deleteTag('m', '1', 'k', BY_TESTER);
      await aliases.set('m', 'best', '1', BY_TESTER);
      await aliases.delete('m', 'best', BY_TESTER);
      await models.describe('m', 'other', BY_TESTER);
      await versions.describe('m', '1', 'other', BY_TESTER);
      await hooks.registry.transition({ name: 'm', version: '1' });
      await versions.delete('m', '2', BY_TESTER);
      await models.rename('m', 'n', BY_TESTER);
      await models.delete('n', BY_TESTER);
      await hooks.deliver();
      const version = { name: 'm', version: '1' };
      expect(told()).toEqual([
        ['registered_model created', { name: 'm', tags: { a: 'b' }, description: 'd' }],
        [
          'model_version created',
          { ...version, source: 's3://b/x', run_id: 'r', tags: { a: 'b' }, description: null },
        ],
        [
          'model_version created',
          { name: 'm', version: '2', source: 's3://b/y', run_id: null, tags: {}, description: 'e' },
        ],
        ['model_version_tag set', { ...version, key: 'k', value: 'v' }],
        ['model_version_tag deleted', { ...version, key: 'k' }],
        ['model_version_alias created', { name: 'm', alias: 'best', version: '1' }],
        ['model_version_alias deleted', { name: 'm', alias: 'best' }],
      ]);
    });

    it('is told of prompts in their own words', async () => {
      await hooks.create({ url: sink.url });
      const { models, versions, aliases, createVersion } = hooks.registry;
      await models.create('p', '', [PROMPT, { key: 'a', value: 'b' }], BY_TESTER);
      const text = { key: 'mlflow.prompt.text', value: 'Hi {{x}}' };
      const type = { key: '_mlflow_prompt_type', value: 'text' };
      await createVersion('p', { tags: [PROMPT, text, type, { key: 'a', value: 'b' }] });
      await createVersion('p', { tags: [{ ...PROMPT, value: 'TRUE' }] });
      await createVersion('p');
      await models.setTag('p', { key: 'k', value: '' }, BY_TESTER);
      await models.deleteTag('p', 'k', BY_TESTER);
      await versions.setTag('p', '3', { key: 'k', value: 'v' }, BY_TESTER);
      await versions.deleteTag('p', '1', 'k', BY_TESTER);
      await aliases.set('p', 'best', '1', BY_TESTER);
      await aliases.delete('p', 'best', BY_TESTER);
      await models.deleteTag('p', PROMPT.key, BY_TESTER);
      await models.setTag('p', PROMPT, BY_TESTER);
      await models.create('no', '', [{ ...PROMPT, value: 'false' }], BY_TESTER);
      await hooks.deliver();
      const created = { tags: {}, description: null };
      expect(told()).toEqual([
        ['prompt created', { name: 'p', tags: { a: 'b' }, description: '' }],
        [
          'prompt_version created',
          { name: 'p', version: '1', template: 'Hi {{x}}', tags: { a: 'b' }, description: null },
        ],
        ['prompt_version created', { name: 'p', version: '2', template: null, ...created }],
        [
          'model_version created',
          { name: 'p', version: '3', source: 's3://bucket/model', run_id: null, ...created },
        ],
        ['prompt_tag set', { name: 'p', key: 'k', value: '' }],
        ['prompt_tag deleted', { name: 'p', key: 'k' }],
        ['prompt_version_tag set', { name: 'p', version: '3', key: 'k', value: 'v' }],
        ['prompt_version_tag deleted', { name: 'p', version: '1', key: 'k' }],
        ['prompt_alias created', { name: 'p', alias: 'best', version: '1' }],
        ['prompt_alias deleted', { name: 'p', alias: 'best' }],
        ['prompt_tag set', { name: 'p', ...PROMPT }],
        ['registered_model created', expect.objectContaining({ tags: { [PROMPT.key]: 'false' } })],
      ]);
    });

    it('is stored with the change or not at all, and for those alone who want to hear of it', async () => {
      const events = [{ entity: 'PROMPT', action: 'CREATED' }];
      await hooks.create({ events });
      await hooks.create({ status: 'DISABLED' });
      await hooks.registry.models.create('m', '', [], BY_TESTER);
      expect([await count('webhook_deliveries'), await count('jobs')]).toEqual([0, 0]);
      const [one, other] = [await hooks.create(), await hooks.create()];
      await expect(hooks.registry.models.create('m', '', [], BY_TESTER)).rejects.toThrow(
        'already exists',
      );
      await expect(hooks.registry.aliases.set('m', 'a', '9', BY_TESTER)).rejects.toThrow(
        'not found',
      );
      expect([await count('webhook_deliveries'), await count('jobs')]).toEqual([0, 0]);
      await hooks.registry.models.create('n', '', [], BY_TESTER);
      expect([await count('webhook_deliveries'), await count('jobs')]).toEqual([2, 2]);
      const ids = [...(await history(one.webhook_id)), ...(await history(other.webhook_id))];
      expect(new Set(ids.map(({ delivery_id }) => delivery_id)).size).toBe(2);
    });
  });
});
