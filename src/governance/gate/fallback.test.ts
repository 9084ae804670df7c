import { beforeAll, beforeEach, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { BY_TESTER } from '../../testing/tester.js';
import type { VersionFacts } from '../evaluate/facts.js';
import { GOOD_VERSION, LEAD, OTHER_LEAD } from '../testing/facts.js';
import { as, type Governed, governedOn } from '../testing/governed-on.js';

/** Which version serves when the last one that did is archived by a stock client's call. */
forEachDatabase((open) => {
  let database: Database;
  let governed: Governed;
  let name: string;
  let count = 0;
  let facts: Record<number, Partial<VersionFacts>> = {};
  let expired: number[] = [];
  let mark = '';
  const read: number[] = [];

  beforeAll(async () => {
    database = await open();
    governed = governedOn(database, [LEAD, OTHER_LEAD]);
    governed.facts.factsOf = async (_, model, version) => {
      read.push(version);
      return { ...GOOD_VERSION, ...facts[version], model, version, mark };
    };
    governed.facts.markOf = async () => mark;
    governed.facts.cardIfBack = async (_: unknown, __: string, version: number) => {
      const isExpired = expired.includes(version);
      const expiry = { at: 1, because: 'review_by', expired: isExpired, notice: 0 } as const;
      return { ...GOOD_VERSION.card, expiry };
    };
  });

  beforeEach(async () => {
    name = `back-${++count}`;
    [facts, expired, mark] = [{}, [], ''];
    await governed.registry.models.create(name, '', [], BY_TESTER);
    for (const version of ['1', '2', '3', '4', '5']) {
      await governed.registry.createVersion(name);
      await governed.promote(name, version, 'lea');
    }
    read.length = 0;
  });

  const move = (version: string, stage: string) =>
    governed.registry.versions.transition(
      { name, version, stage, archiveExisting: false },
      as('lea'),
    );
  const live = async () =>
    (await governed.history.liveAt(database.read, name, governed.now()))
      .filter(({ target }) => target === 'Production')
      .map(({ version }) => version);
  const said = async (version: number) => {
    const model = (await governed.history.modelKey(database.read, name)) ?? 0;
    const [newest] = await governed.feed.activities(database.read, model, version, 1);
    return newest?.systemComment;
  };
  const audited = async () => {
    const { rows } = await governed.auditStore.page(
      {
        ...{ actor: undefined, action: 'governance.decide', object_kind: undefined },
        ...{ object_id: `${name}/5`, decision: undefined, request_id: undefined },
        ...{ from: undefined, to: undefined },
      },
      100,
      undefined,
    );
    return rows.flatMap(({ entry }) => JSON.parse(entry).after.fallback ?? []);
  };
  const tampered = {
    integrity: { ...GOOD_VERSION.integrity, artifacts: 'changed', changedFiles: ['model.pkl'] },
  } as const;

  it('is the last one that is good, and says why others were passed over', async () => {
    await governed.rollbacks.quarantine(name, '4', 'It leaks.', as('lea'));
    facts = { 3: tampered };
    expired = [2];
    await move('5', 'Archived');
    expect(await live()).toEqual([1]);
    const passed =
      'Passed over: version 4 (it is quarantined), version 3 (Files are not those that were ' +
      'registered: model.pkl), version 2 (its model card has expired).';
    expect(await said(5)).toBe(`Version 1 serves again in its place. ${passed}`);
    expect(await said(1)).toBe(`It serves again, since version 5 was archived. ${passed}`);
    expect(await audited()).toEqual([
      {
        version: 1,
        passed_over: [
          { version: 4, because: 'it is quarantined' },
          { version: 3, because: 'Files are not those that were registered: model.pkl' },
          { version: 2, because: 'its model card has expired' },
        ],
      },
    ]);
  });

  it('is looked for no further than to the first', async () => {
    await governed.registry.versions.delete(name, '4', as('lea'));
    await move('3', 'Staging');
    await move('5', 'Archived');
    expect(await live()).toEqual([2]);
    expect(read.filter((version) => version === 1)).toEqual([]);
    expect(await said(2)).toContain(
      'Passed over: version 4 (it was deleted), version 3 (it is in the stage Staging).',
    );
  });

  it('is none where none is good, and that is said', async () => {
    facts = { 1: tampered, 2: tampered, 3: tampered, 4: tampered };
    await move('5', 'Archived');
    expect(await live()).toEqual([]);
    expect(await said(5)).toContain('Nothing serves in its place. Passed over: version 4 (Files');
    expect(await audited()).toEqual([expect.objectContaining({ version: null })]);
  });

  it('goes with a request to archive that another approves', async () => {
    const asked = { name, version: 5, target: 'Archived', comment: '' };
    const { id } = await governed.service.create(asked, as('lea'));
    await governed.service.approve(id, { archiveExisting: false, comment: '' }, as('leo'));
    expect(await live()).toEqual([4]);
  });

  it('is not one of which something was stored since it was looked at', async () => {
    const { factsOf } = governed.facts;
    governed.facts.factsOf = async (...asked) => {
      const found = await factsOf(...asked);
      mark = 'another look';
      return found;
    };
    const error = await move('5', 'Archived').catch((refusal) => refusal);
    governed.facts.factsOf = factsOf;
    expect(error.details[0].reason).toBe('CONCURRENT_TRANSITION');
    expect(await live()).toEqual([5]);
    await move('5', 'Archived');
    expect(await live()).toEqual([4]);
  });
});
