import { type Answer, doubleOf, integerOf, listOf, objectOf, pairsOf, textOf } from './answer.js';
import { askIfKnown, nextOf, type Reading, readPages, tokenOf } from './asking.js';
import type { StagedRows } from './tables.js';

const AT_ONCE = 50;
const STATUS: Readonly<Record<string, number>> = {
  LOGGED_MODEL_STATUS_UNSPECIFIED: 0,
  LOGGED_MODEL_PENDING: 1,
  LOGGED_MODEL_READY: 2,
  LOGGED_MODEL_UPLOAD_FAILED: 3,
};

/** Logged models, which servers have from MLflow 3 on. */
export async function readLoggedModels(reading: Reading): Promise<void> {
  let count = 0;
  for (const experiment of reading.staging.experiments()) {
    const told = (what: string, rows: number) => reading.told(what, count + rows);
    let here = 0;
    const part = `logged models of ${experiment}`;
    await readPages({ ...reading, told }, part, 'logged models', async (token) => {
      const answer = await askIfKnown(reading, {
        method: 'POST',
        path: '/api/2.0/mlflow/logged-models/search',
        body: { experiment_ids: [experiment], max_results: AT_ONCE, ...tokenOf(token) },
      });
      const models = listOf(answer?.models);
      here += models.length;
      return { rows: modelRows(models), next: nextOf(answer ?? {}), count: models.length };
    });
    count += here;
  }
}

/** @param stage of all of them, which no answer tells */
export function modelRows(
  models: readonly Answer[],
  stage: 'active' | 'deleted' = 'active',
): StagedRows {
  const told = models.map((model) => ({ info: objectOf(model.info), data: objectOf(model.data) }));
  return {
    logged_models: told.map(({ info }) => ({
      model_id: textOf(info.model_id),
      experiment_id: integerOf(info.experiment_id),
      name: textOf(info.name),
      artifact_location: textOf(info.artifact_uri),
      creation_timestamp_ms: integerOf(info.creation_timestamp_ms),
      last_updated_timestamp_ms: integerOf(info.last_updated_timestamp_ms),
      status: STATUS[textOf(info.status) ?? ''] ?? 0,
      model_type: textOf(info.model_type),
      source_run_id: textOf(info.source_run_id),
      status_message: textOf(info.status_message),
      lifecycle_stage: stage,
    })),
    logged_model_params: told.flatMap(({ info, data }) =>
      pairsOf(data.params).map(({ key, value }) => ({
        ...{ model_id: textOf(info.model_id), param_key: key, param_value: value },
      })),
    ),
    logged_model_tags: told.flatMap(({ info }) =>
      pairsOf(info.tags).map(({ key, value }) => ({
        ...{ model_id: textOf(info.model_id), tag_key: key, tag_value: value },
      })),
    ),
    logged_model_metrics: told.flatMap(({ info, data }) =>
      listOf(data.metrics).map((metric) => ({
        model_id: textOf(info.model_id),
        metric_name: textOf(metric.key),
        metric_timestamp_ms: integerOf(metric.timestamp) ?? 0,
        metric_step: integerOf(metric.step) ?? 0,
        run_id: textOf(metric.run_id) ?? '',
        metric_value: doubleOf(metric.value),
        dataset_name: textOf(metric.dataset_name),
        dataset_digest: textOf(metric.dataset_digest),
      })),
    ),
  };
}
