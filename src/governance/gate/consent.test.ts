import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import { createLog } from '../../platform/log.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { BY_TESTER } from '../../testing/tester.js';
import { ReviewWatch } from '../break-glass/review-watch.js';
import type { VersionFacts } from '../evaluate/facts.js';
import { caller, DS, GOOD_VERSION, LEAD, OTHER_LEAD, VALIDATOR } from '../testing/facts.js';
import { as, type Governed, governedOn } from '../testing/governed-on.js';

const ROOT = { ...caller('root'), rights: ['MANAGE'], isAdmin: true };
const OPS = caller('ops', 'breakglass');
const HOUR = 3_600_000;

/** Who has to agree before a version serves, over a database and from call to call. */
forEachDatabase((open) => {
  let database: Database;
  let governed: Governed;
  let name: string;
  let count = 0;
  let facts: Partial<VersionFacts>;

  beforeAll(async () => {
    database = await open();
    governed = governedOn(database, [DS, LEAD, OTHER_LEAD, VALIDATOR, ROOT, OPS]);
    governed.facts.factsOf = async (_, model, version) => ({
      ...{ ...GOOD_VERSION, model, version },
      ...facts,
    });
  });

  beforeEach(async () => {
    name = `consented-${++count}`;
    facts = {};
    await governed.registry.models.create(name, '', [], BY_TESTER);
    await governed.registry.createVersion(name);
  });

  const stage = async () =>
    (await governed.registry.versions.get(database.read, name, '1')).current_stage;
  /** Asks for Production; the reason of the refusal, or the stage where there was none. */
  const ask = async (who: string): Promise<string> => {
    try {
      return (await governed.promote(name, '1', who)).current_stage;
    } catch (error) {
      // biome-ignore lint/suspicious/noExplicitAny: an error of any form
      return (error as any).details?.[0]?.reason ?? String(error);
    }
  };
  const high = () => {
    facts = { card: { ...GOOD_VERSION.card, risk: 'High' } };
  };

  it('of one lead who has not trained it is enough, and nobody else’s is', async () => {
    expect(await ask('ds')).toBe('APPROVAL_REQUIRED');
    // An administrator is not exempt: nor is who asks a second time, nor a validator.
    for (const who of ['root', 'ds', 'val'])
      expect([who, await ask(who)]).toEqual([who, 'APPROVAL_REQUIRED']);
    expect(await ask('lea')).toBe('Production');
  });

  it('of a lead who asks himself, or has trained it, is none', async () => {
    facts = { trainer: 'lea' };
    expect(await ask('lea')).toBe('APPROVAL_REQUIRED');
    expect(await ask('lea')).toBe('APPROVAL_REQUIRED');
    expect(await ask('leo')).toBe('Production');
  });

  it('of an unknown trainer is asked for in a request', async () => {
    facts = { trainer: undefined, registeredBy: undefined };
    expect(await ask('lea')).toBe('APPROVAL_REQUIRED');
    expect(await ask('leo')).toBe('Production');
  });

  it('of high risk is a lead’s and a validator’s, in whatever order', async () => {
    high();
    for (const who of ['ds', 'val', 'val']) expect(await ask(who)).toBe('APPROVAL_REQUIRED');
    expect(await ask('lea')).toBe('Production');
    await governed.registry.createVersion(name);
    for (const who of ['ds', 'lea', 'leo']) {
      await expect(governed.promote(name, '2', who)).rejects.toThrow('validator');
    }
    expect((await governed.promote(name, '2', 'val')).current_stage).toBe('Production');
  });

  it.each<[string, () => Promise<void>]>([
    [
      'another file',
      async () => {
        facts = { ...facts, integrity: { ...GOOD_VERSION.integrity, digest: 'root-2' } };
      },
    ],
    [
      'another card',
      async () => {
        facts = { card: { ...GOOD_VERSION.card, risk: 'High', digest: 'other' } };
      },
    ],
    [
      'another policy',
      async () => {
        const profile = { name: 'own', models: [name], mode: 'enforce' };
        const rules = { ...profile, card: { max_age_days: 300 } };
        await governed.policies.replace(JSON.stringify({ profiles: [rules] }), as('root'));
      },
    ],
  ])('that was given before %s counts no more', async (_, change) => {
    high();
    for (const who of ['ds', 'lea']) expect(await ask(who)).toBe('APPROVAL_REQUIRED');
    await change();
    expect(await ask('val')).toBe('APPROVAL_REQUIRED');
    expect(await ask('lea')).toBe('Production');
  });

  it('is told step by step in the feed of the version', async () => {
    high();
    for (const who of ['ds', 'lea', 'val']) await ask(who);
    const model = (await governed.history.modelKey(database.read, name)) ?? 0;
    const told = await governed.feed.activities(database.read, model, 1, 10);
    expect(told.map(({ type, user }) => `${type} ${user}`).sort()).toEqual([
      'APPLIED_TRANSITION val',
      'APPROVED_REQUEST lea',
      'APPROVED_REQUEST val',
      'REQUESTED_TRANSITION ds',
    ]);
  });

  describe('in an emergency', () => {
    const declare = async (minutes: number | undefined) => {
      const asked = { model: name, reason: 'All calls fail since noon.', ticket: 'INC-1', minutes };
      return (await governed.breakGlass.grant(asked, as('ops'))).id;
    };
    const watch = () =>
      new ReviewWatch({
        ...{ database, store: governed.grants, trail: governed.trail, now: governed.now },
        log: createLog('silent'),
      });
    const status = async () =>
      (await governed.registry.versions.get(database.read, name, '1')).tags.find(
        ({ key }) => key === 'gov.status',
      )?.value;

    it('is not asked for, for an hour at most and of one model', async () => {
      await expect(declare(61)).rejects.toThrow("'minutes'");
      await declare(undefined);
      const other = `${name}-other`;
      await governed.registry.models.create(other, '', [], BY_TESTER);
      await governed.registry.createVersion(other);
      await expect(governed.promote(other, '1', 'ops')).rejects.toThrow('APPROVAL_REQUIRED');
      governed.wait(HOUR);
      expect(await ask('ops')).toBe('APPROVAL_REQUIRED');
      await declare(5);
      expect(await ask('ops')).toBe('Production');
    });

    it('is not asked for without a card, and nothing goes past the digests', async () => {
      await declare(30);
      const { integrity, format } = GOOD_VERSION;
      facts = { integrity: { ...integrity, artifacts: 'changed', changedFiles: ['model.pkl'] } };
      expect(await ask('ops')).toBe('ARTIFACT_TAMPERED');
      facts = { format: { ...format, onnx: { state: 'invalid', problems: ['cut off'] } } };
      expect(await ask('ops')).toBe('ONNX_INVALID');
      facts = {
        card: {
          ...GOOD_VERSION.card,
          problems: [{ reason: 'MODEL_CARD_REQUIRED', field: '', message: 'There is none.' }],
        },
      };
      expect(await ask('ops')).toBe('Production');
    });

    it('is asked for afterwards: what nobody else has looked at for a day is marked', async () => {
      const id = await declare(30);
      expect(await ask('ops')).toBe('Production');
      governed.wait(23 * HOUR);
      await watch().look();
      expect(await status()).toBeUndefined();
      governed.wait(HOUR);
      await Promise.all([watch().look(), watch().look()]);
      expect(await status()).toBe('unreviewed_emergency');
      expect(await stage()).toBe('Production');
      await expect(governed.breakGlass.close(id, 'fine', as('ops'))).rejects.toMatchObject({
        code: 'PERMISSION_DENIED',
      });
      await governed.breakGlass.close(id, 'It was right.', as('lea'));
      expect(await status()).toBeUndefined();
      await watch().look();
      expect(await status()).toBeUndefined();
    });

    it('is not asked for afterwards where the grant was looked at in time, or never used', async () => {
      const used = await declare(30);
      expect(await ask('ops')).toBe('Production');
      await governed.breakGlass.close(used, 'It was right.', as('lea'));
      await declare(30);
      governed.wait(48 * HOUR);
      await watch().look();
      expect(await status()).toBeUndefined();
    });
  });
});
