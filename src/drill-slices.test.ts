import { beforeAll, expect, it } from 'vitest';
import { createBackground } from './background.js';
import { DRILL_JOB } from './governance/drills/drills.store.js';
import { toConfig } from './platform/config/config.js';
import type { Database } from './platform/db/database.js';
import { JobStore } from './platform/jobs/jobs.store.js';
import { createLog } from './platform/log.js';
import { createSlices } from './slices.js';
import { forEachDatabase } from './testing/for-each-database.js';
import { newFolder } from './testing/new-folder.js';
import { BY_TESTER } from './testing/tester.js';
import { DELIVERY_JOB, OWN_DELIVERY_JOBS } from './webhooks/outbox.js';
import { WebhookStore } from './webhooks/webhooks.store.js';

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

  it('clears away what a drill has left whose server has died, and says that it failed', async () => {
    const { drills, models, webhooks } = createSlices(config, database);
    const model = 'runledger-drill-killed';
    const asked = { id: 'killed', model, startedBy: 'lea', startedTime: 1 };
    const jobs = new JobStore(database);
    const due = Date.now() + 60_000;
    const key = await database.write(async (tx) => {
      const reference = await drills.store.begin(tx, asked);
      await jobs.add(tx, DRILL_JOB, [{ reference, lane: reference, due }]);
      return reference;
    });
    await models.create(model, '', [], BY_TESTER);
    await webhooks.create(
      {
        ...{ name: model, url: 'https://93.184.216.34/drill', description: '', secret: '' },
        ...{ status: 'ACTIVE', events: [{ entity: 'MODEL_VERSION_ALIAS', action: 'CREATED' }] },
      },
      BY_TESTER,
    );
    const ids = async () =>
      (await drills.store.page(database.read, Number.MAX_SAFE_INTEGER, 100)).map(({ id }) => id);
    const named = () => new WebhookStore(database).idsNamed(database.read, model);
    // It may be under way still.
    expect([await drills.broken.clean(), await ids()]).toEqual([
      0,
      expect.not.arrayContaining(['killed']),
    ]);
    expect(await named()).toHaveLength(1);
    await database.write((tx) => jobs.putOff(tx, DRILL_JOB, key, Date.now() - 1));
    expect([await drills.broken.clean(), await drills.broken.clean()]).toEqual([1, 0]);
    expect(await named()).toEqual([]);
    await expect(models.rename(model, 'other', BY_TESTER)).rejects.toThrow('not found');
    const [drill] = await drills.store.page(database.read, Number.MAX_SAFE_INTEGER, 1);
    expect(drill).toMatchObject({
      ...{ id: 'killed', startedBy: 'lea', isWithinBudget: false },
      measured: [{ within_budget: false, note: expect.stringContaining('broken off') }],
    });
    const alert = await database.read.first<{ summary: string }>({
      sql: "select summary from governance_alerts where kind = 'drill.too_slow' and summary like '%lea%'",
      bindings: [],
    });
    expect(alert?.summary).toContain('The drill of lea was broken off');
  });
});
