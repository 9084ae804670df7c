import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AuditQuery } from '../../audit/audit.store.js';
import type { Database } from '../../platform/db/database.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { BY_TESTER } from '../../testing/tester.js';
import { caller, DS, LEAD, OTHER_LEAD, VALIDATOR } from '../testing/facts.js';
import { as, type Governed, governedOn } from '../testing/governed-on.js';

const RESPONDER = caller('ops', 'breakglass');
const PEOPLE = [DS, LEAD, OTHER_LEAD, VALIDATOR, RESPONDER];
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

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
    for (const _ of [1, 2]) await governed.registry.createVersion(name);
  });

  const stages = async () => {
    const versions = ['1', '2'].map((version) =>
      governed.registry.versions.get(database.read, name, version),
    );
    return (await Promise.all(versions)).map(({ current_stage }) => current_stage);
  };
  const reason = (why: string) => ({
    details: [expect.objectContaining({ reason: why }), expect.anything()],
  });

  const requested = async (version = '1'): Promise<string> => {
    const refusal = await governed.promote(name, version, 'ds').catch((error) => error);
    return String(refusal.details[0].metadata.request_id);
  };

  it('opens one request for who may not decide, and a lead decides by the same call', async () => {
    const [first, second] = [await requested(), await requested()];
    expect(first).toMatch(/^[\da-f]{32}$/);
    expect(second).toBe(first);
    expect(await stages()).toEqual(['None', 'None']);
    await governed.promote(name, '1', 'lea');
    expect(await stages()).toEqual(['Production', 'None']);
    expect(await governed.service.get(first)).toMatchObject({ status: 'approved' });
  });

  it('lets exactly one of two racing promotions win', async () => {
    for (let round = 0; round < 10; round += 1) {
      const before = await stages();
      const asked = ['1', '2'].filter((_, index) => before[index] !== 'Production');
      const outcomes = await Promise.allSettled(
        (asked.length === 2 ? asked : ['1', '2']).flatMap((version) => [
          governed.promote(name, version, 'lea'),
          governed.promote(name, version, 'leo'),
        ]),
      );
      const lost = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
      for (const error of lost) {
        expect(error).toMatchObject({ status: 409, code: 'RESOURCE_CONFLICT' });
      }
      expect((await stages()).filter((stage) => stage === 'Production')).toHaveLength(1);
    }
  });

  it('writes down who was denied, and what served when', async () => {
    await requested();
    await governed.promote(name, '1', 'lea');
    const between = governed.now();
    await governed.promote(name, '2', 'lea');
    const live = (at: number) => governed.history.liveAt(database.read, name, at);
    const produced = async (at: number) =>
      (await live(at)).filter(({ target }) => target === 'Production').map((one) => one.version);
    expect(await produced(between)).toEqual([1]);
    expect(await produced(governed.now())).toEqual([2]);
    const { rows } = await governed.auditStore.page(
      asking({ action: 'governance.decide' }),
      100,
      undefined,
    );
    const entries = rows
      .map(({ entry }) => JSON.parse(entry))
      .filter((entry) => entry.object.id.startsWith(`${name}/`));
    expect(entries.map(({ decision }) => decision).sort()).toEqual([
      'allowed',
      'allowed',
      'denied',
    ]);
    expect(entries.every(({ policy_version }) => /^[\da-f]{64}$/.test(policy_version))).toBe(true);
  });

  it('forgets a request after its time, and opens another', async () => {
    const first = await requested();
    governed.wait(15 * DAY);
    await expect(governed.service.approve(first, WISH, as('lea'))).rejects.toThrow('not open');
    const second = await requested();
    expect(second).not.toBe(first);
    expect(await governed.service.get(first)).toMatchObject({ status: 'expired' });
  });

  it('lets a request be approved by another, rejected by another and taken back by its maker', async () => {
    const first = await requested();
    await expect(governed.service.approve(first, WISH, as('ds'))).rejects.toMatchObject(
      reason('SEPARATION_OF_DUTIES'),
    );
    const duties = reason('SEPARATION_OF_DUTIES');
    await expect(governed.service.cancel(first, '', as('lea'))).rejects.toMatchObject(duties);
    await expect(governed.service.reject(first, '', as('ds'))).rejects.toMatchObject(duties);
    await governed.service.reject(first, 'no', as('lea'));
    await expect(governed.service.approve(first, WISH, as('lea'))).rejects.toThrow('not open');
    const second = await requested();
    await governed.service.cancel(second, '', as('ds'));
    const third = await requested();
    await governed.service.approve(third, WISH, as('leo'));
    expect(await stages()).toEqual(['Production', 'None']);
  });

  it('gates aliases alike, and lets go what stands for nothing', async () => {
    const set = (alias: string, who: string) =>
      governed.registry.aliases.set(name, alias, '1', as(who));
    await expect(set('Champion', 'ds')).rejects.toMatchObject(reason('APPROVAL_REQUIRED'));
    await set('mine', 'ds');
    await set('Champion', 'lea');
    await expect(governed.registry.models.delete(name, as('ds'))).rejects.toMatchObject(
      reason('DELETE_PROTECTED'),
    );
    await expect(
      governed.registry.aliases.delete(name, 'Champion', as('ds')),
    ).rejects.toMatchObject(reason('STAGE_ROLE_REQUIRED'));
  });

  it('breaks the glass for minutes, and wants it looked at by somebody else', async () => {
    const asked = { model: name, reason: 'All calls fail since noon.', ticket: 'INC-1' };
    const grant = (who: string) => governed.breakGlass.grant({ ...asked, minutes: 30 }, as(who));
    await expect(grant('ds')).rejects.toMatchObject(reason('STAGE_ROLE_REQUIRED'));
    const { id } = await grant('ops');
    await governed.promote(name, '1', 'ops');
    expect(await stages()).toEqual(['Production', 'None']);
    await expect(governed.breakGlass.close(id, 'fine', as('ops'))).rejects.toMatchObject(
      reason('SEPARATION_OF_DUTIES'),
    );
    expect(await governed.breakGlass.close(id, 'It was right.', as('lea'))).toMatchObject({
      reviewer: 'lea',
    });
    governed.wait(HOUR);
    await expect(governed.promote(name, '2', 'ops')).rejects.toMatchObject(
      reason('APPROVAL_REQUIRED'),
    );
  });

  it('brings the predecessor back when what serves is archived', async () => {
    await governed.promote(name, '1', 'lea');
    await governed.promote(name, '2', 'lea');
    const wish = { name, version: '2', stage: 'Archived', archiveExisting: false };
    await governed.registry.versions.transition(wish, as('lea'));
    expect(await stages()).toEqual(['Production', 'Archived']);
  });

  describe('with a policy', () => {
    it('has stages beside the four, judged as one of them', async () => {
      const text = `profiles: [{name: own, models: ['${name}'], mode: enforce, stages: [{name: Canary, acts_as: Production}]}]`;
      await governed.policies.replace(text, as('root'));
      const to = (who: string) =>
        governed.registry.versions.transition(
          { name, version: '1', stage: 'canary', archiveExisting: false },
          as(who),
        );
      await expect(to('ds')).rejects.toMatchObject(reason('APPROVAL_REQUIRED'));
      expect(await to('lea')).toMatchObject({ current_stage: 'Canary' });
      const latest = await governed.versions.latest(database.read, name, ['Canary']);
      expect(latest.map(({ version }) => version)).toEqual([1, 2]);
    });

    it('denies nothing in observe, and writes down what it would have denied', async () => {
      const text = `profiles: [{name: own, models: ['${name}'], mode: observe}]`;
      await governed.policies.replace(text, as('root'));
      await governed.promote(name, '1', 'ds');
      expect(await stages()).toEqual(['Production', 'None']);
      const { rows } = await governed.auditStore.page(
        asking({ object_id: `${name}/1` }),
        10,
        undefined,
      );
      const said = rows.map(({ entry }) => JSON.parse(entry).after?.would_deny).filter(Boolean);
      expect(said).toEqual([[expect.objectContaining({ reason: 'APPROVAL_REQUIRED' })]]);
    });

    it('refuses one that is wrong, and keeps the one before', async () => {
      const before = (await governed.policies.current()).version;
      await expect(governed.policies.replace('profiles: 1', as('root'))).rejects.toMatchObject({
        status: 400,
      });
      expect((await governed.policies.current()).version).toBe(before);
    });
  });
});

/** @returns a question to the audit log that says nothing else */
const asking = (wish: Partial<AuditQuery>): AuditQuery => ({
  ...{ actor: undefined, action: undefined, object_kind: undefined, object_id: undefined },
  ...{ decision: undefined, request_id: undefined, from: undefined, to: undefined },
  ...wish,
});

const WISH = { archiveExisting: false, comment: '' };
