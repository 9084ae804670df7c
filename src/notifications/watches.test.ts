import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CardExpiry } from '../governance/cards/expiry.js';
import { defaultProfile, type Profile } from '../governance/policy/profile.js';
import { FACE_CARD } from '../governance/testing/cards.js';
import type { StoredVersionFacts } from '../governance/version-facts/version-facts.js';
import type { Database } from '../platform/db/database.js';
import { seesAll } from '../platform/http/scope.js';
import { forEachDatabase } from '../testing/for-each-database.js';
import { BY_TESTER } from '../testing/tester.js';
import { empty, type Notifications, notificationsOn } from './testing/notifications-on.js';
import { WATCH_JOB, WatchJobs } from './watch-jobs.js';
import { WatchedStore } from './watched.store.js';
import { auditWatch, cardWatch, emergencyWatch } from './watches.js';

const DAY = 86_400_000;
const BEGIN = Date.parse('2027-01-01T00:00:00Z');

forEachDatabase((open) => {
  let database: Database;
  let told: Notifications;
  let time: number;
  let digest: string;
  let profile: Profile;
  let auditProblems: string[];
  beforeAll(async () => {
    database = await open();
  });
  beforeEach(async () => {
    await empty(database);
    await database.write((tx) => tx.run({ sql: 'delete from break_glass_grants', bindings: [] }));
    time = BEGIN;
    digest = 'd1';
    profile = defaultProfile(true);
    auditProblems = [];
    told = notificationsOn(database, { now: () => time });
  });

  const look = async () => {
    const store = new WatchedStore(database);
    const cardOf = async () => ({
      resolved: { kind: 'card', card: FACE_CARD, digest, place: 'tag' },
      attachedAt: BEGIN - 300 * DAY,
    });
    const facts = { cardOf } as unknown as Pick<StoredVersionFacts, 'cardOf'>;
    const now = () => time;
    const watching = new WatchJobs({
      ...{ database, now, jobs: told.jobs, alerts: told.outbox },
      watches: [
        cardWatch({ database, store, facts, profileOf: async () => profile, now }),
        emergencyWatch(database, store, now),
        auditWatch(async () => ({ ok: auditProblems.length === 0, problems: auditProblems })),
      ],
    });
    await watching.ensure();
    const claim = { kind: WATCH_JOB, now: time, until: time + 1, busyLanes: [], limit: 100 };
    for (const job of await database.write((tx) => told.jobs.claim(tx, claim))) {
      await watching.run(job);
    }
    const page = { before: Number.MAX_SAFE_INTEGER, limit: 100, scope: seesAll };
    return (await told.alerts.page(page)).filter(
      ({ kind }) => kind !== 'model_version.transitioned_stage',
    );
  };

  describe('a card', () => {
    const notices = (): [CardExpiry['notice'], number][] => [
      [undefined, BEGIN],
      [30, BEGIN + 40 * DAY],
      [7, BEGIN + 60 * DAY],
      [0, BEGIN + 66 * DAY],
    ];

    beforeEach(async () => {
      await told.registry.models.create('m', '', [], BY_TESTER);
      for (const _ of [1, 2, 3]) await told.registry.createVersion('m');
      await told.registry.transition({ name: 'm', version: '1' });
      await told.registry.transition({ name: 'm', version: '2', stage: 'Staging' });
    });

    it('that ends is told of 30 days before, 7 days before and at its end, once each', async () => {
      for (const [notice, at] of notices()) {
        time = at;
        await look();
        time += 2 * 3_600_000;
        const [last] = await look();
        expect(last === undefined ? undefined : JSON.parse(last.details).days_left).toBe(notice);
      }
      expect((await look()).map(({ kind, version }) => [kind, version])).toEqual([
        ['card.expired', 1],
        ['card.expiring', 1],
        ['card.expiring', 1],
      ]);
    });

    it('is watched where an alias says that it serves, and not where governance is off', async () => {
      await told.registry.aliases.set('m', 'champion', '3', BY_TESTER);
      await told.registry.aliases.set('m', 'whatever', '2', BY_TESTER);
      time = BEGIN + 40 * DAY;
      profile = { ...profile, mode: 'compat' };
      expect(await look()).toEqual([]);
      profile = defaultProfile(true);
      time += DAY;
      expect((await look()).map(({ version }) => version).sort()).toEqual([1, 3]);
      // Another card is another matter.
      digest = 'd2';
      time += DAY;
      expect(await look()).toHaveLength(4);
    });
  });

  it('tells of emergencies that nobody has reviewed in time, once', async () => {
    const insert = (id: string, due: number | null, reviewer: string | null) =>
      database.write((tx) =>
        tx.run({
          sql:
            'insert into break_glass_grants (grant_id, model_name, principal, reason, ticket, ' +
            'creation_timestamp, expiration_timestamp, used_timestamp, review_due_timestamp, ' +
            "reviewer) values (?, 'm', 'ops', 'r', 'T-1', 0, 0, 1, ?, ?)",
          bindings: [id, due, reviewer],
        }),
      );
    await insert('late', BEGIN - 1, null);
    await insert('in time', BEGIN + DAY, null);
    await insert('reviewed', BEGIN - 1, 'lea');
    await insert('unused', null, null);
    const found = await look();
    expect(found).toMatchObject([{ kind: 'break_glass.unreviewed', model: 'm', occurrences: 1 }]);
    expect(JSON.parse(found[0]?.details ?? '')).toMatchObject({ grant_id: 'late', ticket: 'T-1' });
    time += 61_000;
    expect(await look()).toHaveLength(1);
    time += DAY;
    expect(await look()).toHaveLength(2);
  });

  it('tells of an audit log that does not verify, once a day', async () => {
    expect(await look()).toEqual([]);
    time += DAY + 1;
    auditProblems = ['3: the entry was changed'];
    expect(await look()).toMatchObject([{ kind: 'audit.verification_failed', model: null }]);
    time += 2 * DAY;
    expect(await look()).toHaveLength(2);
  });
});
