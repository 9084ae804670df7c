import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { ServerRefusal, type ServerRequest } from '../../platform/outgoing/server-client.js';
import { newFolder } from '../../testing/new-folder.js';
import { readPoints } from './read-points.js';
import { StagingStore } from './staging.store.js';

const CAP = 25_000;

interface Told {
  readonly key: string;
  readonly run: string;
  readonly points: number;
  readonly isNan?: boolean;
}

/** Answers as servers of MLflow do: 25,000 points of all runs together, and no more runs than so many. */
function answering(told: readonly Told[], mostRuns: number) {
  const asked: ServerRequest[] = [];
  const pointsOf = (key: string, run: string) => {
    const { points = 0, isNan = false } =
      told.find((each) => each.key === key && each.run === run) ?? {};
    return Array.from({ length: points }, (_, at) => ({
      ...{ key, run_id: run, value: isNan ? 'NaN' : at, timestamp: at, step: 0 },
    }));
  };
  const text = async (wanted: ServerRequest): Promise<string> => {
    asked.push(wanted);
    const { run_id = '', metric_key = '', page_token = 0 } = wanted.query ?? {};
    const key = String(metric_key);
    if (!wanted.path.endsWith('bulk')) {
      const from = Number(page_token);
      const all = pointsOf(key, String(run_id));
      const next_page_token = from + CAP < all.length ? String(from + CAP) : undefined;
      return JSON.stringify({ metrics: all.slice(from, from + CAP), next_page_token });
    }
    const runs = [run_id].flat() as string[];
    if (runs.length > mostRuns) throw new ServerRefusal(400, 'too many runs');
    const metrics = runs.toSorted().flatMap((run) => pointsOf(key, run));
    // As Python prints it, which is no JSON.
    return JSON.stringify({ metrics: metrics.slice(0, CAP) }).replaceAll('"NaN"', 'NaN');
  };
  return { text, asked };
}

const runsIn = (told: readonly Told[]) => ({
  experiments: [{ experiment_id: 1 }],
  runs: told.map(({ run }) => ({ run_uuid: run, experiment_id: 1 })),
});

async function reading(told: readonly Told[], mostRuns = 100) {
  const staging = new StagingStore(join(newFolder(), 'staging.db'));
  onTestFinished(() => staging.close());
  staging.put({
    ...runsIn(told),
    latest_metrics: told.map(({ key, run, points, isNan = false }) => ({
      ...{ key, run_uuid: run, value: 0, step: 0, timestamp: points - 1, is_nan: isNan ? 1 : 0 },
    })),
  });
  const server = answering(told, mostRuns);
  const client = { text: server.text, bytes: () => Promise.reject(new Error('not asked')) };
  const read = () => readPoints({ client, staging, began: 0, told: () => undefined });
  const counts = () =>
    staging.rows('select key, run_uuid as run, count(*) as points from metrics group by 1, 2');
  return { staging, asked: server.asked, read, counts };
}

const runsOf = (key: string, count: number, points: number): Told[] =>
  Array.from({ length: count }, (_, at) => ({ key, run: `r${1_000 + at}`, points }));

it('asks for short histories together, and once', async () => {
  const told = [...runsOf('a', 150, 3), ...runsOf('b', 2, 3)];
  const { asked, read, counts } = await reading(told);
  await read();
  expect(asked).toHaveLength(3);
  expect(counts()).toEqual(told);
});

it.each([20, 1, 0])('asks servers that take %i runs at once for no more', async (most) => {
  const told = runsOf('a', 45, 3);
  const { read, counts } = await reading(told, most);
  await read();
  expect(counts()).toEqual(told);
});

it('asks again, for fewer, where there are more points than an answer holds', async () => {
  const told = [
    ...runsOf('a', 3, 12_000),
    { key: 'long', run: 'r1', points: 60_000 },
    { key: 'nan', run: 'r1', points: 1, isNan: true },
    { key: 'nan', run: 'r2', points: 2 },
  ];
  const { read, counts } = await reading(told);
  await read();
  expect(counts()).toEqual(told.map(({ key, run, points }) => ({ key, run, points })));
});

it('reads those again that have got new points, and no others', async () => {
  const told = runsOf('a', 3, 3);
  const { staging, asked, read, counts } = await reading(told);
  await read();
  asked.length = 0;
  staging.lookAgain();
  staging.put({
    ...runsIn(told),
    latest_metrics: told.map(({ key, run }, at) => ({
      ...{ key, run_uuid: run, value: 0, step: 0, is_nan: 0, timestamp: at === 1 ? 9 : 2 },
    })),
  });
  await read();
  expect(asked.map(({ query }) => query?.run_id)).toEqual(['r1001']);
  expect(counts()).toEqual(told);
});
