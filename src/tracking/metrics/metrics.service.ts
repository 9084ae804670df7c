import { invalidParameter } from '../../errors.js';
import type { Database, Transaction } from '../../platform/db/database.js';
import { type CheckNewParams, unchecked } from '../../platform/keeper.js';
import { storeParams } from '../runs/params.rules.js';
import {
  checkParam,
  checkTag,
  type KeyValue,
  type RunKey,
  type ValueLimits,
} from '../runs/runs.js';
import type { RunStore } from '../runs/runs.store.js';
import {
  checkBatchRunId,
  checkMetric,
  type MetricInput,
  type MetricPoint,
  type ModelPoint,
  modelPoints,
} from './metrics.js';
import type { MetricStore } from './metrics.store.js';

/** What metrics need of runs. */
export interface WritableRuns {
  /** @throws MlflowError 404 when there is no such run, 400 when it is deleted */
  lock(tx: Transaction, runId: string): Promise<RunKey>;
  setTags(tx: Transaction, id: number, tags: readonly KeyValue[]): Promise<void>;
}

/** Appends points to logged models; refuses an unknown model. */
export type AppendModelMetrics = (
  tx: Transaction,
  points: readonly (ModelPoint & { readonly runId: string })[],
) => Promise<void>;

export interface Batch {
  readonly runId: string;
  readonly metrics: readonly MetricInput[];
  readonly params: readonly KeyValue[];
  readonly tags: readonly KeyValue[];
}

/** Told of points right after they were stored. */
export interface Growth {
  grew(tx: Transaction, run: RunKey, points: readonly MetricPoint[]): Promise<void>;
}

/** Logs metrics, and batches of metrics, params and tags. Each call is one transaction. */
export class MetricService {
  readonly #database: Database;
  readonly #store: MetricStore;
  readonly #params: RunStore;
  readonly #runs: WritableRuns;
  readonly #appendModelMetrics: AppendModelMetrics;
  readonly #limits: ValueLimits;
  readonly #growth: Growth;

  constructor(
    database: Database,
    store: MetricStore,
    params: RunStore,
    runs: WritableRuns,
    appendModelMetrics: AppendModelMetrics,
    limits: ValueLimits,
    growth: Growth,
  ) {
    this.#database = database;
    this.#store = store;
    this.#params = params;
    this.#runs = runs;
    this.#appendModelMetrics = appendModelMetrics;
    this.#limits = limits;
    this.#growth = growth;
  }

  async logMetric(runId: string, metric: MetricInput): Promise<void> {
    const points = [checkMetric(metric)];
    const ofModels = modelPoints([metric], points);
    await this.#database.write(async (tx) => {
      const run = await this.#runs.lock(tx, runId);
      await this.#append(tx, run, points);
      await this.#appendTo(tx, run, ofModels);
    });
  }

  /** Stores all of a batch or nothing. Checks come in MLflow's order (semantics-tracking 7). */
  async logBatch(batch: Batch, check: CheckNewParams = unchecked): Promise<void> {
    checkBatchRunId(batch.runId);
    const points = batch.metrics.map((metric, index) => checkMetric(metric, index));
    const params = batch.params.map((param, index) => checkParam(param, this.#limits, index));
    const tags = batch.tags.map((tag, index) => checkTag(tag, this.#limits, index));
    checkCounts(points.length, params.length, tags.length);
    checkDistinct(params);
    const ofModels = modelPoints(batch.metrics, points);
    await this.#database.write(async (tx) => {
      const run = await this.#runs.lock(tx, batch.runId);
      if (params.length > 0) await storeParams(this.#params, tx, run, params, 'batch', check);
      await this.#append(tx, run, points);
      await this.#appendTo(tx, run, ofModels);
      if (tags.length > 0) await this.#runs.setTags(tx, run.id, tags);
    });
  }

  async #append(tx: Transaction, run: RunKey, points: readonly MetricPoint[]): Promise<void> {
    await this.#store.append(tx, run, points);
    await this.#growth.grew(tx, run, points);
  }

  async #appendTo(tx: Transaction, run: RunKey, points: readonly ModelPoint[]): Promise<void> {
    if (points.length === 0) return;
    await this.#appendModelMetrics(
      tx,
      points.map((point) => ({ ...point, runId: run.run_id })),
    );
  }
}

function checkCounts(metrics: number, params: number, tags: number): void {
  checkCount('metrics', metrics, 1_000);
  checkCount('params', params, 100);
  checkCount('tags', tags, 100);
  checkCount('metrics, params, and tags', metrics + params + tags, 1_000);
}

function checkCount(what: string, count: number, max: number): void {
  if (count <= max) return;
  throw invalidParameter(
    `A batch logging request can contain at most ${max} ${what}. Got ${count} ${what}. Please split up ${what} across multiple requests and try again.`,
  );
}

function checkDistinct(params: readonly KeyValue[]): void {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const { key } of params) (seen.has(key) ? twice : seen).add(key);
  if (twice.size === 0) return;
  const keys = [...twice].map((key) => `'${key}'`).join(', ');
  throw invalidParameter(
    `Duplicate parameter keys have been submitted: [${keys}]. Please ensure the request contains only one param value per param key.`,
  );
}
