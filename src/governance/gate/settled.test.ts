import { beforeAll, beforeEach, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { BY_TESTER } from '../../testing/tester.js';
import { DS, LEAD, OTHER_LEAD } from '../testing/facts.js';
import { as, type Governed, governedOn } from '../testing/governed-on.js';

/** Requests that there is nothing left to decide about. */
forEachDatabase((open) => {
  let database: Database;
  let governed: Governed;
  let name: string;
  let count = 0;

  beforeAll(async () => {
    database = await open();
    governed = governedOn(database, [DS, LEAD, OTHER_LEAD]);
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

  it('are closed when the version is deleted', async () => {
    const [first, second] = [await ask('ds', 'Production'), await ask('ds', 'Staging')];
    await governed.registry.versions.delete(name, '1', as('ds'));
    for (const id of [first, second]) {
      expect(await governed.service.get(id)).toMatchObject({ status: 'cancelled' });
    }
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
