import { randomBytes } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { ConsumerStore, locationKey } from './consumers.store.js';

forEachDatabase((open) => {
  let database: Database;
  let store: ConsumerStore;
  beforeAll(async () => {
    database = await open();
    store = new ConsumerStore(database);
  });

  it('notes loads of files whose path is as long as a path can be, each for itself', async () => {
    const seen = { userAgent: 'test', first: 1, last: 1, count: 1 };
    // What can't be packed, so that the index gets it whole.
    const long = `mlflow-artifacts:/${randomBytes(8_000).toString('hex')}/${'日本'.repeat(500)}`;
    const loads = ['mlflow-artifacts:/short', `${long}/a`, `${long}/b`].map((location) => ({
      ...{ ...seen, principal: 'server', location },
    }));
    for (const _ of [1, 2]) await database.write((tx) => store.addShadows(tx, loads));
    const found = await store.shadows(database.read, undefined, 10);
    const keys = loads.map(({ location }) => locationKey(location)).sort();
    expect(found.map(({ location, loads: count }) => [location, count])).toEqual(
      keys.map((key) => [key, 2]),
    );
    expect(new Set(keys).size).toBe(3);
    expect(keys).toContain('mlflow-artifacts:/short');
  });
});
