import { beforeAll, beforeEach, expect, it } from 'vitest';
import type { Database } from '../platform/db/database.js';
import type { By } from '../platform/http/operation.js';
import { type Sink, startSink } from '../platform/outgoing/testing/sink.js';
import { forEachDatabase } from '../testing/for-each-database.js';
import { BY_TESTER } from '../testing/tester.js';
import { empty, type Notifications, notificationsOn } from './testing/notifications-on.js';

const ALL = { status: undefined, before: Number.MAX_SAFE_INTEGER, limit: 10 };
const as = (name: string): By => ({
  ...BY_TESTER,
  caller: { name, isAdmin: false, method: 'password', userId: 7 },
});

forEachDatabase((open) => {
  let database: Database;
  let told: Notifications;
  let sink: Sink;
  beforeAll(async () => {
    database = await open();
  });
  beforeEach(async () => {
    await empty(database);
    sink = await startSink();
    let time = 1_700_000_000_000;
    told = notificationsOn(database, {
      now: () => ++time,
      allows: async ({ name }, { id }) => name === 'manager' && id === 'm',
    });
  });

  it('registry webhooks have a history too, for whoever manages the model', async () => {
    await told.registry.models.create('m', '', [], BY_TESTER);
    const events = ['MODEL_VERSION_CREATED'];
    const wish = { modelPattern: 'm', events, url: sink.url };
    const { id } = await told.subscribe('databricks', wish, as('manager'));
    await told.registry.createVersion('m');
    await told.deliver();
    const [sent] = await told.history.list(id, as('manager'), ALL);
    expect(sent).toMatchObject({ topic: 'MODEL_VERSION_CREATED', status: 'SUCCEEDED' });
    const again = await told.history.replay(id, sent?.id ?? '', as('manager'));
    expect(again).toMatchObject({ id: sent?.id, status: 'PENDING' });
    await told.deliver();
    expect(sink.received).toHaveLength(2);
    await expect(told.history.list(id, as('other'), ALL)).rejects.toThrow('no subscription');
    const wished = told.history.replay(id, sent?.id ?? '', as('other'));
    await expect(wished).rejects.toThrow('no subscription');
  });
});
