import { beforeAll, describe, expect, it } from 'vitest';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { BY_TESTER } from '../../testing/tester.js';
import { caller, DS, LEAD, VALIDATOR } from '../testing/facts.js';
import { as, type Governed, governedOn } from '../testing/governed-on.js';

const RESPONDER = caller('ops', 'breakglass');
const LEAD_ON_DUTY = { ...LEAD, name: 'liv', roles: ['lead', 'breakglass'] };
const PEOPLE = [DS, LEAD, VALIDATOR, RESPONDER, LEAD_ON_DUTY];

forEachDatabase((open) => {
  let governed: Governed;
  beforeAll(async () => {
    governed = governedOn(await open(), PEOPLE);
    await governed.registry.models.create('live', '', [], BY_TESTER);
  });
  const declares = async (name: string) => (await governed.breakGlass.deedsOf(as(name))).declare;

  describe('what is offered of emergencies', () => {
    it('is to declare one, to who may', async () => {
      expect(await declares('ops')).toBe(true);
      expect(await declares('liv')).toBe(true);
      expect(await declares('ds')).toBe(false);
      expect(await declares('lea')).toBe(false);
    });

    it('is to review one, to who may, once there is something to review', async () => {
      const { breakGlass } = governed;
      const wish = { model: 'live', reason: 'The model answers nonsense.', ticket: 'T-1' };
      const { id } = await breakGlass.grant({ ...wish, minutes: 5 }, as('liv'));
      const reviews = async (name: string) =>
        (await breakGlass.deedsOf(as(name))).review(await breakGlass.get(id));
      expect(await reviews('lea')).toBe(false);
      governed.wait(301_000);
      expect(await reviews('lea')).toBe(true);
      expect(await reviews('ds')).toBe(false);
      expect(await reviews('ops')).toBe(false);
      expect(await reviews('liv')).toBe(false);
      await breakGlass.close(id, 'It had to be.', as('lea'));
      expect(await reviews('lea')).toBe(false);
    });

    it('is nothing to a token that was made for reading', async () => {
      const { caller: ops, ...by } = as('ops');
      const reading = { ...by, caller: { ...ops, scopes: ['read'] } };
      expect((await governed.breakGlass.deedsOf(reading)).declare).toBe(false);
    });
  });
});
