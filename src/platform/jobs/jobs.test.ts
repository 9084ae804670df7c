import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { forEachDatabase, type Open } from '../../testing/for-each-database.js';
import type { Database } from '../db/database.js';
import { createLog } from '../log.js';
import { type JobHandler, JobRunner } from './job-runner.js';
import { type Claim, type Job, JobStore } from './jobs.store.js';

const KIND = 'test';

forEachDatabase((open: Open) => {
  let database: Database;
  let jobs: JobStore;
  beforeAll(async () => {
    database = await open();
    jobs = new JobStore(database);
  });
  beforeEach(async () => {
    await database.write((tx) => tx.run({ sql: 'delete from jobs', bindings: [] }));
  });

  const add = (...references: number[]) =>
    database.write((tx) =>
      jobs.add(
        tx,
        KIND,
        references.map((reference) => ({ reference, lane: reference % 2, due: reference })),
      ),
    );
  const claim = (wish: Partial<Claim> = {}) =>
    database.write((tx) =>
      jobs.claim(tx, { kind: KIND, now: 100, until: 200, limit: 10, busyLanes: [], ...wish }),
    );
  const references = (found: readonly Job[]) =>
    found.map(({ reference }) => reference).sort((one, other) => one - other);

  describe('jobs', () => {
    it('are taken up when they are due, and by one alone until they are due again', async () => {
      await add(1, 2, 300);
      expect(await jobs.nextDue(database.read, KIND)).toBe(1);
      expect(await jobs.nextDue(database.read, 'other')).toBeUndefined();
      expect(await claim({ kind: 'other' })).toEqual([]);
      expect(references(await claim())).toEqual([1, 2]);
      expect(await claim({ now: 199 })).toEqual([]);
      expect(references(await claim({ now: 200, until: 400 }))).toEqual([1, 2]);
    });

    it('are taken up the oldest first, without those of busy lanes', async () => {
      await add(3, 1, 2, 4);
      expect(references(await claim({ limit: 1 }))).toEqual([1]);
      expect(references(await claim({ busyLanes: [1] }))).toEqual([2, 4]);
      expect(references(await claim({ busyLanes: [0, 1] }))).toEqual([]);
      expect(references(await claim())).toEqual([3]);
    });

    it('are handed out once, however many servers ask together', async () => {
      const all = Array.from({ length: 60 }, (_, index) => index + 1);
      await add(...all);
      const claims = await Promise.all(all.map(() => claim({ limit: 7 })));
      expect(references(claims.flat())).toEqual(all);
    });

    it('belong to who took them up last', async () => {
      await add(1);
      const [first] = await claim();
      const [second] = await claim({ now: 200, until: 300 });
      if (first === undefined || second === undefined) throw new Error('nothing was claimed');
      const holds = (job: Job) => database.write((tx) => jobs.holds(tx, job));
      expect([await holds(first), await holds(second)]).toEqual([false, true]);
      await add(1);
      expect(await holds(second)).toBe(false);
    });

    it('are made where they are missing, and left to who has them where they are not', async () => {
      await add(1);
      const [held] = await claim();
      if (held === undefined) throw new Error('nothing was claimed');
      const wish = [1, 3].map((reference) => ({ reference, lane: 1, due: 5 }));
      await database.write((tx) => jobs.ensure(tx, KIND, wish));
      expect(await database.write((tx) => jobs.holds(tx, held))).toBe(true);
      expect(references(await claim())).toEqual([3]);
    });

    it('stay with who says that he works at them, until somebody else has them', async () => {
      await add(1);
      const [first] = await claim();
      if (first === undefined) throw new Error('nothing was claimed');
      await database.write((tx) => jobs.extend(tx, first, 500));
      expect(await claim({ now: 400 })).toEqual([]);
      expect(references(await claim({ now: 500, until: 600 }))).toEqual([1]);
      await database.write((tx) => jobs.extend(tx, first, 900));
      expect(await jobs.nextDue(database.read, KIND)).toBe(600);
    });

    it('end, wait, or go with their lane', async () => {
      await add(1, 2, 3);
      const [one, two] = (await claim({ limit: 2 })).sort((a, b) => a.reference - b.reference);
      if (one === undefined || two === undefined) throw new Error('nothing was claimed');
      await database.write((tx) => jobs.finish(tx, one));
      await database.write((tx) => jobs.postpone(tx, two, 150));
      expect(references(await claim({ now: 150 }))).toEqual([2, 3]);
      await database.write((tx) => jobs.dropLane(tx, KIND, 1));
      expect(references(await claim({ now: 1_000, until: 2_000 }))).toEqual([2]);
    });
  });

  describe('a runner', () => {
    const runnerOf = (run: JobHandler['run'], given: Partial<JobHandler> = {}) =>
      new JobRunner({
        database,
        jobs,
        handler: {
          ...{ kind: KIND, lease: 60_000, concurrency: 4, laneConcurrency: 2 },
          ...{ run, tidy: async () => undefined },
          ...given,
        },
        log: createLog('silent'),
        now: () => Date.now(),
      });
    const done = (job: Job) => database.write((tx) => jobs.finish(tx, job));
    const until = async (isTrue: () => boolean) => {
      for (let wait = 0; wait < 1_000 && !isTrue(); wait += 1) await sleep(10);
      expect(isTrue()).toBe(true);
    };

    it('does what is there, what comes later, and each once', async () => {
      const seen: number[] = [];
      const runner = runnerOf(async (job) => {
        seen.push(job.reference);
        await done(job);
      });
      await add(1, 2, 3, 4, 5, 6, 7, 8);
      runner.wake();
      expect(seen).toEqual([]);
      runner.start();
      await until(() => seen.length === 8);
      await add(9);
      runner.wake();
      await until(() => seen.length === 9);
      await runner.stop(0);
      await add(10);
      expect(new Set(seen).size).toBe(9);
      expect(seen.length).toBe(9);
    });

    it('goes on when a job fails, and lets no lane hold up the others', async () => {
      const free = withResolvers();
      const seen: number[] = [];
      const runner = runnerOf(async (job) => {
        if (job.lane === 1) await free.promise;
        seen.push(job.reference);
        await done(job);
        if (job.reference === 2) throw new Error('on purpose');
      });
      await add(1, 3, 5, 7, 9, 11, 2, 4);
      runner.start();
      await until(() => seen.length === 2);
      expect(seen.sort()).toEqual([2, 4]);
      free.resolve();
      await until(() => seen.length === 8);
      await runner.stop(0);
    });

    it('says again and again that it works at a job that takes long', async () => {
      const work = withResolvers();
      const runner = runnerOf(() => work.promise, { lease: 300 });
      await add(1);
      runner.start();
      const due = async () => (await jobs.nextDue(database.read, KIND)) ?? 0;
      const later = async (than: number) => {
        for (let wait = 0; wait < 1_000 && (await due()) <= than; wait += 1) await sleep(10);
        return due();
      };
      const taken = await later(1);
      const [once, twice] = [await later(taken), await later(taken + 100)];
      expect([once > taken, twice > taken + 100]).toEqual([true, true]);
      work.resolve();
      await runner.stop(0);
    });

    it('waits at a stop for what is under way, but no longer than it may', async () => {
      await add(1);
      const seen: string[] = [];
      const patient = runnerOf(async (job) => {
        seen.push('begun');
        await sleep(200);
        await done(job);
        seen.push('done');
      });
      patient.start();
      await until(() => seen.length === 1);
      await patient.stop(10_000);
      expect(seen).toEqual(['begun', 'done']);

      await add(2);
      const stuck = runnerOf(async (_, signal) => {
        seen.push('stuck');
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      });
      stuck.start();
      await until(() => seen.includes('stuck'));
      await stuck.stop(50);
      expect(await jobs.nextDue(database.read, KIND)).toBeGreaterThan(Date.now());
    });

    it('comes back to life after trouble with the database', async () => {
      let isBroken = true;
      const seen: number[] = [];
      const flaky = new Proxy(database, {
        get: (target, name) => {
          if (name === 'read' && isBroken) throw new Error('gone');
          return Reflect.get(target, name);
        },
      });
      const runner = new JobRunner({
        database: flaky,
        jobs,
        handler: {
          ...{ kind: KIND, lease: 1_000, concurrency: 1, laneConcurrency: 1 },
          run: async (job) => {
            seen.push(job.reference);
            await done(job);
          },
          tidy: async () => undefined,
        },
        log: createLog('silent'),
        now: () => Date.now(),
      });
      await add(1);
      runner.start();
      await sleep(50);
      isBroken = false;
      runner.wake();
      await until(() => seen.length === 1);
      await runner.stop(0);
    });
  });
});

function withResolvers() {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve: () => resolve() };
}
