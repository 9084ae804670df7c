import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { BY_TESTER } from '../../testing/tester.js';
import { readAssessment, type WireAssessment } from '../../tracing/assessments/assessments.js';
import { startTrace } from '../../tracing/testing/start-trace.js';
import { type Tracking, trackingOn } from '../../tracking/testing/tracking-on.js';
import { type IssueQuery, searchIssues } from './issues.page.js';
import type { IssueRequest } from './issues.service.js';

forEachDatabase((open) => {
  let t: Tracking;
  let database: Database;
  beforeAll(async () => {
    database = await open();
    t = trackingOn(database);
  });

  const create = (experimentId: string, wish: Partial<IssueRequest> = {}) =>
    t.issues.create({
      ...{ experimentId, name: 'n', description: 'd', status: undefined, severity: undefined },
      ...{ rootCauses: [], categories: [], sourceRunId: '', createdBy: '', ...wish },
    });
  const search = (experiment: string, query: Partial<IssueQuery> = {}) =>
    searchIssues(database, {
      ...{ experiment: Number(experiment), filter: '', maxResults: 100, pageToken: '' },
      ...{ countsTraces: false, ...query },
    });
  const found = async (experiment: string, query: Partial<IssueQuery> = {}) =>
    (await search(experiment, query)).issues.map(({ name }) => name);
  const get = (id: string) => t.issues.get(database.read, id);

  describe('an issue', () => {
    it('is created, shown and changed', async () => {
      const experiment = await t.experiment();
      const sourceRunId = await t.run(experiment);
      const plain = await create(experiment);
      expect(plain).toEqual({
        issue_id: expect.stringMatching(/^iss-[0-9a-f]{32}$/),
        ...{ experiment_id: Number(experiment), name: 'n', description: 'd', status: 'pending' },
        ...{ severity: null, root_causes: [], categories: [], source_run_id: null },
        ...{ created_timestamp: expect.any(Number), created_by: null },
        last_updated_timestamp: plain.created_timestamp,
      });
      expect(await get(plain.issue_id)).toEqual(plain);
      const full = await create(experiment, {
        ...{ status: 'resolved', severity: 'high', rootCauses: ['a', ''], categories: ['b,c'] },
        ...{ sourceRunId, createdBy: 'bob' },
      });
      expect(await get(full.issue_id)).toMatchObject({
        ...{ status: 'resolved', severity: 'high', root_causes: ['a', ''], categories: ['b,c'] },
        ...{ source_run_id: sourceRunId, created_by: 'bob' },
      });
      const changed = await t.issues.update(full.issue_id, { name: 'z', severity: 'low' });
      expect(changed).toMatchObject({ name: 'z', severity: 'low', status: 'resolved' });
      const untouched = await t.issues.update(full.issue_id, {});
      expect(untouched.last_updated_timestamp).toBeGreaterThan(changed.last_updated_timestamp);
      const unknown = "Issue with ID 'none' not found";
      await expect(get('none')).rejects.toThrow(unknown);
      await expect(t.issues.update('none', {})).rejects.toThrow(unknown);
    });

    it.each([
      [{ status: 'open' }, "Invalid status 'open' of an issue"],
      [{ status: '' }, "Invalid status '' of an issue"],
      [{ severity: 'HIGH' }, "Invalid severity 'HIGH' of an issue"],
      [{ name: 'n'.repeat(251) }, "'name' exceeds the maximum length of 250"],
      [{ createdBy: 'n'.repeat(256) }, "'created_by' exceeds the maximum length of 255"],
      [{ description: '\0' }, 'characters that are not valid text'],
      [{ categories: ['\ud800'] }, 'characters that are not valid text'],
      [{ sourceRunId: 'none' }, "The run 'none' that an issue comes from does not exist."],
      [{ experimentId: '999999' }, 'No Experiment with id=999999 exists'],
      [{ experimentId: 'abc' }, "Invalid experiment ID 'abc'"],
    ])('is not made of %j', async (wish, message) => {
      const experiment = await t.experiment();
      await expect(create(experiment, wish)).rejects.toThrow(message);
      expect(await found(experiment)).toEqual([]);
    });

    it('stays with an experiment that is deleted, which gets no more of them', async () => {
      const experiment = await t.experiment();
      const { issue_id } = await create(experiment);
      await t.experiments.delete(experiment, BY_TESTER);
      await expect(create(experiment)).rejects.toThrow(
        `No Experiment with id=${experiment} exists`,
      );
      expect(await t.issues.update(issue_id, { name: 'still' })).toMatchObject({ name: 'still' });
      expect(await found(experiment)).toEqual(['still']);
    });
  });

  describe('a search for issues', () => {
    it('has the worst first, page by page', async () => {
      const experiment = await t.experiment();
      for (const severity of ['low', undefined, 'high', 'not_an_issue', 'medium', 'high']) {
        await create(experiment, { name: `${severity}`, severity });
      }
      const all = ['high', 'high', 'medium', 'low', 'not_an_issue', 'undefined'];
      expect(await found(experiment)).toEqual(all);
      const walked: string[] = [];
      for (let pageToken: string | undefined = ''; pageToken !== undefined; ) {
        const page: Awaited<ReturnType<typeof search>> = await search(experiment, {
          ...{ maxResults: 2, pageToken },
        });
        walked.push(page.issues.map(({ issue_id }) => issue_id).join());
        pageToken = page.token;
      }
      expect(walked).toHaveLength(3);
      const { issues } = await search(experiment);
      expect(walked.join()).toBe(issues.map(({ issue_id }) => issue_id).join());
      const everywhere = await search('', { experiment: undefined });
      expect(everywhere.issues.map(({ name }) => name)).toEqual(expect.arrayContaining(all));
    });

    it('keeps those that a filter asks for', async () => {
      const experiment = await t.experiment();
      const sourceRunId = await t.run(experiment);
      await create(experiment, { name: 'a', sourceRunId });
      await create(experiment, { name: 'b', status: 'resolved' });
      for (const [filter, names] of [
        ["status = 'pending'", ['a']],
        ['"status" = resolved', ['b']],
        ["status != 'pending'", ['b']],
        [`source_run_id = '${sourceRunId}'`, ['a']],
        ["source_run_id != 'x'", ['a']],
        ["status = 'pending' AND source_run_id = 5", []],
        ["status = ('pending')", []],
      ] as const) {
        expect([filter, await found(experiment, { filter })]).toEqual([filter, names]);
      }
    });

    it.each([
      [
        "severity = 'high'",
        "Invalid filter field 'severity'. Supported fields: {'source_run_id', ",
      ],
      ["attributes.status = 'a'", "Invalid filter field 'attributes.status'."],
      ["status like 'a'", "Invalid comparator 'LIKE'. Supported comparators: {'!=', '='}"],
      ["status IN ('a')", "Invalid comparator 'IN'."],
      ['status IS NULL', 'Invalid comparison: expected 3 tokens, got 2'],
      ["status = 'a' OR status = 'b'", 'Invalid clause(s) in filter string: OR'],
    ])('is not %s', async (filter, message) => {
      await expect(search('0', { filter })).rejects.toThrow(message);
    });

    it('counts the traces that have an issue', async () => {
      const experimentId = await t.experiment();
      const { issue_id } = await create(experimentId);
      const say = (trace: string, assessment_name: string, statement: object) =>
        t.assessments.create(
          trace,
          readAssessment({ assessment_name, ...statement } as WireAssessment),
        );
      const [one, other] = [await startTrace(t, { experimentId }), await startTrace(t)];
      const is = { issue: { issue_name: 'n' } };
      for (const trace of [one, one, other]) await say(trace, issue_id, is);
      await say(await startTrace(t), issue_id, { feedback: { value: 1 } });
      await say(await startTrace(t), 'other', is);
      const count = async () =>
        (await search(experimentId, { countsTraces: true })).issues.map((it) => it.trace_count);
      expect(await count()).toEqual([2]);
      expect((await search(experimentId)).issues[0]).not.toHaveProperty('trace_count');
    });
  });
});
