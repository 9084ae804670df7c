import { expect, it } from 'vitest';
import { toConfig } from './platform/config/config.js';
import { JobStore } from './platform/jobs/jobs.store.js';
import { createLog } from './platform/log.js';
import { retentionHandler } from './retention-work.js';
import { forEachDatabase } from './testing/for-each-database.js';
import { newFolder } from './testing/new-folder.js';
import { BY_TESTER } from './testing/tester.js';
import { trackingOn } from './tracking/testing/tracking-on.js';

const DAY = 86_400_000;

it('takes no age that is a slip of the pen', () => {
  expect(() => toConfig({ retentionDeleted: '30' })).toThrow('could not parse');
  expect(() => toConfig({ retentionDeleted: '5s' })).toThrow('1m or more');
  expect(toConfig({ retentionDeleted: '30d' }).retention.deleted).toBe(30 * DAY);
  expect(toConfig({}).retention.deleted).toBeUndefined();
});

forEachDatabase((open) => {
  it('deletes for good what was deleted long enough ago, and looks again later', async () => {
    const database = await open();
    const raw = { artifactsDestination: newFolder(), retentionDeleted: '30d' };
    const tracking = trackingOn(database, raw);
    const runId = await tracking.run(await tracking.experiment());
    await tracking.runs.delete(runId, BY_TESTER);
    const jobs = new JobStore(database);
    const at = async (now: number) => {
      const handler = retentionHandler(toConfig(raw), database, createLog('silent'), () => now);
      const claim = { kind: 'retention', now, until: now + 1_000, limit: 1, busyLanes: [] };
      await database.write((tx) =>
        jobs.add(tx, 'retention', [{ reference: 0, lane: 0, due: now }]),
      );
      const [job] = await database.write((tx) => jobs.claim(tx, claim));
      if (job !== undefined) await handler.run(job, new AbortController().signal);
      return (await tracking.runStore.info(database.read, runId)) !== undefined;
    };
    expect(await at(29 * DAY)).toBe(true);
    expect(await at(31 * DAY)).toBe(false);
    expect(await jobs.nextDue(database.read, 'retention')).toBe(31 * DAY + 3_600_000);
  });
});
