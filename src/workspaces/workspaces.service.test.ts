import { beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../platform/db/database.js';
import { forEachDatabase } from '../testing/for-each-database.js';
import { BY_TESTER } from '../testing/tester.js';
import { WorkspaceService } from './workspaces.service.js';
import { WorkspaceStore } from './workspaces.store.js';

forEachDatabase((open) => {
  let database: Database;
  let store: WorkspaceStore;
  let service: WorkspaceService;
  let deeds: string[];
  beforeEach(async () => {
    database = await open();
    store = new WorkspaceStore(database);
    deeds = [];
    service = new WorkspaceService({
      ...{ database, store, now: () => 7, checkRoot: () => undefined },
      roles: { created: async () => undefined, deleted: async () => undefined },
      deleteModels: async (name) => {
        deeds.push(`models of ${name}`);
      },
      trail: {
        record: async (_, __, { action }) => {
          deeds.push(action);
        },
      },
    });
    await service.ensureDefault();
  });

  const create = (name: string) => service.create(name, {}, BY_TESTER);
  const experiment = (name: string, workspace: string) =>
    database.write(async (tx) => {
      await tx.run({
        sql:
          'insert into experiments (name, workspace, artifact_location, lifecycle_stage, ' +
          "creation_time, last_update_time) values (?, ?, '', 'active', 1, 1)",
        bindings: [name, workspace],
      });
    });
  const places = async () =>
    database.read.all<{ workspace: string; name: string; lifecycle_stage: string }>({
      sql: "select workspace, name, lifecycle_stage from experiments where name <> 'Default' order by 1, 2",
      bindings: [],
    });

  it('makes the default one once', async () => {
    await service.ensureDefault();
    expect((await store.list(database.read)).map(({ name }) => name)).toEqual(['default']);
  });

  it.each(['Bad', 'a', '-a', 'a-', 'a_b', 'api', 'x'.repeat(64), ''])('takes no name %j', (name) =>
    expect(create(name)).rejects.toMatchObject({ code: 'INVALID_PARAMETER_VALUE' }),
  );

  it('takes no name twice, and changes what is named alone', async () => {
    await service.create('team-a', { description: 'A', trace_archival_retention: '3d' }, BY_TESTER);
    await expect(create('team-a')).rejects.toMatchObject({ code: 'RESOURCE_ALREADY_EXISTS' });
    const changed = await service.update('team-a', { description: '' }, BY_TESTER);
    expect(changed).toMatchObject({ description: null, trace_archival_retention: '3d' });
    expect(await service.get(database.read, 'team-a')).toEqual(changed);
    for (const text of ['3', '0d', '3w']) {
      const change = { trace_archival_retention: text };
      await expect(service.update('team-a', change, BY_TESTER)).rejects.toThrow('retention');
    }
    expect(deeds).toEqual(['workspace.create', 'workspace.update']);
  });

  describe('deleting', () => {
    it('is refused while there is something, and for the default one', async () => {
      await create('team-a');
      await experiment('x', 'team-a');
      await expect(service.delete('team-a', 'RESTRICT', BY_TESTER)).rejects.toThrow(
        "table 'experiments' still contains 1 resource(s)",
      );
      await expect(service.delete('default', 'CASCADE', BY_TESTER)).rejects.toThrow('reserved');
      await expect(service.delete('nope', 'CASCADE', BY_TESTER)).rejects.toThrow('not found');
    });

    it('moves all to the default one, or nothing where a name is taken there', async () => {
      await create('team-a');
      await experiment('x', 'team-a');
      await experiment('y', 'team-a');
      await experiment('x', 'default');
      await expect(service.delete('team-a', 'SET_DEFAULT', BY_TESTER)).rejects.toThrow("'x'");
      expect((await places()).map(({ workspace }) => workspace)).toEqual([
        ...['default', 'team-a', 'team-a'],
      ]);
      await database.write((tx) =>
        tx.run({
          sql: "update experiments set name = 'z' where workspace = 'default' and name = 'x'",
          bindings: [],
        }),
      );
      await service.delete('team-a', 'SET_DEFAULT', BY_TESTER);
      expect((await places()).map(({ workspace, name }) => [workspace, name])).toEqual([
        ['default', 'x'],
        ['default', 'y'],
        ['default', 'z'],
      ]);
      expect(await store.find(database.read, 'team-a')).toBeUndefined();
    });

    it('keeps what somebody has wished in the default one where he has wished in both', async () => {
      await create('team-a');
      const wish = (workspace: string, owner: string, pattern: string, preference: string) =>
        database.write((tx) =>
          tx.run({
            sql:
              'insert into notification_subscriptions (subscription_id, workspace, owner, ' +
              'model_pattern, preference, channel, description, status, recipients, settings, ' +
              'creation_timestamp, last_updated_timestamp) ' +
              "values (?, ?, ?, ?, ?, 'email', '', 'ACTIVE', '[]', '{}', 1, 1)",
            bindings: [`${workspace}-${owner}-${pattern}`, workspace, owner, pattern, preference],
          }),
        );
      await wish('default', 'ann', '*', 'SUBSCRIBED');
      await wish('team-a', 'ann', '*', 'ALL_EVENTS');
      await wish('team-a', 'ann', 'faces', 'ALL_EVENTS');
      await wish('team-a', 'bob', '*', 'UNSUBSCRIBED');
      await service.delete('team-a', 'SET_DEFAULT', BY_TESTER);
      const left = await database.read.all({
        sql:
          'select workspace, owner, model_pattern as pattern, preference ' +
          'from notification_subscriptions order by owner, model_pattern',
        bindings: [],
      });
      expect(left).toEqual([
        { workspace: 'default', owner: 'ann', pattern: '*', preference: 'SUBSCRIBED' },
        { workspace: 'default', owner: 'ann', pattern: 'faces', preference: 'ALL_EVENTS' },
        { workspace: 'default', owner: 'bob', pattern: '*', preference: 'UNSUBSCRIBED' },
      ]);
    });

    it('puts experiments where no request finds them, so that the name can be had again', async () => {
      await create('team-a');
      await experiment('x', 'team-a');
      await service.delete('team-a', 'CASCADE', BY_TESTER);
      expect(await places()).toEqual([
        { workspace: '~7~team-a', name: 'x', lifecycle_stage: 'deleted' },
      ]);
      expect(deeds).toEqual(['workspace.create', 'models of team-a', 'workspace.delete']);
      await create('team-a');
      await experiment('x', 'team-a');
    });
  });
});
