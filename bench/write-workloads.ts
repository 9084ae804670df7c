import type { Call } from './api.js';
import type { Context, Driver } from './driver.js';
import type { Acknowledged } from './load.js';
import { RequestFactory } from './requests.js';
import { createRunCall, createRuns, fraction, inTurn, readRun, START_TIME } from './runs.js';
import type { Pair, RunAnswer } from './wire.js';

const BATCH_PARAMS = 100;
export async function createRun({ api, experimentId }: Context): Promise<Driver> {
  const nameOf = (id: number) => `created-${id}`;
  const factory = new RequestFactory((id) =>
    createRunCall(experimentId, nameOf(id), START_TIME + id),
  );
  return {
    requests: async (count) => factory.endless(count),
    verify: ({ sample }) =>
      eachOf(sample, async ({ id, body }) => {
        const { run } = JSON.parse(body) as RunAnswer;
        const stored = await readRun(api, run.info.run_id);
        const { run_name, start_time } = stored.info;
        const right = run_name === nameOf(id) && start_time === START_TIME + id;
        // MLflow adds one for the run's name, and not every peer does.
        const tags = stored.data.tags?.length ?? 0;
        return right && tags >= 3 ? [] : [`run ${nameOf(id)} is not there`];
      }),
  };
}

/** Params can be written once, so each request has a run of its own, as a client logs them. */
export async function logParams({ api, experimentId }: Context): Promise<Driver> {
  const runs: string[] = [];
  const paramsOf = (id: number): Pair[] =>
    Array.from({ length: BATCH_PARAMS }, (_, i) => ({
      key: `model.layer_${i}.width`,
      value: String(fraction(id * BATCH_PARAMS + i)),
    }));
  const factory = new RequestFactory((id): Call => {
    const body = { run_id: inTurn(runs, id), params: paramsOf(id) };
    return { method: 'POST', path: '/runs/log-batch', body };
  });
  return {
    requests: async (count) => {
      const missing = factory.nextId + count - runs.length;
      if (missing > 0) runs.push(...(await createRuns(api, experimentId, missing)));
      return factory.bounded(count);
    },
    verify: ({ sample }) =>
      eachOf(sample, async ({ id }) => {
        const stored = await readRun(api, inTurn(runs, id));
        const values = new Map(stored.data.params?.map(({ key, value }) => [key, value]));
        const missing = paramsOf(id).filter(({ key, value }) => values.get(key) !== value);
        return missing.length === 0 ? [] : [`${missing.length} params of a batch are not there`];
      }),
  };
}

async function eachOf(
  sample: readonly Acknowledged[],
  complaintsAbout: (acknowledged: Acknowledged) => Promise<string[]>,
): Promise<string[]> {
  const complaints: string[] = [];
  for (const acknowledged of sample) complaints.push(...(await complaintsAbout(acknowledged)));
  return complaints;
}
