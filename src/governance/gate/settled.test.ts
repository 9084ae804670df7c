import { beforeAll, beforeEach, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { BY_TESTER } from '../../testing/tester.js';
import { DS, GOOD_VERSION, LEAD, OTHER_LEAD, VALIDATOR } from '../testing/facts.js';
import { as, type Governed, governedOn } from '../testing/governed-on.js';

const DAY = 86_400_000;

/** Requests that there is nothing left to decide about. */
forEachDatabase((open) => {
  let database: Database;
  let governed: Governed;
  let name: string;
  let count = 0;

  beforeAll(async () => {
    database = await open();
    governed = governedOn(database, [DS, LEAD, OTHER_LEAD, VALIDATOR]);
  });

  beforeEach(async () => {
    name = `settled-${++count}`;
    await governed.registry.models.create(name, '', [], BY_TESTER);
    await governed.registry.createVersion(name);
  });

  const ask = async (who: string, target: string) =>
    (await governed.service.create({ name, version: 1, target, comment: '' }, as(who))).id;
  const feed = async () => {
    const model = (await governed.history.modelKey(database.read, name)) ?? 0;
    const all = await governed.feed.activities(database.read, model, 1, 20);
    return all.map(({ type, to, user, systemComment }) => [type, to, user, systemComment]);
  };

  it('are closed when somebody else has got for the version what they ask for', async () => {
    const [first, second] = [await ask('ds', 'Production'), await ask('leo', 'Production')];
    const other = await ask('ds', 'Archived');
    await governed.service.approve(first, { archiveExisting: false, comment: '' }, as('lea'));
    expect((await governed.service.get(first)).status).toBe('approved');
    const settled = { status: 'cancelled', closedBy: 'system' };
    expect(await governed.service.get(second)).toMatchObject(settled);
    expect((await governed.service.get(other)).status).toBe('open');
    expect((await feed())[0]).toEqual([
      ...['CANCELLED_REQUEST', 'Production', 'system'],
      'Version 1 is where it was asked for to be.',
    ]);
  });

  it('can not be decided over any more, in the form of every denial', async () => {
    const id = await ask('ds', 'Production');
    await governed.service.reject(id, '', as('lea'));
    const wish = { archiveExisting: false, comment: '' };
    const details = [
      expect.objectContaining({ reason: 'APPROVAL_REQUIRED' }),
      expect.objectContaining({ violations: [expect.anything()] }),
    ];
    const refused = { code: 'PERMISSION_DENIED', status: 403, details };
    const { service } = governed;
    await expect(service.approve(id, wish, as('leo'))).rejects.toMatchObject(refused);
    await expect(service.reject(id, '', as('leo'))).rejects.toMatchObject(refused);
    await expect(service.cancel(id, '', as('ds'))).rejects.toMatchObject(refused);
  });

  it('are closed when the version is deleted', async () => {
    const [first, second] = [await ask('ds', 'Production'), await ask('ds', 'Staging')];
    await governed.registry.versions.delete(name, '1', as('ds'));
    for (const id of [first, second]) {
      expect(await governed.service.get(id)).toMatchObject({ status: 'cancelled' });
    }
  });

  it('are closed when their time is over, by the next one for the version', async () => {
    const first = await ask('ds', 'Production');
    governed.wait(15 * DAY);
    const second = await ask('leo', 'Production');
    expect(await governed.service.get(first)).toMatchObject({ status: 'expired' });
    expect((await governed.service.get(second)).status).toBe('open');
    expect(await feed()).toContainEqual([
      ...['CANCELLED_REQUEST', 'Production', 'system'],
      'Nobody decided about the request in time.',
    ]);
  });

  it('lose their approvals when what those were given for has changed, and the feed says so', async () => {
    const card = { ...GOOD_VERSION.card, risk: 'High' as const };
    let digest = 'root-1';
    const plain = governed.facts.factsOf;
    governed.facts.factsOf = async (_, model, version) => ({
      ...{ ...GOOD_VERSION, model, version, card },
      integrity: { ...GOOD_VERSION.integrity, digest },
    });
    const promote = (who: string) => governed.promote(name, '1', who);
    for (const who of ['ds', 'val']) await expect(promote(who)).rejects.toThrow();
    digest = 'root-2';
    await expect(promote('lea')).rejects.toThrow();
    expect(await feed()).toContainEqual([
      ...['NEW_COMMENT', 'Production', 'system'],
      'The approvals are dismissed: what they were given for has changed.',
    ]);
    governed.facts.factsOf = plain;
  });

  it('that take one word are told as approved, too', async () => {
    const request = await ask('ds', 'Staging');
    await governed.service.approve(request, { archiveExisting: false, comment: '' }, as('lea'));
    expect((await feed()).map(([type, , user]) => [type, user])).toEqual([
      ['APPLIED_TRANSITION', 'lea'],
      ['APPROVED_REQUEST', 'lea'],
      ['REQUESTED_TRANSITION', 'ds'],
    ]);
  });
});
