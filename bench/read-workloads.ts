import type { Context, Driver } from './driver.js';
import type { Acknowledged } from './load.js';
import { RequestFactory } from './requests.js';
import { createRuns, fraction, inTurn, START_TIME } from './runs.js';
import type { Run, RunAnswer, SearchAnswer } from './wire.js';

const RUNS = 20;
const PAGE = 100;
const PAGE_BOUND = 0.5;
const FILTER_PARAM = { key: 'optimizer', value: 'adam' };

export async function getRun({ api, experimentId }: Context): Promise<Driver> {
  const runs = await createRuns(api, experimentId, RUNS);
  const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
  const metrics = numbers(50).map((i) => {
    return { key: `metric_${i}`, value: fraction(i), timestamp: START_TIME + i, step: i };
  });
  const params = numbers(50).map((i) => ({ key: `param_${i}`, value: `value ${fraction(i)}` }));
  // With the run's name and the three that it was created with: ten.
  const tags = numbers(6).map((i) => ({ key: `tag_${i}`, value: `something said about it, ${i}` }));
  for (const run_id of runs) await api.post('/runs/log-batch', { run_id, metrics, params, tags });

  const factory = new RequestFactory((id) => {
    return { method: 'GET', path: `/runs/get?run_id=${inTurn(runs, id)}` };
  });
  return {
    requests: async (count) => factory.endless(count),
    verify: async ({ sample }) =>
      sample.flatMap(({ id, body }) => {
        const { info, data } = (JSON.parse(body) as RunAnswer).run;
        const counts = [data.metrics, data.params, data.tags].map((items) => items?.length ?? 0);
        // The tag of the run's name is not there on every peer.
        const right = info.run_id === inTurn(runs, id) && /^50,50,(?:9|10)$/.test(counts.join());
        return right ? [] : [`a run came with ${counts.join(', ')} metrics, params, tags`];
      }),
  };
}

/** The page that the browser application opens with. */
export async function searchDefault({ seeded }: Context): Promise<Driver> {
  const experiment_ids = [await seeded()];
  const factory = new RequestFactory(() => {
    return { method: 'POST', path: '/runs/search', body: { experiment_ids, max_results: PAGE } };
  });
  const descending = (run: Run) => -run.info.start_time;
  return {
    requests: async (count) => factory.endless(count),
    verify: async ({ sample }) => sample.flatMap((answer) => complaintsAbout(answer, descending)),
  };
}

/** One run in four has the param; half of them, more or less by request, are above the metric. */
export async function searchFiltered({ seeded }: Context): Promise<Driver> {
  const factory = filteredSearches(await seeded());
  return {
    requests: async (count) => factory.endless(count),
    verify: async ({ sample }) =>
      sample.flatMap((answer) => {
        const matches = (run: Run) =>
          metricOf(run, 'accuracy') > boundOf(answer.id) && hasFilterParam(run);
        return complaintsAbout(answer, (run) => metricOf(run, 'loss'), matches);
      }),
  };
}

export function filteredSearches(experimentId: string): RequestFactory {
  return new RequestFactory((id) => {
    const body = filteredSearch(experimentId, boundOf(id));
    return { method: 'POST', path: '/runs/search', body };
  });
}

const boundOf = (id: number): number => Number((0.45 + (id % 100) / 1000).toFixed(3));

const filteredSearch = (experimentId: string, bound: number) => ({
  experiment_ids: [experimentId],
  filter: `metrics.accuracy > ${bound} and params.${FILTER_PARAM.key} = '${FILTER_PARAM.value}'`,
  order_by: ['metrics.loss ASC'],
  max_results: PAGE,
});

const hasFilterParam = ({ data }: Run): boolean =>
  data.params?.find(({ key }) => key === FILTER_PARAM.key)?.value === FILTER_PARAM.value;

/** A page of the runs of one filter, by a metric: the first, or one further on. */
export function searchPage(runs: number, page: number) {
  return async ({ api, seeded }: Context): Promise<Driver> => {
    const search = filteredSearch(await seeded(runs), PAGE_BOUND);
    let page_token: string | undefined;
    for (let left = page; left > 1; left--) {
      const body = { ...search, ...(page_token ? { page_token } : {}) };
      page_token = (await api.post<SearchAnswer>('/runs/search', body)).next_page_token;
      if (page_token === undefined) throw new Error(`there is no page ${page}`);
    }
    const body = { ...search, ...(page_token ? { page_token } : {}) };
    const factory = new RequestFactory(() => ({ method: 'POST', path: '/runs/search', body }));
    return {
      requests: async (count) => factory.endless(count),
      verify: async ({ sample }) =>
        sample.flatMap((answer) =>
          complaintsAbout(
            answer,
            (run) => metricOf(run, 'loss'),
            (run) => metricOf(run, 'accuracy') > PAGE_BOUND && hasFilterParam(run),
          ),
        ),
    };
  };
}

function complaintsAbout(
  { body }: Acknowledged,
  rank: (run: Run) => number,
  matches: (run: Run) => boolean = () => true,
): string[] {
  const { runs = [], next_page_token } = JSON.parse(body) as SearchAnswer;
  const complaints: string[] = [];
  if (runs.length !== PAGE) complaints.push(`a page of ${runs.length} runs`);
  if (next_page_token === undefined) complaints.push('a page without a next one');
  if (!runs.every(matches)) complaints.push('a run that does not match the filter');
  const ranks = runs.map(rank);
  const ordered = ranks.every((value, i) => i === 0 || value >= (ranks[i - 1] ?? value));
  if (!ordered) complaints.push('runs out of order');
  if (runs.some(({ data }) => data.metrics?.length !== 3 || data.params?.length !== 3)) {
    complaints.push('a run without all of its metrics and params');
  }
  return complaints;
}

function metricOf(run: Run, key: string): number {
  return run.data.metrics?.find((metric) => metric.key === key)?.value ?? Number.NaN;
}
