import { beforeAll, beforeEach, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import { GateAround, type GovernedChange } from '../../registry/promotion-gate.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { BY_TESTER } from '../../testing/tester.js';
import { caller, DS, LEAD, OTHER_LEAD } from '../testing/facts.js';
import { as, type Governed, governedOn } from '../testing/governed-on.js';

/** Whose role is taken away. */
const TOM = { ...caller('tom'), roles: ['lead'] };

/** A role that is taken away between the look at a version and the lock under which it is decided. */
forEachDatabase((open) => {
  let database: Database;
  let governed: Governed;
  let name: string;
  let count = 0;
  let isTaken = false;
  let isTakenOnceRead = false;

  class Slow extends GateAround {
    async open(change: GovernedChange, by: Parameters<GateAround['open']>[1]) {
      const passage = await this.inner.open(change, by);
      if (isTaken) TOM.roles = [];
      return passage;
    }
  }

  beforeAll(async () => {
    database = await open();
    const people = [DS, LEAD, OTHER_LEAD, TOM];
    const around = (gate: GateAround['inner']) => new Slow(gate);
    governed = governedOn(database, people, undefined, undefined, around);
    const { factsOf } = governed.callers;
    governed.callers.factsOf = async (...asked) => {
      const facts = { ...(await factsOf(...asked)) };
      if (isTakenOnceRead) TOM.roles = [];
      return facts;
    };
  });

  beforeEach(async () => {
    name = `dismissed-${++count}`;
    await governed.registry.models.create(name, '', [], BY_TESTER);
    for (const _ of [1, 2]) await governed.registry.createVersion(name);
  });

  const stageOf = async (version: string) =>
    (await governed.registry.versions.get(database.read, name, version)).current_stage;
  /** The reason for which a call of his is refused. */
  const refused = async (call: () => Promise<unknown>): Promise<string> => {
    [TOM.roles, isTaken] = [['lead'], true];
    // biome-ignore lint/suspicious/noExplicitAny: an error of any form
    const error: any = await call().catch((refusal) => refusal);
    isTaken = false;
    return error.details[0].reason;
  };

  it('promotes, approves and archives nothing any more', async () => {
    expect(await refused(() => governed.promote(name, '1', 'tom'))).toBe('CONCURRENT_TRANSITION');
    expect(await stageOf('1')).toBe('None');
    const error = await governed.promote(name, '1', 'ds').catch((refusal) => refusal);
    const id = String(error.details[0].metadata.request_id);
    const wish = { archiveExisting: false, comment: '' };
    const approve = () => governed.service.approve(id, wish, as('tom'));
    expect(await refused(approve)).toBe('CONCURRENT_TRANSITION');
    expect(await governed.service.get(id)).toMatchObject({ status: 'open' });
    expect(await governed.service.approve(id, wish, as('leo'))).toMatchObject({
      status: 'approved',
    });
    const archive = () =>
      governed.registry.versions.transition(
        { name, version: '1', stage: 'Archived', archiveExisting: false },
        as('tom'),
      );
    expect(await refused(archive)).toBe('CONCURRENT_TRANSITION');
    expect(await stageOf('1')).toBe('Production');
  });

  it('rolls nothing back any more', async () => {
    for (const version of ['1', '2']) await governed.promote(name, version, 'lea');
    const wish = { name, stage: 'Production', alias: undefined, to: undefined, reason: 'Bad.' };
    const back = () => governed.rollbacks.rollback(wish, as('tom'));
    expect(await refused(back)).toBe('CONCURRENT_TRANSITION');
    expect(await stageOf('2')).toBe('Production');
  });

  it('rejects nothing, asks for nothing and declares and reviews no emergency any more', async () => {
    const error = await governed.promote(name, '1', 'ds').catch((refusal) => refusal);
    const id = String(error.details[0].metadata.request_id);
    const late = async (role: string, call: () => Promise<unknown>) => {
      [TOM.roles, isTakenOnceRead] = [[role], true];
      // biome-ignore lint/suspicious/noExplicitAny: an error of any form
      const refusal: any = await call().catch((thrown) => thrown);
      isTakenOnceRead = false;
      return refusal.details[0].reason;
    };
    const tom = as('tom');
    const wish = { model: name, reason: 'The model answers nonsense.', ticket: 'T-1' };
    const { breakGlass, service } = governed;
    const changed = 'CONCURRENT_TRANSITION';
    expect(await late('lead', () => service.reject(id, '', tom))).toBe(changed);
    expect(await governed.service.get(id)).toMatchObject({ status: 'open' });
    const asked = { name, version: 2, target: 'Production', comment: '' };
    expect(await late('lead', () => service.create(asked, tom))).toBe(changed);
    const declare = () => breakGlass.grant({ ...wish, minutes: undefined }, tom);
    expect(await late('breakglass', declare)).toBe(changed);
    TOM.roles = ['breakglass'];
    const grant = await breakGlass.grant({ ...wish, minutes: 1 }, tom);
    governed.wait(61_000);
    TOM.roles = ['lead'];
    const mine = await governed.breakGlass.get(grant.id);
    expect(mine.reviewer).toBeNull();
    TOM.name = 'thomas';
    expect(await late('lead', () => breakGlass.close(grant.id, 'Fine.', as('thomas')))).toBe(
      changed,
    );
    TOM.name = 'tom';
  });
});
