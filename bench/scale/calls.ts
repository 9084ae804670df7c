import type { Api, Call } from '../api.js';
import { modelName, SOURCE } from '../fill/fill-registry.js';
import { createRunCall, fraction, inTurn, START_TIME } from '../runs.js';
import type { SearchAnswer } from '../wire.js';
import type { Filled } from './fill.js';
import { LONG_KEY, MODELS, PARAM, VERSIONS } from './fill.js';

/** A call that somebody waits for: a person at a page, or a training script. */
export interface Interactive {
  readonly name: string;
  /** A different one for each number, as far as there is something to differ in. */
  call(id: number): Call;
}

const PAGE = 100;
const NOW = START_TIME + 10_000_000_000;

const get = (name: string, path: string | ((id: number) => string)): Interactive => ({
  name,
  call: (id) => ({ method: 'GET', path: typeof path === 'string' ? path : path(id) }),
});

const post = (name: string, path: string, body: (id: number) => unknown): Interactive => ({
  name,
  call: (id) => ({ method: 'POST', path, body: body(id) }),
});

/** Every interactive call, over what has been filled in. Those that write come last. */
export async function interactiveCalls(api: Api, filled: Filled): Promise<readonly Interactive[]> {
  return [...(await searches(api, filled)), ...reads(filled), ...registry(), ...writes(filled)];
}

async function searches(api: Api, { large, small }: Filled): Promise<readonly Interactive[]> {
  const filtered = (id: number) => ({
    experiment_ids: [large],
    filter: `metrics.metric_0 > ${0.45 + (id % 100) / 1000} and params.${PARAM} = 'adam'`,
    order_by: ['metrics.metric_1 ASC'],
    max_results: PAGE,
  });
  const first = { experiment_ids: [large], max_results: PAGE };
  const search = (name: string, body: (id: number) => unknown) => post(name, '/runs/search', body);
  const tenth = async (name: string, body: Readonly<Record<string, unknown>>) => {
    const page_token = await tenthPage(api, body);
    return search(name, () => ({ ...body, page_token }));
  };
  return [
    search('search-runs', () => first),
    await tenth('search-runs, page 10', first),
    search('search-runs filtered', filtered),
    await tenth('search-runs filtered, page 10', filtered(0)),
    search('search-runs by a rare metric', (id) => ({
      ...filtered(id),
      filter: `metrics.metric_2 > ${0.999 + (id % 10) / 100_000}`,
    })),
    search('search-runs by a param', () => ({ ...first, filter: `params.${PARAM} = 'adam'` })),
    search('search-runs by a rare param', () => ({ ...first, filter: "params.param_9 = '77'" })),
    search('search-runs by a tag', () => ({ ...first, filter: "tags.mlflow.user = 'ada'" })),
    search('search-runs by name', (id) => ({
      ...first,
      filter: `attributes.run_name = 'seeded-${id}'`,
    })),
    search('search-runs of 10 experiments', () => ({
      experiment_ids: small.slice(0, 10),
      max_results: PAGE,
    })),
  ];
}

async function tenthPage(api: Api, body: Readonly<Record<string, unknown>>): Promise<string> {
  let page_token: string | undefined;
  for (let page = 1; page < 10; page++) {
    const asked = { ...body, ...(page_token ? { page_token } : {}) };
    page_token = (await api.post<SearchAnswer>('/runs/search', asked)).next_page_token;
    if (page_token === undefined) throw new Error('there is no tenth page: fill in more runs');
  }
  return page_token ?? '';
}

function reads({ runIds, longRun, hugeRun, small }: Filled): readonly Interactive[] {
  const history = `run_id=${longRun}&metric_key=${LONG_KEY}`;
  const samples = (runs: string) =>
    `/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval?${runs}&max_results=320`;
  return [
    get('get-run', (id) => `/runs/get?run_id=${inTurn(runIds, id)}`),
    get(
      'get-history',
      (id) => `/metrics/get-history?run_id=${inTurn(runIds, id)}&metric_key=metric_3`,
    ),
    get('get-history of 100,000', `/metrics/get-history?${history}`),
    get('get-history, 1,000 of 100,000', `/metrics/get-history?${history}&max_results=1000`),
    get('sampling 100,000 points', samples(`run_ids=${longRun}&metric_key=${LONG_KEY}`)),
    get('sampling 1,000,000 points', samples(`run_ids=${hugeRun}&metric_key=${LONG_KEY}`)),
    get('sampling 20 runs', (id) => {
      const ids = Array.from({ length: 20 }, (_, i) => `run_ids=${inTurn(runIds, id + i)}`);
      return samples(`${ids.join('&')}&metric_key=metric_3`);
    }),
    post('search-experiments', '/experiments/search', () => ({ max_results: 25 })),
    post('search-experiments by name', '/experiments/search', () => ({
      max_results: 25,
      filter: "name LIKE '%scale-1%'",
    })),
    get('get-experiment', (id) => `/experiments/get?experiment_id=${inTurn(small, id)}`),
    get('get-experiment-by-name', '/experiments/get-by-name?experiment_name=scale-7'),
  ];
}

function registry(): readonly Interactive[] {
  const name = (id: number) => modelName(id % MODELS);
  return [
    get('registered-models/get', (id) => `/registered-models/get?name=${name(id)}`),
    get('registered-models/search', `/registered-models/search?max_results=${PAGE}`),
    get('registered-models/search by name', (id) => {
      return `/registered-models/search?filter=${encodeURIComponent(`name LIKE '%${id % MODELS}%'`)}`;
    }),
    get('model-versions/search', `/model-versions/search?max_results=${PAGE}`),
    get('model-versions/search of a model', (id) => {
      return `/model-versions/search?filter=${encodeURIComponent(`name='${name(id)}'`)}`;
    }),
    get('model-versions/get', (id) => `/model-versions/get?name=${name(id)}&version=1`),
    post('get-latest-versions', '/registered-models/get-latest-versions', (id) => ({
      name: name(id),
    })),
    post('model-versions/create', '/model-versions/create', (id) => ({
      name: name(id),
      source: SOURCE,
    })),
    post('transition-stage', '/model-versions/transition-stage', (id) => ({
      name: name(id),
      version: String((id % VERSIONS) + 1),
      stage: 'Staging',
      archive_existing_versions: true,
    })),
    post('registered-models/alias', '/registered-models/alias', (id) => ({
      ...{ name: name(id), alias: 'champion', version: '1' },
    })),
  ];
}

function writes({ large, runIds }: Filled): readonly Interactive[] {
  const run_id = (id: number) => inTurn(runIds, id);
  const point = (id: number, i = 0) => ({
    ...{ key: `metric_${i}`, value: fraction(id + i), timestamp: NOW + id, step: 20 + id },
  });
  const ten = Array.from({ length: 10 }, (_, i) => i);
  return [
    { name: 'create-run', call: (id) => createRunCall(large, `new-${id}`, NOW + id) },
    post('log-metric', '/runs/log-metric', (id) => ({ run_id: run_id(id), ...point(id) })),
    post('log-batch of 10 points', '/runs/log-batch', (id) => ({
      run_id: run_id(id),
      metrics: ten.map((i) => point(id, i)),
    })),
    post('log-parameter', '/runs/log-parameter', (id) => ({
      ...{ run_id: run_id(id), key: `new_${id}`, value: 'x' },
    })),
    post('set-tag', '/runs/set-tag', (id) => ({ run_id: run_id(id), key: 'note', value: `${id}` })),
    post('update-run', '/runs/update', (id) => ({
      ...{ run_id: run_id(id), status: 'FINISHED', end_time: NOW + id },
    })),
  ];
}
