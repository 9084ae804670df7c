import { expect, it } from 'vitest';
import { createExperiment, createModel, createRun, createVersion } from '../support/api.js';
import { Client } from '../support/client.js';
import { onBothDatabases } from '../support/place.js';
import { startProbe } from '../support/probe.js';
import { startServer } from '../support/server.js';

const CLIENTS = 250;
const MILLISECONDS = 4_000;
/** A probe waits for nothing but its turn. Counted, not timed: a busy machine is slow with all. */
const MOST_OVERTAKEN = CLIENTS * 4;

interface Step {
  readonly experiment: string;
  readonly run: string;
  readonly step: number;
  readonly index: number;
}

const metric = (step: number) => ({ key: 'loss', value: step / 10, timestamp: step, step });

const search = (client: Client, { experiment }: Step) =>
  client.ok('POST', 'runs/search', { experiment_ids: [experiment], max_results: 5 });

/** One request of each kind; every one of them must be answered with 200. */
const KINDS: readonly ((client: Client, step: Step) => Promise<unknown>)[] = [
  search,
  (client, { run }) => client.ok('GET', 'runs/get', { run_id: run }),
  (client, { run }) => client.ok('GET', 'artifacts/list', { run_id: run }),
  (client, { index }) =>
    client.ok('POST', 'model-versions/set-tag', {
      ...{ name: 'load', version: '1', key: `k${index}`, value: 'x' },
    }),
  (client, { experiment }) => createRun(client, experiment),
  (client, { run, step }) =>
    client.ok('POST', 'runs/log-batch', {
      run_id: run,
      metrics: Array.from({ length: 20 }, (_, at) => ({ ...metric(step), key: `m${at}` })),
      params: [{ key: `p${step}`, value: 'x' }],
      tags: [{ key: 't', value: String(step) }],
    }),
  (client, { run, step }) => client.ok('POST', 'runs/log-metric', { run_id: run, ...metric(step) }),
];

onBothDatabases((newPlace) => {
  it.each([
    ['requests of all kinds', KINDS],
    ['searches', [search]],
  ])(`answers %s of ${CLIENTS} clients, and says that it is well`, async (_, kinds) => {
    const server = await startServer(await newPlace());
    const client = new Client(server.url, CLIENTS);
    const experiment = await createExperiment(client, 'load');
    await createModel(client, 'load');
    await createVersion(client, 'load');

    const probe = await startProbe(server.url);
    const end = Date.now() + MILLISECONDS;
    let answered = 0;
    await Promise.all(
      Array.from({ length: CLIENTS }, async (__, index) => {
        const run = await createRun(client, experiment);
        for (let step = 0; Date.now() < end || step < 2; step += 1) {
          await kinds[(step + index) % kinds.length]?.(client, { experiment, run, step, index });
          answered += 1;
          probe.count();
        }
      }),
    );
    const { answers, others, overtaken } = await probe.stop();
    expect(answered).toBeGreaterThanOrEqual(CLIENTS * 2);
    expect(others).toBe(0);
    expect(answers).toBeGreaterThan(0);
    expect(overtaken, 'answers while a probe waited').toBeLessThan(MOST_OVERTAKEN);
    // Slow is what a busy machine may be, and it says so now and then.
    const lines = server.log().split('\n').filter(Boolean);
    expect(lines.filter((line) => !/"msg":"slow (?:statement|request)"/.test(line))).toEqual([]);
    expect(lines.length).toBeLessThan(20);
    expect((await server.stop()).code).toBe(0);
    client.close();
  });
});
