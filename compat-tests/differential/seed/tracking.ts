import { type Random, seededRandom } from '../../../src/platform/filter/testing/random.js';
import { at, type Pair } from '../support/pair.js';
import { jsonOf, KEYS, NUMBERS, TEXTS } from './values.js';

const API = '/api/2.0/mlflow';
const SEED = 20_260_101;
export const RUN_COUNT = 84;
const STATUSES = ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'] as const;
/** Unique, so that no order falls back on ids, and some of them are numbers that filters use. */
const START_TIMES = [undefined, 1, -1, 100, 1000, 1_700_000_000_000] as const;
const END_TIMES = [0, 1, 100, 1000, 1_700_000_000_000, 1_600_000_000_000, -1] as const;

const pairs = (random: Random, chance: number) =>
  KEYS.filter(() => random.chance(chance)).map((key) => ({ key, value: random.pick(TEXTS) }));

/** Experiments `a`, `b`, `c` hold the runs, `gone` too but it is deleted; others are empty. */
export async function seedExperiments(pair: Pair): Promise<void> {
  const random = seededRandom(SEED);
  const names = [...TEXTS.filter((text) => text !== ''), 'gone', 'gone too', 'resnet', 'a.b/c:d'];
  for (const [index, name] of names.entries()) {
    const tags = pairs(random, 0.3);
    const made = await pair.must('POST', `${API}/experiments/create`, { name, tags });
    const label = ['ea', 'eb', 'ec'][index] ?? (name === 'gone' ? 'egone' : `e${index}`);
    pair.bind(label, 'experiment', made, (json) => at(json, 'experiment_id'));
    if (index % 5 === 4) {
      const value = random.pick(TEXTS);
      const tag = { experiment_id: `@{${label}}`, key: random.pick(KEYS), value };
      await pair.must('POST', `${API}/experiments/set-experiment-tag`, tag);
    }
    if (name === 'gone too' || index % 8 === 7) {
      await pair.must('POST', `${API}/experiments/delete`, { experiment_id: `@{${label}}` });
    }
  }
}

/** Runs `r0` to `r83`, with all that a search can look at. */
export async function seedRuns(pair: Pair): Promise<void> {
  const random = seededRandom(SEED + 1);
  for (let index = 0; index < RUN_COUNT; index += 1) await seedRun(pair, random, index);
  await pair.must('POST', `${API}/experiments/delete`, { experiment_id: '@{egone}' });
}

async function seedRun(pair: Pair, random: Random, index: number): Promise<void> {
  const experiment = index % 12 === 11 ? 'egone' : (['ea', 'eb', 'ec'][index % 3] ?? 'ea');
  const start =
    index < START_TIMES.length
      ? START_TIMES[index]
      : 1_600_000_000_000 + ((index * 37) % 97) * 1000;
  const made = await pair.must('POST', `${API}/runs/create`, {
    experiment_id: `@{${experiment}}`,
    run_name: random.pick(TEXTS) || `run ${index}`,
    user_id: random.chance(0.2) ? undefined : random.pick(TEXTS),
    start_time: start,
    tags: random.chance(0.5) ? [{ key: 'mlflow.source.name', value: random.pick(TEXTS) }] : [],
  });
  const run = `@{r${index}}`;
  pair.bind(`r${index}`, 'id', made, (json) => at(json, 'run', 'info', 'run_id'));
  await pair.must('POST', `${API}/runs/log-batch`, jsonOf(batchOf(random, run)));
  if (random.chance(0.5)) await pair.must('POST', `${API}/runs/log-inputs`, inputsOf(random, run));
  if (random.chance(0.2)) {
    const models = [{ model_id: `m-${index}`, step: random.int(5) }];
    await pair.must('POST', `${API}/runs/outputs`, { run_id: run, models });
  }
  if (random.chance(0.7)) {
    const end_time = random.chance(0.7) ? random.pick(END_TIMES) : undefined;
    const update = { run_id: run, status: random.pick(STATUSES), end_time };
    await pair.must('POST', `${API}/runs/update`, update);
  }
  if (index % 10 === 7) await pair.must('POST', `${API}/runs/delete`, { run_id: run });
}

function batchOf(random: Random, run_id: string) {
  const metrics = KEYS.filter(() => random.chance(0.4)).flatMap((key) =>
    Array.from({ length: 1 + random.int(3) }, () => ({
      key,
      value: random.pick(NUMBERS),
      timestamp: 1_600_000_000_000 + random.int(3),
      step: random.int(3) - 1,
    })),
  );
  return { run_id, metrics, params: pairs(random, 0.4), tags: pairs(random, 0.4) };
}

function inputsOf(random: Random, run_id: string) {
  const names = ['a', 'b', 'x y', 'ä', 'ds-1'].filter(() => random.chance(0.3));
  const datasets = [...names, 'a'].slice(0, Math.max(names.length, 1)).map((name) => ({
    tags: random.chance(0.8)
      ? [{ key: 'mlflow.data.context', value: random.pick(['a', 'b', 'train', 'x y']) }]
      : [],
    dataset: {
      name,
      digest: random.pick(['a', '1', 'abc', 'x y']),
      source_type: 'local',
      source: `{"uri":"${name}"}`,
      ...(random.chance(0.5) ? { schema: '{"columns":[]}' } : {}),
      ...(random.chance(0.3) ? { profile: '{"rows":3}' } : {}),
    },
  }));
  const models = random.chance(0.3) ? [{ model_id: 'm-in' }] : [];
  return { run_id, datasets, models };
}
