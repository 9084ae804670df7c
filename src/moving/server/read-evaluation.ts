import { createHash } from 'node:crypto';
import {
  isList,
  isObject,
  member,
  parseTagged,
  printTagged,
  type TaggedObject,
} from '../../platform/tagged-json.js';
import { type Answer, integerOf, listOf, mapOf, objectOf, textOf } from './answer.js';
import { ask, askIfKnown, inParallel, nextOf, type Reading, readPages, tokenOf } from './asking.js';
import type { StagedRows } from './tables.js';

const DATASETS_AT_ONCE = 100;
const RECORDS_AT_ONCE = 1_000;

/** Evaluation datasets with their records, and scorers. */
export async function readEvaluation(reading: Reading): Promise<void> {
  await readPages(reading, 'evaluation datasets', 'evaluation datasets', async (token) => {
    const answer = await askIfKnown(reading, {
      method: 'POST',
      path: '/api/3.0/mlflow/datasets/search',
      body: { max_results: DATASETS_AT_ONCE, ...tokenOf(token) },
    });
    const datasets = listOf(answer?.datasets);
    const experiments = await inParallel(datasets, ({ dataset_id }) =>
      ask(reading, {
        path: `/api/3.0/mlflow/datasets/${encodeURIComponent(String(dataset_id))}/experiment-ids`,
      }),
    );
    return {
      next: nextOf(answer ?? {}),
      count: datasets.length,
      rows: {
        ...datasetRows(datasets),
        entity_associations: datasets.flatMap(({ dataset_id }, at) => {
          const ids = experiments[at]?.experiment_ids;
          return (Array.isArray(ids) ? ids : []).map((id: unknown) => ({
            ...{ source_type: 'evaluation_dataset', source_id: textOf(dataset_id) },
            ...{ destination_type: 'experiment', destination_id: textOf(id) },
          }));
        }),
      },
    };
  });
  const rows = reading.staging.rows(
    'select dataset_id from evaluation_datasets where workspace = ?',
    [reading.staging.workspace],
  );
  for (const { dataset_id } of rows) await readRecords(reading, String(dataset_id));
  // Of deleted experiments nobody is told the scorers.
  for (const experiment of reading.staging.experiments('active'))
    await readScorers(reading, experiment);
}

const datasetRows = (datasets: readonly Answer[]): StagedRows => ({
  evaluation_datasets: datasets.map((one) => ({
    dataset_id: textOf(one.dataset_id),
    name: textOf(one.name),
    schema: textOf(one.schema),
    digest: textOf(one.digest),
    created_time: integerOf(one.created_time),
    last_update_time: integerOf(one.last_update_time),
    created_by: textOf(one.created_by),
    last_updated_by: textOf(one.last_updated_by),
  })),
  evaluation_dataset_tags: datasets.flatMap(({ dataset_id, tags }) =>
    mapOf(typeof tags === 'string' ? JSON.parse(tags) : tags).map((tag) => ({
      ...{ ...tag, dataset_id: textOf(dataset_id) },
    })),
  ),
});

const readRecords = (reading: Reading, dataset_id: string) =>
  readPages(reading, `records of ${dataset_id}`, 'records', async (token) => {
    const answer = await ask(reading, {
      path: `/api/3.0/mlflow/datasets/${encodeURIComponent(String(dataset_id))}/records`,
      query: { max_results: RECORDS_AT_ONCE, ...tokenOf(token) },
    });
    const parsed = parseTagged(textOf(answer.records) ?? '[]', 'records');
    const records = isList(parsed) ? parsed.filter(isObject) : [];
    return {
      next: nextOf(answer),
      count: records.length,
      rows: { evaluation_dataset_records: records.map((one) => recordRow(dataset_id, one)) },
    };
  });

function recordRow(dataset_id: string, record: TaggedObject) {
  const text = (name: string): string | null => {
    const value = member(record, name);
    return typeof value === 'string' ? value.slice(1) : null;
  };
  const json = (name: string): string | null => {
    const value = member(record, name);
    return value === undefined || value === null ? null : printTagged(value);
  };
  const inputs = member(record, 'inputs') ?? {};
  return {
    dataset_id,
    dataset_record_id: text('dataset_record_id'),
    // Nobody is told the hash, and everybody counts it alike.
    input_hash: createHash('sha256').update(printTagged(inputs, true)).digest('hex'),
    inputs: printTagged(inputs),
    outputs: json('outputs'),
    expectations: json('expectations'),
    tags: json('tags'),
    source: json('source'),
    source_id: text('source_id'),
    source_type: text('source_type'),
    created_time: integerOf(text('created_time')),
    last_update_time: integerOf(text('last_update_time')),
    created_by: text('created_by'),
    last_updated_by: text('last_updated_by'),
  };
}

/** Scorers with all their versions, and how they score as traces come in. */
async function readScorers(reading: Reading, experiment_id: string): Promise<void> {
  const { staging } = reading;
  const part = `scorers of ${experiment_id}`;
  if (staging.place(part).isDone) return;
  const answer = await askIfKnown(reading, {
    path: '/api/3.0/mlflow/scorers/list',
    query: { experiment_id },
  });
  const scorers = listOf(answer?.scorers);
  const versions = await inParallel(scorers, async ({ scorer_name }) =>
    listOf(
      (
        await ask(reading, {
          path: '/api/3.0/mlflow/scorers/versions',
          query: { experiment_id, name: textOf(scorer_name) ?? '' },
        })
      ).scorers,
    ),
  );
  const ids = scorers.flatMap(({ scorer_id }) => textOf(scorer_id) ?? []);
  const online =
    ids.length === 0
      ? undefined
      : await askIfKnown(reading, {
          path: '/api/3.0/mlflow/scorers/online-configs',
          query: { scorer_ids: ids },
        });
  const rows: StagedRows = {
    scorers: scorers.map((one) => ({
      scorer_id: textOf(one.scorer_id),
      experiment_id: integerOf(experiment_id),
      scorer_name: textOf(one.scorer_name),
    })),
    scorer_versions: versions.flat().map((one) => ({
      scorer_id: textOf(one.scorer_id),
      scorer_version: integerOf(one.scorer_version),
      serialized_scorer: textOf(one.serialized_scorer),
      creation_time: integerOf(one.creation_time),
    })),
    online_scoring_configs: listOf(online?.configs).map((one) => ({
      online_scoring_config_id: textOf(one.online_scoring_config_id),
      scorer_id: textOf(one.scorer_id),
      sample_rate: Number(objectOf(one).sample_rate ?? 0),
      filter_string: textOf(one.filter_string),
    })),
  };
  staging.put(rows, part, { after: undefined, isDone: true });
}
