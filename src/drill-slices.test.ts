import { beforeAll, expect, it } from 'vitest';
import { createBackground } from './background.js';
import { toConfig } from './platform/config/config.js';
import type { Database } from './platform/db/database.js';
import { JobStore } from './platform/jobs/jobs.store.js';
import { createLog } from './platform/log.js';
import { createSlices } from './slices.js';
import { forEachDatabase } from './testing/for-each-database.js';
import { newFolder } from './testing/new-folder.js';
import { BY_TESTER } from './testing/tester.js';
import { DELIVERY_JOB, OWN_DELIVERY_JOBS } from './webhooks/outbox.js';

forEachDatabase((open) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });

  const log = createLog('silent');
  const config = toConfig({ artifactsDestination: newFolder(), logLevel: 'silent' });
  const dueOf = (kind: string) => new JobStore(database).nextDue(database.read, kind);

  it('measures its webhook beside another process that delivers, and without a setting', async () => {
    const [here, there] = [1, 2].map(() => createBackground(config, database, log));
    if (here === undefined || there === undefined) throw new Error('There are two of them');
    there.start();
    here.start();
    const wake = () => {
      there.wake();
      here.wake();
    };
    const { drills } = createSlices(config, database, { serving: here.serving, wake });
    const { measured } = await drills.drills.start(0.1, BY_TESTER);
    const [webhook] = measured.filter(({ what }) => what === 'commit to webhook');
    expect(webhook).toEqual(expect.objectContaining({ milliseconds: expect.any(Number) }));
    expect(webhook).not.toHaveProperty('note');
    await Promise.all([here, there].map((one) => one.stop(Promise.resolve())));
    const left = await database.read.all<{ kind: string }>({
      ...{ sql: 'select kind from jobs where kind like ?', bindings: [`${DELIVERY_JOB}%`] },
    });
    expect(left).toEqual([]);
  });

  it('leaves nothing that is owed for good by a process that died', async () => {
    const jobs = new JobStore(database);
    const [kind, now] = [`${OWN_DELIVERY_JOBS}gone`, Date.now()];
    await database.write((tx) =>
      jobs.add(tx, kind, [
        { reference: 1, lane: 1, due: now - 3_600_000 },
        { reference: 2, lane: 1, due: now },
      ]),
    );
    await database.write((tx) => jobs.adopt(tx, OWN_DELIVERY_JOBS, DELIVERY_JOB, now - 600_000));
    expect([await dueOf(DELIVERY_JOB), await dueOf(kind)]).toEqual([now - 3_600_000, now]);
  });
});
