import { type Random, seededRandom } from '../../../src/platform/filter/testing/random.js';
import { at, type Pair } from '../support/pair.js';
import { KEYS, NAMES, TEXTS } from './values.js';

const API = '/api/2.0/mlflow';
const PROMPT = 'mlflow.prompt.is_prompt';
const STAGES = ['Staging', 'Production', 'Archived', 'None'] as const;

const tagsOf = (random: Random, chance: number) =>
  KEYS.filter(() => random.chance(chance)).map((key) => ({ key, value: random.pick(TEXTS) }));

/** Registered models named as in NAMES, six prompts, and some versions of each. */
export async function seedRegistry(pair: Pair): Promise<void> {
  const random = seededRandom(20_260_102);
  for (const name of NAMES) await seedModel(pair, random, name, undefined);
  const flags = ['true', 'True', 'false', 'true', '', 'true'];
  for (const [index, flag] of flags.entries()) {
    await seedModel(pair, random, `prompt ${index}`, flag);
  }
  for (const name of ['zebra', 'prompt 3']) {
    const value = name === 'zebra' ? 'true' : 'false';
    const body = { name, key: PROMPT, value };
    await pair.must('POST', `${API}/registered-models/set-tag`, body);
  }
}

async function seedModel(pair: Pair, random: Random, name: string, flag: string | undefined) {
  const prompt = flag === undefined ? [] : [{ key: PROMPT, value: flag }];
  await pair.must('POST', `${API}/registered-models/create`, {
    name,
    description: random.chance(0.5) ? random.pick(TEXTS) : undefined,
    tags: [...tagsOf(random, 0.35), ...prompt],
  });
  const versions = random.int(5);
  for (let version = 1; version <= versions; version += 1) {
    await pair.must('POST', `${API}/model-versions/create`, {
      name,
      source:
        flag?.toLowerCase() === 'true' ? 'dummy-source' : `s3://bucket/${name}/${version % 3}`,
      run_id: random.chance(0.4) ? random.pick(['a', 'b', '@{r1}', '@{r2}']) : undefined,
      description: random.chance(0.3) ? random.pick(TEXTS) : undefined,
      run_link: random.chance(0.2) ? 'a' : undefined,
      tags: [...tagsOf(random, 0.3), ...prompt],
    });
    await change(pair, random, name, String(version));
  }
}

async function change(pair: Pair, random: Random, name: string, version: string): Promise<void> {
  if (random.chance(0.5)) {
    const archive_existing_versions = false;
    const body = { name, version, stage: random.pick(STAGES), archive_existing_versions };
    await pair.must('POST', `${API}/model-versions/transition-stage`, body);
  }
  for (const alias of ['champion', 'Ä', 'a-b']) {
    if (!random.chance(0.25)) continue;
    await pair.must('POST', `${API}/registered-models/alias`, { name, alias, version });
  }
  if (random.chance(0.3)) {
    const body = { name, version, description: random.pick([...TEXTS, undefined]) };
    await pair.must('PATCH', `${API}/model-versions/update`, body);
  }
  if (random.chance(0.15)) {
    await pair.must('DELETE', `${API}/model-versions/delete`, { name, version });
  }
}

const LOGGED_NAMES = [...NAMES, 'a', 'b'];
export const LOGGED_COUNT = LOGGED_NAMES.length;

/** Logged models `m0` and on, with metrics on datasets. */
export async function seedLoggedModels(pair: Pair): Promise<void> {
  const random = seededRandom(20_260_103);
  for (const [index, name] of LOGGED_NAMES.entries()) {
    const experiment_id = `@{${['ea', 'eb', 'ec'][index % 3]}}`;
    const made = await pair.must('POST', `${API}/logged-models`, {
      ...{ experiment_id, name },
      model_type: random.chance(0.7) ? random.pick(['a', 'b', 'Agent', '']) : undefined,
      source_run_id: random.chance(0.5) ? random.pick(['@{r1}', '@{r2}', 'a']) : undefined,
      params: tagsOf(random, 0.35),
      tags: tagsOf(random, 0.35),
    });
    const model = `@{m${index}}`;
    pair.bind(`m${index}`, 'id', made, (json) => at(json, 'model', 'info', 'model_id'));
    for (const key of KEYS.filter(() => random.chance(0.35))) {
      await seedModelMetric(pair, random, model, key);
    }
    if (random.chance(0.6)) {
      const status = random.pick(['LOGGED_MODEL_READY', 'LOGGED_MODEL_UPLOAD_FAILED']);
      await pair.must('PATCH', `${API}/logged-models/${model}`, { model_id: model, status });
    }
    if (index % 9 === 8) await pair.must('DELETE', `${API}/logged-models/${model}`);
  }
}

async function seedModelMetric(pair: Pair, random: Random, model_id: string, key: string) {
  const dataset = random.chance(0.6)
    ? { dataset_name: random.pick(['a', 'b', 'x y']), dataset_digest: random.pick(['a', '1']) }
    : {};
  for (const timestamp of [1_600_000_000_000, 1_600_000_000_001].slice(random.int(2))) {
    await pair.must('POST', `${API}/runs/log-metric`, {
      ...{ run_id: random.pick(['@{r1}', '@{r2}']), model_id, key, timestamp },
      value: random.pick([0, 1, -1, 0.5, 1.5, 100, 1000, 'NaN', 'Infinity', 1e308]),
      step: random.int(2),
      ...dataset,
    });
  }
}
