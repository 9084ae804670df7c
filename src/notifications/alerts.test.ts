import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../platform/db/database.js';
import { seesAll } from '../platform/http/scope.js';
import { type Sink, startSink } from '../platform/outgoing/testing/sink.js';
import { forEachDatabase } from '../testing/for-each-database.js';
import { BY_TESTER } from '../testing/tester.js';
import { TellingDenials } from './telling-denials.js';
import { empty, type Notifications, notificationsOn } from './testing/notifications-on.js';

const ALL = { before: Number.MAX_SAFE_INTEGER, limit: 1_000 };
const EVENT = { kind: 'model_version_tag.set', version: 1, summary: 'A tag was set.' } as const;

forEachDatabase((open) => {
  let database: Database;
  let told: Notifications;
  let sink: Sink;
  let time: number;
  beforeAll(async () => {
    database = await open();
  });
  beforeEach(async () => {
    await empty(database);
    sink = await startSink();
    time = 1_700_000_000_000;
    told = notificationsOn(database, { now: () => ++time });
  });

  const types = () => sink.received.map(({ body }) => JSON.parse(body).type);
  const alerts = () => told.alerts.page({ ...ALL, scope: seesAll });

  describe('alerts', () => {
    it('are raised by what somebody has to look at, and counted when they come again', async () => {
      const denied = {
        kind: 'promotion.denied',
        ...{ model: 'm', version: 1, actor: 'eve', summary: 'No.' },
      } as const;
      await told.subscribe('webhook', { url: sink.url, events: ['promotion.denied'] });
      for (let i = 0; i < 5; i += 1) {
        await told.emit({ ...denied, data: { reasons: ['STAGE_ROLE_REQUIRED'], message: `${i}` } });
      }
      await told.emit({ ...denied, actor: 'bob' });
      await told.emit({ ...EVENT, model: 'm' });
      expect(
        (await alerts()).map(({ kind, actor, occurrences }) => [kind, actor, occurrences]),
      ).toEqual([
        ['promotion.denied', 'bob', 1],
        ['promotion.denied', 'eve', 5],
      ]);
      time += 700_000;
      await told.emit({ ...denied, data: { reasons: ['STAGE_ROLE_REQUIRED'] } });
      expect(await alerts()).toHaveLength(3);
      await told.deliver();
      expect(types()).toHaveLength(3);
    });

    it('are acknowledged once, by somebody else than who has caused them', async () => {
      await database.write((tx) =>
        told.outbox.raise(tx, {
          kind: 'drill.too_slow',
          summary: 'It took 40 s.',
          details: { s: 40 },
        }),
      );
      const [alert] = await alerts();
      expect(alert).toMatchObject({ kind: 'drill.too_slow', model: null, acknowledgedBy: null });
      const done = await told.acknowledging.acknowledge(alert?.id ?? '', 'seen', BY_TESTER);
      expect(done).toMatchObject({ acknowledgedBy: 'tester', note: 'seen' });
      const again = told.acknowledging.acknowledge(alert?.id ?? '', '', BY_TESTER);
      await expect(again).rejects.toThrow('already');
      await told.emit({ kind: 'promotion.denied', model: 'm', actor: 'tester', summary: 'No.' });
      const [own] = await alerts();
      const asSelf = { ...BY_TESTER, caller: { ...BY_TESTER.caller, method: 'password' as const } };
      const refused = told.acknowledging.acknowledge(own?.id ?? '', '', asSelf);
      await expect(refused).rejects.toThrow('somebody else');
      expect(await told.alerts.page({ ...ALL, acknowledged: true, scope: seesAll })).toHaveLength(
        1,
      );
      expect(await told.alerts.page({ ...ALL, acknowledged: false, scope: seesAll })).toHaveLength(
        1,
      );
      expect(await told.alerts.page({ ...ALL, model: 'm', scope: seesAll })).toHaveLength(1);
    });

    it('of an emergency go out by every channel, whatever else it is for', async () => {
      await told.subscribe('webhook', { url: sink.url, events: ['comment.created'] });
      await told.emit({ kind: 'break_glass.opened', model: 'm', summary: 'Help.' });
      await told.deliver();
      expect(types()).toEqual(['break_glass.opened']);
    });

    it('tell of who was turned away at the door, and not a thousand times', async () => {
      const recorded: string[] = [];
      const trail = {
        record: async () => undefined,
        recordDenial: async (_: unknown, { action }: { action: string }) => {
          recorded.push(action);
        },
      };
      const denials = new TellingDenials({ trail, events: told.outbox, database, now: () => time });
      const by = { ...BY_TESTER, caller: { ...BY_TESTER.caller, method: 'password' as const } };
      const refused = (action: string, id: string) =>
        denials.recordDenial(by, { action, object: { kind: 'model_version', id } }, 'why');
      for (let n = 0; n < 10; n += 1) await refused('transitionModelVersionStage', 'm');
      await refused('createRun', '1');
      expect(recorded).toHaveLength(11);
      expect(await alerts()).toMatchObject([
        { kind: 'promotion.denied', model: 'm', actor: 'tester', occurrences: 5 },
      ]);
    });
  });
});
