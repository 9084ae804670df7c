import { expect, it } from 'vitest';
import { startSink, status } from '../platform/outgoing/testing/sink.js';
import { forEachDatabase } from '../testing/for-each-database.js';
import { notificationsOn } from './testing/notifications-on.js';

forEachDatabase((open) => {
  it('names a message by the same id when it comes again, also where its body has none', async () => {
    let time = 1_700_000_000_000;
    const told = notificationsOn(await open(), { now: () => ++time });
    const sink = await startSink();
    const events = ['MODEL_VERSION_TRANSITIONED_STAGE'];
    await told.subscribe('databricks', { url: sink.url, modelPattern: '', events });
    await told.subscribe('slack', { url: sink.url, modelPattern: '*', events: ['*'] });
    sink.answer = status(503);
    await told.emit({
      kind: 'model_version.transitioned_stage',
      ...{ model: 'm', version: 3, actor: 'ann', summary: 'It has moved.' },
      data: { from_stage: 'None', to_stage: 'Production', by_system: false },
    });
    await told.deliver();
    const ids = () => sink.received.map(({ headers }) => headers['webhook-id']);
    const first = ids();
    expect(new Set(first).size).toBe(2);
    expect(first).not.toContain(undefined);
    time += 3_600_000;
    await told.deliver();
    expect(ids().slice(2).sort()).toEqual([...first].sort());
  });
});
