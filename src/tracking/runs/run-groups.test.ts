import supertest from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../app.js';
import { toConfig } from '../../platform/config/config.js';
import type { Database } from '../../platform/db/database.js';
import { parseOrderBy } from '../../platform/filter/order-by.js';
import { createLog } from '../../platform/log.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { newFolder } from '../../testing/new-folder.js';
import { groupRuns } from './run-groups.store.js';
import { RUN_SEARCH } from './runs.search.js';

const HOSTILE = `it's "so" \`much\``;
/** Team, depth, loss. */
const RUNS: readonly (readonly [string | undefined, string, number | string])[] = [
  ['north', '1', 1],
  ['north', '2', 3],
  ['north', '2', 'NaN'],
  ['north', '2', 'Infinity'],
  ['south', '1', -4],
  ['', '3', 8],
  [HOSTILE, '3', 16],
  [undefined, '3', 32],
];

forEachDatabase((open) => {
  let app: Parameters<typeof supertest>[0];
  let database: Database;
  let experiment: string;
  const post = (path: string, body: object) => supertest(app).post(`/api/${path}`).send(body);
  const group = async (body: object = {}) => {
    const asked = { experiment_ids: [experiment], group_by: 'tags.team', ...body };
    const answer = await post('runledger/v1/runs/groups', asked);
    expect(answer.status, answer.text).toBe(200);
    return answer.body;
  };

  beforeAll(async () => {
    database = await open();
    const config = toConfig({ artifactsDestination: newFolder() });
    app = await createApp(config, database, createLog('silent'));
    experiment = (await post('2.0/mlflow/experiments/create', { name: 'grouped' })).body
      .experiment_id;
    for (const [start_time, [team, depth, loss]] of RUNS.entries()) {
      const { body } = await post('2.0/mlflow/runs/create', {
        experiment_id: experiment,
        start_time,
      });
      await post('2.0/mlflow/runs/log-batch', {
        run_id: body.run.info.run_id,
        params: [{ key: 'depth', value: depth }],
        metrics: [{ key: 'loss', value: loss, timestamp: 1, step: 0 }],
        tags: team === undefined ? [] : [{ key: 'team', value: team }],
      });
    }
  });

  it('are counted in the order of their values, with the means of finite numbers', async () => {
    const mean = (count: number, value: number) => [{ key: 'loss', count, mean: value }];
    expect(await group({ metrics: ['loss', 'none'] })).toEqual({
      groups: [
        { value: '', count: 1, metrics: mean(1, 8) },
        { value: HOSTILE, count: 1, metrics: mean(1, 16) },
        { value: 'north', count: 4, metrics: mean(2, 2) },
        { value: 'south', count: 1, metrics: mean(1, -4) },
        { count: 1, metrics: mean(1, 32) },
      ],
      runs: 8,
      is_partial: false,
    });
  });

  it('are of the runs that fit a filter, and of the state that is asked for', async () => {
    const { groups, runs } = await group({ filter: "params.depth = '2'" });
    expect([groups, runs]).toEqual([[{ value: 'north', count: 3, metrics: [] }], 3]);
    expect((await group({ run_view_type: 'DELETED_ONLY' })).groups).toEqual([]);
    const byParam = await group({ group_by: 'params.`depth`' });
    expect(byParam.groups.map(({ count }: { count: number }) => count)).toEqual([2, 3, 3]);
  });

  it('come in pages', async () => {
    const seen: unknown[] = [];
    let token: string | undefined = '';
    while (token !== undefined) {
      const page = await group({ max_results: 2, page_token: token });
      expect(page.runs).toBe(8);
      seen.push(...page.groups.map(({ value }: { value?: string }) => value));
      token = page.next_page_token;
    }
    expect(seen).toEqual(['', HOSTILE, 'north', 'south', undefined]);
  });

  it('are of the newest runs where there are more than are looked at', async () => {
    const found = await groupRuns(database, {
      experimentIds: [Number(experiment)],
      ...{ filter: '', view: 'ACTIVE_ONLY', metrics: [], size: 9, pageToken: '', most: 2 },
      by: parseOrderBy(['tags.team'], RUN_SEARCH)[0] ?? expect.fail(),
    });
    expect(found.runs).toBe(3);
    expect(found.groups.map(({ value }) => value)).toEqual(['', HOSTILE, null]);
  });

  describe('are refused with a reason', () => {
    it.each([
      [{ group_by: 'metrics.loss' }, 'names a param or a tag'],
      [{ group_by: 'nonsense' }, 'Invalid'],
      [{ filter: 'params.' }, 'Invalid'],
      [{ max_results: 0 }, '1 to 1000'],
      [{ max_results: 1001 }, '1 to 1000'],
      [{ metrics: Array.from({ length: 21 }, (_, index) => `m${index}`) }, '20 metrics'],
      [{ metrics: ['x'.repeat(251)] }, '250 letters'],
      [{ metrics: ['\0'] }, 'NUL'],
      [{ page_token: 'x' }, 'Invalid page token'],
      [{ experiment_ids: ['a'] }, 'Invalid'],
    ])('%j', async (body, reason) => {
      const asked = { experiment_ids: [experiment], group_by: 'tags.team', ...body };
      const answer = await post('runledger/v1/runs/groups', asked);
      expect([answer.status, answer.body.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
      expect(answer.body.message).toContain(reason);
    });
  });
});
