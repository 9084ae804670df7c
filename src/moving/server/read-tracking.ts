import type { Value } from '../family.js';
import { type Answer, integerOf, listOf, objectOf, pairsOf, pointOf, textOf } from './answer.js';
import { ask, inParallel, nextOf, type Reading, readPages, tokenOf } from './asking.js';
import { readPoints } from './read-points.js';
import type { StagedRows } from './tables.js';

const EXPERIMENTS_AT_ONCE = 500;
const RUNS_AT_ONCE = 200;

type Rows<Table extends keyof StagedRows> = NonNullable<StagedRows[Table]>[number][];

/** Experiments and runs, deleted ones too, with all that runs hold. */
export async function readTracking(reading: Reading): Promise<void> {
  await readExperiments(reading);
  let count = 0;
  for (const experiment of reading.staging.experiments()) {
    const deleted = reading.staging.deletion(experiment) ?? reading.began;
    const told = (what: string, rows: number) => reading.told(what, count + rows);
    let here = 0;
    await readPages({ ...reading, told }, `runs of ${experiment}`, 'runs', async (token) => {
      const answer = await ask(reading, {
        method: 'POST',
        path: '/api/2.0/mlflow/runs/search',
        body: {
          experiment_ids: [experiment],
          run_view_type: 'ALL',
          max_results: RUNS_AT_ONCE,
          ...tokenOf(token),
        },
      });
      const runs = listOf(answer.runs);
      here += runs.length;
      return { rows: rowsOf(runs, deleted), next: nextOf(answer), count: runs.length };
    });
    count += here;
  }
  await readPoints(reading);
}

const readExperiments = (reading: Reading) =>
  readPages(reading, 'experiments', 'experiments', async (token) => {
    const answer = await ask(reading, {
      path: '/api/2.0/mlflow/experiments/search',
      query: { view_type: 'ALL', max_results: EXPERIMENTS_AT_ONCE, ...tokenOf(token) },
    });
    const experiments = listOf(answer.experiments);
    return {
      next: nextOf(answer),
      count: experiments.length,
      rows: {
        experiments: experiments.map((one) => ({
          experiment_id: integerOf(one.experiment_id),
          name: textOf(one.name),
          artifact_location: textOf(one.artifact_location),
          lifecycle_stage: textOf(one.lifecycle_stage),
          creation_time: integerOf(one.creation_time),
          last_update_time: integerOf(one.last_update_time),
        })),
        experiment_tags: experiments.flatMap(({ experiment_id, tags }) =>
          pairsOf(tags).map((tag) => ({ ...tag, experiment_id: integerOf(experiment_id) })),
        ),
      },
    };
  });

function rowsOf(runs: readonly Answer[], deleted: Value): StagedRows {
  const rows = {
    ...{ runs: [] as Rows<'runs'>, params: [] as Rows<'params'>, tags: [] as Rows<'tags'> },
    latest_metrics: [] as Rows<'latest_metrics'>,
    datasets: [] as Rows<'datasets'>,
    ...{ inputs: [] as Rows<'inputs'>, input_tags: [] as Rows<'input_tags'> },
  };
  for (const run of runs) {
    const info = objectOf(run.info);
    const data = objectOf(run.data);
    const run_uuid = textOf(info.run_id) ?? textOf(info.run_uuid) ?? '';
    const isDeleted = info.lifecycle_stage === 'deleted';
    rows.runs.push({
      run_uuid,
      name: textOf(info.run_name),
      user_id: textOf(info.user_id),
      status: textOf(info.status),
      start_time: integerOf(info.start_time),
      end_time: integerOf(info.end_time),
      lifecycle_stage: textOf(info.lifecycle_stage),
      artifact_uri: textOf(info.artifact_uri),
      experiment_id: integerOf(info.experiment_id),
      // Nobody is told when it was deleted, but with its experiment; a long time ago would have it
      // collected at once.
      deleted_time: isDeleted ? deleted : null,
    });
    rows.params.push(...pairsOf(data.params).map((pair) => ({ ...pair, run_uuid })));
    rows.tags.push(...pairsOf(data.tags).map((pair) => ({ ...pair, run_uuid })));
    rows.latest_metrics.push(
      ...listOf(data.metrics).map((metric) => ({
        ...{ run_uuid, key: textOf(metric.key) },
        ...pointOf(metric),
      })),
    );
    addInputs(rows, run, run_uuid, integerOf(info.experiment_id));
  }
  return rows;
}

function addInputs(
  rows: { datasets: Rows<'datasets'>; inputs: Rows<'inputs'>; input_tags: Rows<'input_tags'> },
  run: Answer,
  run_id: string,
  experiment_id: Value,
): void {
  const inputs = objectOf(run.inputs);
  for (const { dataset: given, tags } of listOf(inputs.dataset_inputs)) {
    const dataset = objectOf(given);
    const [name, digest] = [textOf(dataset.name), textOf(dataset.digest)];
    const dataset_uuid = JSON.stringify([String(experiment_id), name, digest]);
    const input_uuid = `${run_id} ${dataset_uuid}`;
    rows.datasets.push({
      ...{ experiment_id, name, digest, dataset_uuid },
      dataset_source_type: textOf(dataset.source_type),
      dataset_source: textOf(dataset.source),
      dataset_schema: textOf(dataset.schema),
      dataset_profile: textOf(dataset.profile),
    });
    rows.inputs.push({
      ...{ source_type: 'DATASET', source_id: dataset_uuid },
      ...{ destination_type: 'RUN', destination_id: run_id, input_uuid, step: 0 },
    });
    rows.input_tags.push(
      ...pairsOf(tags).map(({ key, value }) => ({ input_uuid, name: key, value })),
    );
  }
  for (const { model_id } of listOf(inputs.model_inputs)) {
    rows.inputs.push({
      ...{ source_type: 'RUN_INPUT', source_id: run_id },
      ...{ destination_type: 'MODEL_INPUT', destination_id: textOf(model_id), step: 0 },
    });
  }
  for (const { model_id, step } of listOf(objectOf(run.outputs).model_outputs)) {
    rows.inputs.push({
      ...{ source_type: 'RUN_OUTPUT', source_id: run_id, destination_type: 'MODEL_OUTPUT' },
      ...{ destination_id: textOf(model_id), step: integerOf(step) ?? 0 },
    });
  }
}

/** Searches leave out which models went into a run, so that each run is asked for. */
export async function readModelInputs(reading: Reading): Promise<void> {
  const { staging, told } = reading;
  const part = 'model inputs';
  let place = staging.place(part);
  let count = 0;
  while (!place.isDone) {
    const runs = staging.runs(place.after ?? '', RUNS_AT_ONCE);
    const rows = { datasets: [], inputs: [] as Rows<'inputs'>, input_tags: [] };
    await inParallel(runs, async (run_id) => {
      const { run } = await ask(reading, { path: '/api/2.0/mlflow/runs/get', query: { run_id } });
      const { model_inputs } = objectOf(objectOf(run).inputs);
      addInputs(rows, { inputs: { model_inputs } }, run_id, null);
    });
    place = {
      after: runs.at(-1),
      isDone: runs.length < RUNS_AT_ONCE,
    };
    staging.put({ inputs: rows.inputs }, part, place);
    count += runs.length;
    told('reading model inputs of runs', count);
  }
}
