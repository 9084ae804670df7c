import { beforeAll, beforeEach, expect, it } from 'vitest';
import type { GovernanceEvent } from '../governance/events/governance-events.js';
import { CommentService } from '../governance/requests/comments.service.js';
import { caller, DS, LEAD, OTHER_LEAD, VALIDATOR } from '../governance/testing/facts.js';
import { as, type Governed, governedOn } from '../governance/testing/governed-on.js';
import type { Database } from '../platform/db/database.js';
import { forEachDatabase } from '../testing/for-each-database.js';
import { BY_TESTER } from '../testing/tester.js';
import { TellingGate } from './telling-gate.js';

const PEOPLE = [DS, LEAD, OTHER_LEAD, VALIDATOR, caller('ops', 'breakglass')];
const DAY = 86_400_000;

forEachDatabase((open) => {
  let database: Database;
  let governed: Governed;
  let told: GovernanceEvent[];
  let name: string;
  let count = 0;

  beforeAll(async () => {
    database = await open();
    const events = {
      emit: async (_: unknown, event: GovernanceEvent) => {
        told.push(event);
      },
    };
    const isPrompt = async () => false;
    governed = governedOn(
      database,
      PEOPLE,
      undefined,
      events,
      (gate) => new TellingGate(gate, { events, isPrompt }),
    );
  });

  beforeEach(async () => {
    name = `m${++count}`;
    told = [];
    await governed.registry.models.create(name, '', [], BY_TESTER);
    for (const _ of [1, 2]) await governed.registry.createVersion(name);
  });

  const kinds = () => told.map(({ kind, actor }) => [kind, actor]);

  it('tells of requests, approvals, denials and stages by the one flow of an MLflow client', async () => {
    const denied = governed.promote(name, '1', 'ds');
    await expect(denied).rejects.toThrow();
    await governed.promote(name, '1', 'lea');
    expect(kinds()).toEqual([
      ['transition_request.created', 'ds'],
      ['promotion.denied', 'ds'],
      ['transition_request.approved', 'lea'],
      ['model_version.transitioned_stage', 'lea'],
    ]);
    expect(told[1]).toMatchObject({
      ...{ model: name, version: 1 },
      data: { to_stage: 'Production', reasons: ['APPROVAL_REQUIRED'] },
    });
    expect(told[3]?.data).toMatchObject({ from_stage: 'None', to_stage: 'Production' });
    expect(told[3]?.summary).toBe(
      `Registered model '${name}' version 1 transitioned from None to Production by lea.`,
    );
  });

  it('tells of versions that follow from another change', async () => {
    await governed.promote(name, '1', 'lea');
    await governed.promote(name, '2', 'lea');
    told = [];
    await governed.registry.versions.transition(
      { name, version: '2', stage: 'Archived', archiveExisting: false },
      as('lea'),
    );
    const moves = told.filter(({ kind }) => kind === 'model_version.transitioned_stage');
    expect(moves.map(({ version, data }) => [version, data?.to_stage, data?.by_system])).toEqual([
      [2, 'Archived', false],
      [1, 'Production', true],
    ]);
  });

  it('tells of requests that are refused, taken back, too old or have lost their approvals', async () => {
    const ask = (comment = '') =>
      governed.service.create({ name, version: 1, target: 'Production', comment }, as('ds'));
    await governed.service.reject((await ask('now')).id, 'no', as('lea'));
    await governed.service.cancel((await ask()).id, '', as('ds'));
    expect(kinds()).toEqual([
      ['transition_request.created', 'ds'],
      ['transition_request.rejected', 'lea'],
      ['transition_request.created', 'ds'],
      ['transition_request.cancelled', 'ds'],
    ]);
    expect(told.map(({ data }) => data?.comment)).toEqual(['now', 'no', undefined, undefined]);
    told = [];
    await ask();
    governed.wait(15 * DAY);
    await ask();
    expect(kinds().map(([kind]) => kind)).toEqual([
      'transition_request.created',
      'transition_request.expired',
      'transition_request.created',
    ]);
  });

  it('tells of emergencies from their beginning to their review', async () => {
    const grant = await governed.breakGlass.grant(
      { model: name, reason: 'The model in production is down', ticket: 'T-1', minutes: undefined },
      as('ops'),
    );
    await governed.promote(name, '1', 'ops');
    await governed.breakGlass.close(grant.id, 'It was right.', as('lea'));
    expect(kinds()).toEqual([
      ['break_glass.opened', 'ops'],
      ['break_glass.used', 'ops'],
      ['model_version.transitioned_stage', 'ops'],
      ['break_glass.reviewed', 'lea'],
    ]);
    expect(told[0]).toMatchObject({ model: name, data: { grant_id: grant.id, ticket: 'T-1' } });
  });

  it('tells of rollbacks, and of what they take out', async () => {
    await governed.promote(name, '1', 'lea');
    await governed.promote(name, '2', 'lea');
    told = [];
    const wish = { name, stage: 'Production', alias: undefined, to: undefined };
    await governed.rollbacks.rollback({ ...wish, reason: 'It answers nonsense.' }, as('lea'));
    const data = { stage: 'Production', quarantined: 2, reason: 'It answers nonsense.' };
    expect(told.filter(({ kind }) => kind !== 'model_version.transitioned_stage')).toMatchObject([
      { kind: 'model_version.rolled_back', model: name, version: 1, actor: 'lea', data },
      { kind: 'model_version.quarantined', model: name, version: 2, actor: 'lea' },
    ]);
    told = [];
    await governed.promote(name, '2', 'ds').catch(() => undefined);
    await governed.registry.createVersion(name);
    await governed.rollbacks.quarantine(name, '3', 'It was trained on the wrong data.', as('lea'));
    expect(told.at(-1)).toMatchObject({
      ...{ kind: 'model_version.quarantined', version: 3, actor: 'lea' },
      data: { reason: 'It was trained on the wrong data.' },
    });
  });

  it('tells of comments', async () => {
    const comments = new CommentService(governed);
    await comments.create(name, 1, 'looks well', as('ds'));
    expect(told).toMatchObject([
      { kind: 'comment.created', model: name, version: 1, data: { comment: 'looks well' } },
    ]);
  });
});
