import { badRequest } from '../../errors.js';
import type { Transaction } from '../../platform/db/database.js';
import type { LoggedModelPoint } from './logged-models.js';

/** The table and its columns, for whoever inserts many. */
export const POINTS = {
  table: 'logged_model_metrics',
  columns: {
    model: 'bigint',
    key: 'text',
    timestamp: 'bigint',
    step: 'bigint',
    run_id: 'text',
    value: 'double precision',
    dataset_name: 'text',
    dataset_digest: 'text',
  },
  // A point that is there already counts as written only when nothing of it would change.
  conflict:
    'on conflict (model, key, timestamp, step, run_id) do update set value = excluded.value ' +
    'where logged_model_metrics.value = excluded.value ' +
    'and logged_model_metrics.dataset_name is not distinct from excluded.dataset_name ' +
    'and logged_model_metrics.dataset_digest is not distinct from excluded.dataset_digest',
} as const;

type Row = readonly [
  model: number,
  key: string,
  timestamp: number | bigint,
  step: number | bigint,
  runId: string,
  value: number,
  datasetName: string | null,
  datasetDigest: string | null,
];

/**
 * Appends metric points to logged models inside the command that logs them to their run. A model
 * has one point for each key, timestamp, step and run; the same point again is ignored, and NaN
 * is stored as 0 (semantics-tracking 6).
 *
 * @throws MlflowError 400 for an unknown model, and for a point that is there with another value
 */
export async function appendModelMetrics(
  tx: Transaction,
  points: readonly LoggedModelPoint[],
): Promise<void> {
  const models = await findModels(tx, points);
  const rows = distinct(points.map((point) => toRow(point, models.get(point.modelId) ?? 0)));
  if ((await tx.insert(POINTS, rows)) === rows.length) return;
  throw changed();
}

async function findModels(
  tx: Transaction,
  points: readonly LoggedModelPoint[],
): Promise<ReadonlyMap<string, number>> {
  const models = new Map<string, number>();
  for (const { modelId } of points) {
    if (models.has(modelId)) continue;
    const row = await tx.first<{ id: number }>({
      sql: 'select id from logged_models where model_id = ?',
      bindings: [modelId],
    });
    if (row === undefined) throw badRequest(`Logged model with ID '${modelId}' not found.`);
    models.set(modelId, row.id);
  }
  return models;
}

const toRow = (point: LoggedModelPoint, model: number): Row => [
  model,
  point.key,
  point.timestamp,
  point.step,
  point.runId,
  point.isNan === 1 ? 0 : point.value,
  point.datasetName || null,
  point.datasetDigest || null,
];

/** PostgreSQL refuses a statement that writes one row twice. */
function distinct(rows: readonly Row[]): Row[] {
  const first = new Map<string, Row>();
  for (const row of rows) {
    const identity = row.slice(0, 5).map(String).join('\n');
    const known = first.get(identity);
    if (known === undefined) first.set(identity, row);
    else if (row.some((value, column) => value !== known[column])) throw changed();
  }
  return [...first.values()];
}

const changed = () =>
  badRequest(
    'A metric of a logged model can be logged once for each run, step and timestamp; ' +
      'it was already logged with another value or dataset.',
  );
