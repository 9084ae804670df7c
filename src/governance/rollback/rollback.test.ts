import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { BY_TESTER } from '../../testing/tester.js';
import type { VersionFacts } from '../evaluate/facts.js';
import { caller, DS, GOOD_VERSION, LEAD, OTHER_LEAD } from '../testing/facts.js';
import { as, type Governed, governedOn } from '../testing/governed-on.js';

const ON_CALL = caller('on', 'on-call');
const PEOPLE = [DS, LEAD, OTHER_LEAD, ON_CALL];
const TAMPERED: VersionFacts['integrity'] = { ...GOOD_VERSION.integrity, artifacts: 'changed' };

forEachDatabase((open) => {
  let database: Database;
  let governed: Governed;
  let name: string;
  let count = 0;

  beforeAll(async () => {
    database = await open();
    governed = governedOn(database, PEOPLE);
  });

  beforeEach(async () => {
    name = `m${++count}`;
    await governed.registry.models.create(name, '', [], BY_TESTER);
    for (const _ of [1, 2, 3]) await governed.registry.createVersion(name);
  });

  const version = (number: number) =>
    governed.registry.versions.get(database.read, name, String(number));
  const stages = async () =>
    (await Promise.all([1, 2, 3].map(version))).map(({ current_stage }) => current_stage);
  const statusOf = async (number: number) =>
    (await version(number)).tags.find(({ key }) => key === 'gov.status')?.value;
  const back = (who: string, wish: { stage?: string; alias?: string; to?: string } = {}) => {
    const nothing = { stage: undefined, alias: undefined, to: undefined };
    return governed.rollbacks.rollback(
      { name, ...nothing, ...wish, reason: 'It answers nonsense.' },
      as(who),
    );
  };
  const reason = (why: string, status: number) => ({
    status,
    details: [expect.objectContaining({ reason: why }), expect.anything()],
  });
  const archive = (number: number, who: string) =>
    governed.registry.versions.transition(
      { name, version: String(number), stage: 'Archived', archiveExisting: false },
      as(who),
    );
  const alias = (text: string, number: number, who: string) =>
    governed.registry.aliases.set(name, text, String(number), as(who));

  it('brings the last good version back in one transaction, for who is on call', async () => {
    await governed.promote(name, '1', 'lea');
    await governed.promote(name, '2', 'lea');
    await alias('champion', 2, 'lea');
    await expect(back('ds')).rejects.toMatchObject(reason('STAGE_ROLE_REQUIRED', 403));
    const before = await governed.changes.generation(database.read, name);

    expect(await back('on')).toMatchObject({ version: 1, stage: 'Production', quarantined: 2 });
    expect(await stages()).toEqual(['Production', 'Archived', 'None']);
    expect([await statusOf(1), await statusOf(2)]).toEqual([undefined, 'quarantined']);
    expect((await version(1)).aliases).toEqual(['champion']);
    expect(await governed.changes.generation(database.read, name)).toBe(before + 1);

    const live = await governed.history.liveAt(database.read, name, Number.MAX_SAFE_INTEGER);
    expect(live.map(({ target, version: number }) => [target, number])).toEqual([
      ...[
        ['Archived', 2],
        ['Production', 1],
      ],
      ['alias:champion', 1],
    ]);
    const past = { name, target: 'Production', before: Number.MAX_SAFE_INTEGER, limit: 2 };
    const [now, then] = await governed.history.periods(database.read, past);
    expect([now?.version, then?.version, then?.leftBecause]).toEqual([1, 2, 'rolled_back']);
  });

  it('has nothing to go back to but what served with approval and is not quarantined', async () => {
    const nothing = await back('lea').catch((refusal) => refusal);
    expect(nothing).toMatchObject(reason('NO_LAST_GOOD', 409));
    expect(nothing.message).toContain('client.search_model_versions(');
    await governed.promote(name, '1', 'lea');
    await expect(back('lea')).rejects.toMatchObject(reason('NO_LAST_GOOD', 409));
    await expect(back('lea', { to: '3' })).rejects.toMatchObject(reason('APPROVAL_REQUIRED', 403));
    await expect(back('lea', { to: '9' })).rejects.toMatchObject({ status: 404 });
    await expect(back('lea', { to: '1' })).rejects.toMatchObject({ status: 400 });
    await expect(back('lea', { stage: 'Staging' })).rejects.toMatchObject({ status: 400 });
    await expect(back('lea', { alias: 'mine' })).rejects.toMatchObject({ status: 400 });
    expect(await stages()).toEqual(['Production', 'None', 'None']);
  });

  it('does not go back to files that were changed', async () => {
    const facts = async (_: unknown, model: string, number: number) => ({
      ...{ ...GOOD_VERSION, model, version: number },
      ...(number === 2 ? { integrity: TAMPERED } : {}),
    });
    for (const number of ['1', '2', '3']) await governed.promote(name, number, 'lea');
    const plain = governed.facts.factsOf;
    governed.facts.factsOf = facts;
    try {
      await expect(back('lea', { to: '2' })).rejects.toMatchObject(
        reason('ARTIFACT_TAMPERED', 400),
      );
      expect(await back('lea')).toMatchObject({ version: 1, quarantined: 3 });
    } finally {
      governed.facts.factsOf = plain;
    }
    expect(await stages()).toEqual(['Production', 'Archived', 'Archived']);
  });

  it('lets a quarantined version back with a new approval alone', async () => {
    await governed.promote(name, '1', 'lea');
    await governed.promote(name, '2', 'lea');
    await back('lea');
    await expect(back('lea', { to: '2' })).rejects.toMatchObject(reason('APPROVAL_REQUIRED', 403));
    await expect(governed.promote(name, '2', 'ds')).rejects.toMatchObject(
      reason('APPROVAL_REQUIRED', 403),
    );
    await governed.promote(name, '2', 'leo');
    expect(await statusOf(2)).toBeUndefined();
    expect(await stages()).toEqual(['Archived', 'Production', 'None']);
  });

  it('rolls back an alias by which alone a version serves', async () => {
    await alias('champion', 1, 'lea');
    await alias('champion', 2, 'lea');
    expect(await back('on', { alias: 'champion' })).toMatchObject({ version: 1, quarantined: 2 });
    expect((await version(1)).aliases).toEqual(['champion']);
    expect([await statusOf(2), (await stages())[1]]).toEqual(['quarantined', 'Archived']);
  });

  it('quarantines at once: what serves is rolled back, the rest is kept out', async () => {
    const quarantine = (number: number, who: string) =>
      governed.rollbacks.quarantine(name, String(number), 'It leaks.', as(who));
    await expect(quarantine(3, 'ds')).rejects.toMatchObject(reason('STAGE_ROLE_REQUIRED', 403));
    await quarantine(3, 'on');
    expect(await statusOf(3)).toBe('quarantined');
    await governed.promote(name, '1', 'lea');
    await expect(quarantine(1, 'on')).rejects.toMatchObject(reason('NO_LAST_GOOD', 409));
    await governed.promote(name, '2', 'lea');
    expect(await quarantine(2, 'on')).toMatchObject({ quarantine: { by: 'on' } });
    expect(await stages()).toEqual(['Production', 'Archived', 'None']);
  });

  it('quarantines the one that is meant where several serve in a stage', async () => {
    await governed.promote(name, '1', 'lea');
    await governed.promote(name, '2', 'lea', false);
    expect(await stages()).toEqual(['Production', 'Production', 'None']);
    await governed.rollbacks.quarantine(name, '1', 'It leaks.', as('on'));
    expect(await stages()).toEqual(['Archived', 'Production', 'None']);
    expect([await statusOf(1), await statusOf(2)]).toEqual(['quarantined', undefined]);
  });

  it('lets exactly one of two racing rollbacks win', async () => {
    await governed.promote(name, '1', 'lea');
    await governed.promote(name, '2', 'lea');
    const outcomes = await Promise.allSettled([back('lea'), back('leo')]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await stages()).toEqual(['Production', 'Archived', 'None']);
  });

  describe('with the call of a stock client', () => {
    it('falls back to the last good version, and leaves a system activity', async () => {
      await governed.promote(name, '1', 'lea');
      await governed.promote(name, '2', 'lea');
      await archive(2, 'lea');
      expect(await stages()).toEqual(['Production', 'Archived', 'None']);
      const model = (await governed.history.modelKey(database.read, name)) ?? 0;
      const [newest] = await governed.feed.activities(database.read, model, 1, 1);
      expect(newest).toMatchObject({ type: 'SYSTEM_TRANSITION', to: 'Production' });
      expect(await statusOf(2)).toBeUndefined();
    });

    it('takes along the aliases that stand for the stage, and no others', async () => {
      await governed.promote(name, '1', 'lea');
      await governed.promote(name, '2', 'lea');
      for (const text of ['champion', 'mine']) await alias(text, 2, 'lea');
      await archive(2, 'lea');
      expect((await version(1)).aliases).toEqual(['champion']);
      expect((await version(2)).aliases).toEqual(['mine']);
    });

    it('falls back to nothing that is quarantined', async () => {
      await governed.promote(name, '1', 'lea');
      await governed.promote(name, '2', 'lea');
      await governed.rollbacks.quarantine(name, '1', 'It leaks.', as('lea'));
      await archive(2, 'lea');
      expect(await stages()).toEqual(['Archived', 'Archived', 'None']);
    });
  });
});
