import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import { GateAround, type GovernedChange } from '../../registry/promotion-gate.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { BY_TESTER } from '../../testing/tester.js';
import type { VersionFacts } from '../evaluate/facts.js';
import { caller, DS, GOOD_VERSION, LEAD, OTHER_LEAD, VALIDATOR } from '../testing/facts.js';
import { as, type Governed, governedOn } from '../testing/governed-on.js';

const DAY = 86_400_000;
const OPS = caller('ops', 'breakglass');
const ROOT = { ...caller('root'), rights: ['MANAGE'], isAdmin: true };
const PROMPT = { key: 'mlflow.prompt.is_prompt', value: 'true' };

/** What is stored between the look at a version and the lock under which it is decided. */
forEachDatabase((open) => {
  let database: Database;
  let governed: Governed;
  let name: string;
  let count = 0;
  let facts: Partial<VersionFacts>;
  let mark = '';
  let hook: (() => Promise<unknown>) | undefined;

  class Slow extends GateAround {
    async open(change: GovernedChange, by: Parameters<GateAround['open']>[1]) {
      const passage = await this.inner.open(change, by);
      const between = hook;
      hook = undefined;
      await between?.();
      return passage;
    }
  }

  beforeAll(async () => {
    database = await open();
    governed = governedOn(
      ...([database, [DS, LEAD, OTHER_LEAD, VALIDATOR, ROOT, OPS], undefined, undefined] as const),
      (gate) => new Slow(gate),
    );
    governed.facts.factsOf = async (_, model, version) => ({
      ...{ ...GOOD_VERSION, model, version, mark },
      ...facts,
    });
    governed.facts.markOf = async () => mark;
  });

  beforeEach(async () => {
    name = `meanwhile-${++count}`;
    [facts, mark, hook] = [{}, '', undefined];
    await governed.policies.replace('profiles: []', as('root'));
    await governed.registry.models.create(name, '', [], BY_TESTER);
    for (const _ of [1, 2]) await governed.registry.createVersion(name);
  });

  const stageOf = async (version: string) =>
    (await governed.registry.versions.get(database.read, name, version)).current_stage;
  const reasonOf = (error: unknown): string =>
    // biome-ignore lint/suspicious/noExplicitAny: an error of any form
    (error as any).details?.[0]?.reason ?? String(error);
  /** How a call ends during which something else is stored. */
  const during = async (meanwhile: () => Promise<unknown>, call: () => Promise<unknown>) => {
    hook = meanwhile;
    return call().then(() => 'done', reasonOf);
  };
  const promote = (version: string, who: string) => () => governed.promote(name, version, who);
  const raced = 'CONCURRENT_TRANSITION';

  it('lets nothing pass that was not there to be judged', async () => {
    const more = () => governed.registry.createVersion(name);
    expect(await during(more, promote('3', 'ds'))).toBe(raced);
    expect(await stageOf('3')).toBe('None');
    const alias = (version: string) => () =>
      governed.registry.aliases.set(name, 'champion', version, as('ds'));
    expect(await during(more, alias('4'))).toBe(raced);
    const found = await governed.registry.versions.get(database.read, name, '4');
    expect(found.aliases).toEqual([]);
  });

  it('lets nobody delete an alias that was set meanwhile', async () => {
    const set = () => governed.registry.aliases.set(name, 'champion', '1', as('lea'));
    const remove = () => governed.registry.aliases.delete(name, 'champion', as('ds'));
    expect(await during(set, remove)).toBe(raced);
    const found = await governed.registry.versions.get(database.read, name, '1');
    expect(found.aliases).toEqual(['champion']);
  });

  it('counts nothing for another model that has the name by then', async () => {
    const other = async () => {
      await governed.registry.models.delete(name, as('root'));
      await governed.registry.models.create(name, '', [], BY_TESTER);
      await governed.registry.createVersion(name);
    };
    expect(await during(other, promote('1', 'lea'))).toBe(raced);
    expect(await stageOf('1')).toBe('None');
    const made = `${name}-new`;
    const first = async () => {
      await governed.registry.models.create(made, '', [], BY_TESTER);
      await governed.registry.createVersion(made);
    };
    expect(await during(first, () => governed.promote(made, '1', 'ds'))).toBe(raced);
  });

  it('decides by the evidence that is stored when it decides', async () => {
    const change = async () => {
      mark = 'another card';
    };
    expect(await during(change, promote('1', 'lea'))).toBe(raced);
    expect(await governed.promote(name, '1', 'lea')).toMatchObject({ current_stage: 'Production' });
  });

  it('does not take what the server itself writes down meanwhile for a change', async () => {
    const tag = (key: string) =>
      database.write((tx) =>
        tx.run({
          sql: 'insert into model_version_tags (model, version, key, value) select id, 1, ?, ? from registered_models where name = ?',
          bindings: [key, '1.0.0', name],
        }),
      );
    expect(await during(() => tag('semver'), promote('1', 'lea'))).toBe('done');
    expect(await during(() => tag('of mine'), promote('1', 'lea'))).toBe('done');
  });

  describe('a policy that is replaced meanwhile', () => {
    const put =
      (mode: string, more = '') =>
      () =>
        governed.policies.replace(
          `profiles: [{name: own, models: ['meanwhile-*'], mode: ${mode}${more}}]`,
          as('root'),
        );
    beforeEach(() => put('enforce')());

    it('is the one that holds', async () => {
      const two = put('enforce', ', approvals: {quorum: 2}');
      expect(await during(two, promote('1', 'lea'))).toBe(raced);
      expect(await promote('1', 'lea')().catch(reasonOf)).toBe('APPROVAL_REQUIRED');
    });

    it.each([
      ['observe', 'DELETE_PROTECTED'],
      ['compat', raced],
    ])('is the one that holds after %s', async (mode, ends) => {
      await put(mode)();
      expect(await during(put('enforce'), promote('1', 'ds'))).toBe(raced);
      expect(await stageOf('1')).toBe('None');
      await put(mode)();
      const remove = () => governed.registry.versions.delete(name, '1', as('ds'));
      await governed.promote(name, '1', 'ds');
      expect(await during(put('enforce'), remove)).toBe(ends);
    });

    it('denies nothing any more where it is told to', async () => {
      expect(await during(put('observe'), promote('1', 'ds'))).toBe('done');
    });
  });

  describe('a request', () => {
    const wish = { archiveExisting: false, comment: '' };
    const requested = async () => {
      const error = await promote('1', 'ds')().catch((refusal) => refusal);
      return String(error.details[0].metadata.request_id);
    };
    it.each<[string, (id: string) => Promise<unknown>]>([
      ['rejected', (id) => governed.service.reject(id, '', as('leo'))],
      ['taken back', (id) => governed.service.cancel(id, '', as('ds'))],
      ['approved by the last who had to', (id) => governed.service.approve(id, wish, as('leo'))],
    ])('that is %s meanwhile is open no more', async (_, meanwhile) => {
      const id = await requested();
      const error = await (async () => {
        hook = () => meanwhile(id);
        return governed.service.approve(id, wish, as('lea')).catch((refusal) => refusal);
      })();
      expect(error.message).toContain('not open any more');
      expect(reasonOf(error)).toBe('APPROVAL_REQUIRED');
    });

    it('whose time is over meanwhile is open no more', async () => {
      const id = await requested();
      hook = async () => governed.wait(15 * DAY);
      await expect(governed.service.approve(id, wish, as('lea'))).rejects.toThrow('not open');
      expect(await governed.service.get(id)).toMatchObject({ status: 'expired' });
      expect(await stageOf('1')).toBe('None');
    });

    it('that is approved is not rejected afterwards, and the other way round', async () => {
      const id = await requested();
      const ends = await Promise.allSettled([
        governed.service.approve(id, wish, as('lea')),
        governed.service.reject(id, '', as('leo')),
        governed.service.cancel(id, '', as('ds')),
      ]);
      expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const { status } = await governed.service.get(id);
      expect(await stageOf('1')).toBe(status === 'approved' ? 'Production' : 'None');
    });

    it('gets its two last approvals at once and is carried out once', async () => {
      facts = { card: { ...GOOD_VERSION.card, risk: 'High' } };
      const id = await requested();
      await Promise.all([
        governed.service.approve(id, wish, as('lea')),
        governed.service.approve(id, wish, as('val')),
      ]);
      expect(await governed.service.get(id)).toMatchObject({ status: 'approved' });
      expect(await stageOf('1')).toBe('Production');
      const periods = await governed.history.liveAt(database.read, name, governed.now());
      expect(periods.filter(({ target }) => target === 'Production')).toHaveLength(1);
    });
  });

  it('breaks no glass after its time', async () => {
    const asked = { model: name, reason: 'All calls fail since noon.', ticket: 'INC-1' };
    await governed.breakGlass.grant({ ...asked, minutes: 5 }, as('ops'));
    const wait = async () => governed.wait(5 * 60_000);
    expect(await during(wait, promote('1', 'ops'))).toBe('APPROVAL_REQUIRED');
    expect(await stageOf('1')).toBe('None');
  });

  it('brings nothing back whose files nobody has looked at', async () => {
    for (const version of ['1', '2']) await governed.promote(name, version, 'lea');
    await governed.registry.createVersion(name);
    await governed.promote(name, '3', 'lea');
    const archive = () =>
      governed.registry.versions.transition(
        { name, version: '3', stage: 'Archived', archiveExisting: false },
        as('lea'),
      );
    const quarantine = () => governed.rollbacks.quarantine(name, '2', 'It leaks.', as('lea'));
    expect(await during(quarantine, archive)).toBe(raced);
    await archive();
    expect(await stageOf('1')).toBe('Production');
  });

  it('takes no model that serves unchecked into a governed name', async () => {
    await governed.policies.replace(
      "profiles: [{name: own, models: ['free-*'], mode: observe}, {name: none, models: ['loose-*'], mode: compat}]",
      as('root'),
    );
    for (const free of [`free-${count}`, `loose-${count}`]) {
      await governed.registry.models.create(free, '', [], BY_TESTER);
      await governed.registry.createVersion(free);
      await governed.promote(free, '1', 'ds');
      const rename = (to: string) => governed.registry.models.rename(free, to, as('ds'));
      expect(await rename(`${name}-${free}`).catch(reasonOf)).toBe('DELETE_PROTECTED');
      expect(await rename(`${free}-2`)).toMatchObject({ name: `${free}-2` });
    }
  });

  it('takes no text for a prompt in a model that has files', async () => {
    const text = () =>
      governed.registry.createVersion(name, { source: 'dummy-source', tags: [PROMPT] });
    await governed.promote(name, '1', 'lea');
    await text();
    facts = { lineage: { ...GOOD_VERSION.lineage, isCommitValid: false, commit: undefined } };
    expect(await promote('3', 'ds')().catch(reasonOf)).toBe('LINEAGE_REQUIRED');
    const alias = () => governed.registry.aliases.set(name, 'champion', '3', as('ds'));
    expect(await alias().catch(reasonOf)).toBe('LINEAGE_REQUIRED');
    expect(await stageOf('1')).toBe('Production');
    const prompt = `${name}-prompt`;
    await governed.registry.models.create(prompt, '', [PROMPT], BY_TESTER);
    await governed.registry.createVersion(prompt, { source: 'dummy-source', tags: [PROMPT] });
    await governed.registry.aliases.set(prompt, 'champion', '1', as('ds'));
  });
});
