import { notFound } from '../../errors.js';
import type { Database, Reader, Transaction } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import { newHexId } from '../../platform/ids.js';
import type { Trail } from '../../platform/trail.js';
import type { PromptVersion, TraceLinkStore } from './links.store.js';
import { COUNTED_KEYS, type Counted, printNumbers, readNumbers } from './trace-numbers.js';
import {
  folderOf,
  METADATA,
  noTrace,
  type StoredTrace,
  TAG,
  type TraceSelection,
  type TraceState,
} from './traces.js';
import type { AssessmentWriter } from './traces.ports.js';
import {
  checkFirstTags,
  checkMetadata,
  checkPreview,
  checkTraceId,
  checkTraceTag,
  refuseOwnTag,
  type ValueLimits,
} from './traces.rules.js';
import type { TraceRow, TraceStore } from './traces.store.js';
import { checkTimestamp } from './wire-time.js';

/** What traces need of experiments. */
export interface ActiveExperiments {
  /** @throws MlflowError 404 when there is no such experiment, 400 when it is deleted */
  get(
    reader: Reader,
    experimentId: string,
  ): Promise<{ readonly id: number; readonly artifactLocation: string }>;
}

type TextMap = ReadonlyMap<string, string>;

export interface TraceRequest {
  readonly traceId: string;
  readonly experimentId: string;
  readonly timestamp: number;
  readonly duration: number | undefined;
  readonly state: TraceState;
  readonly clientRequestId: string | undefined;
  readonly requestPreview: string | undefined;
  readonly responsePreview: string | undefined;
  readonly tags: TextMap;
  readonly metadata: TextMap;
  readonly assessments: readonly unknown[];
}

export interface TraceParts {
  readonly database: Database;
  readonly store: TraceStore;
  readonly links: TraceLinkStore;
  readonly experiments: ActiveExperiments;
  readonly assessments: AssessmentWriter;
  readonly trail: Trail;
  readonly limits: ValueLimits;
}

/** The commands of traces. Each is one transaction. */
export class TraceService {
  readonly #parts: TraceParts;

  constructor(parts: TraceParts) {
    this.#parts = parts;
  }

  /**
   * Makes a trace, or merges what is sent into one that spans or an earlier call have made:
   * scalars are replaced, tags and metadata are added.
   */
  async start(request: TraceRequest): Promise<TraceRow> {
    const { database, store, experiments, assessments, limits } = this.#parts;
    checkTraceId(request.traceId);
    const tags = checkFirstTags(request.tags, limits);
    const metadata = checkMetadata(request.metadata, limits);
    metadata.set(METADATA.finalized, 'true');
    const { traceId } = request;
    return database.write(async (tx) => {
      const experiment = await experiments.get(tx, request.experimentId);
      const info = infoOf(request, experiment.id);
      const isNew = (await store.insert(tx, [info])) === 1;
      const stored = await this.#lock(tx, traceId);
      if (!isNew) await store.update(tx, stored.id, { ...info, ...previewsOf(info, stored) });
      tags.set(TAG.artifactLocation, folderOf(experiment.artifactLocation, traceId));
      await this.#addMaps(tx, stored.id, tags, metadata, isNew);
      if (request.assessments.length > 0) {
        await assessments.insertAll(tx, stored.id, request.assessments);
      }
      return this.#reread(tx, traceId);
    });
  }

  /** Makes a trace whose end is told later, as clients of MLflow 2 do. */
  async startV2(request: {
    readonly experimentId: string;
    readonly timestamp: number | bigint;
    readonly tags: TextMap;
    readonly metadata: TextMap;
  }): Promise<TraceRow> {
    const { database, store, experiments, limits } = this.#parts;
    const timestamp_ms = checkTimestamp(request.timestamp, 'timestamp_ms');
    const tags = checkFirstTags(request.tags, limits);
    const metadata = checkMetadata(request.metadata, limits);
    const traceId = newHexId();
    return database.write(async (tx) => {
      const experiment = await experiments.get(tx, request.experimentId);
      const info = { ...NOTHING, timestamp_ms, state: 'IN_PROGRESS' } as const;
      await store.insert(tx, [{ ...info, trace_id: traceId, experiment_id: experiment.id }]);
      const { id } = await this.#lock(tx, traceId);
      tags.set(TAG.artifactLocation, folderOf(experiment.artifactLocation, traceId));
      await this.#addMaps(tx, id, tags, metadata, true);
      return this.#reread(tx, traceId);
    });
  }

  async endV2(
    traceId: string,
    request: {
      readonly timestamp: number | bigint;
      readonly state: TraceState;
      readonly tags: TextMap;
      readonly metadata: TextMap;
    },
  ): Promise<TraceRow> {
    const { database, store, limits } = this.#parts;
    const end = checkTimestamp(request.timestamp, 'timestamp_ms');
    const tags = checkFirstTags(request.tags, limits);
    const metadata = checkMetadata(request.metadata, limits);
    return database.write(async (tx) => {
      const stored = await this.#lock(tx, traceId);
      await store.end(tx, stored.id, request.state, end - stored.timestamp_ms);
      await this.#addMaps(tx, stored.id, tags, metadata, false);
      return this.#reread(tx, traceId);
    });
  }

  async setTag(traceId: string, key: string, value: string): Promise<void> {
    refuseOwnTag(key, 'set');
    const stored = checkTraceTag(key, value, this.#parts.limits);
    await this.#parts.database.write(async (tx) => {
      const { id } = await this.#lock(tx, traceId);
      await this.#parts.store.setTags(tx, [[id, key, stored]]);
    });
  }

  async deleteTag(traceId: string, key: string): Promise<void> {
    refuseOwnTag(key, 'deleted');
    const { database, store } = this.#parts;
    await database.write(async (tx) => {
      const trace = await store.lock(tx, traceId);
      if (trace !== undefined && (await store.deleteTag(tx, trace.id, key))) return;
      throw notFound(`No trace tag with key '${key}' for trace with ID '${traceId}'`);
    });
  }

  async linkToRun(runId: string, traceIds: readonly string[]): Promise<void> {
    const { database, links } = this.#parts;
    await database.write((tx) => links.addRuns(tx, runId, traceIds));
  }

  async linkPrompts(traceId: string, prompts: readonly PromptVersion[]): Promise<void> {
    if (prompts.length === 0) return;
    const { database, links } = this.#parts;
    await database.write(async (tx) => {
      await this.#lock(tx, traceId);
      await links.addPrompts(tx, traceId, prompts);
    });
  }

  /** Deletes the traces of an experiment that the selection means; @returns how many */
  async delete(experimentId: number, selection: TraceSelection, by: By): Promise<number> {
    const { database, store, trail } = this.#parts;
    return database.write(async (tx) => {
      const traces = await store.select(tx, experimentId, selection);
      if (traces.length === 0) return 0;
      await store.delete(tx, traces);
      await trail.record(tx, by, {
        action: 'trace.delete',
        object: { kind: 'experiment', id: String(experimentId) },
        before: { ...toldOf(selection), deleted: traces.length },
      });
      return traces.length;
    });
  }

  async #addMaps(
    tx: Transaction,
    trace: number,
    tags: TextMap,
    metadata: TextMap,
    isNew: boolean,
  ): Promise<void> {
    const { store } = this.#parts;
    const plain = new Map(metadata);
    const counted = COUNTED_KEYS.filter((kind) => plain.delete(kind));
    const before = isNew ? [] : await store.metadata(tx, [trace], counted);
    for (const kind of counted) {
      const stored = before.find(({ key }) => key === kind)?.value;
      await this.#setNumbers(tx, trace, kind, { stored, sent: metadata.get(kind) ?? '' });
    }
    await store.setTags(tx, rows(trace, tags));
    await store.setMetadata(tx, rows(trace, plain));
  }

  /** Numbers that are sent are laid over those that are stored. */
  async #setNumbers(
    tx: Transaction,
    trace: number,
    kind: Counted,
    texts: { readonly stored: string | undefined; readonly sent: string },
  ): Promise<void> {
    const sent = readNumbers(kind, texts.sent);
    if (sent === undefined) return;
    const { store } = this.#parts;
    const numbers = new Map([...(readNumbers(kind, texts.stored) ?? []), ...sent]);
    const text = printNumbers(kind, numbers);
    if (text === undefined) return;
    await store.setMetadata(tx, [[trace, kind, text]]);
    await store.setMetrics(
      tx,
      [...numbers].map(([key, value]) => [trace, key, value] as const),
    );
  }

  async #lock(tx: Transaction, traceId: string): Promise<StoredTrace> {
    const trace = await this.#parts.store.lock(tx, traceId);
    if (trace === undefined) throw noTrace(traceId);
    return trace;
  }

  async #reread(tx: Transaction, traceId: string): Promise<TraceRow> {
    const row = await this.#parts.store.read(tx, traceId);
    if (row === undefined) throw noTrace(traceId);
    return row;
  }
}

const NOTHING = {
  execution_time_ms: null,
  client_request_id: null,
  request_preview: null,
  response_preview: null,
} as const;

const infoOf = (request: TraceRequest, experimentId: number) => ({
  trace_id: request.traceId,
  experiment_id: experimentId,
  timestamp_ms: request.timestamp,
  execution_time_ms: request.duration ?? null,
  state: request.state,
  client_request_id: request.clientRequestId ?? null,
  request_preview: checkPreview(request.requestPreview) ?? null,
  response_preview: checkPreview(request.responsePreview) ?? null,
});

type Previews = Pick<StoredTrace, 'request_preview' | 'response_preview'>;

/** A preview stays unless another one is sent. */
const previewsOf = (sent: Previews, stored: Previews): Previews => ({
  request_preview: sent.request_preview ?? stored.request_preview,
  response_preview: sent.response_preview ?? stored.response_preview,
});

const rows = (trace: number, map: TextMap) =>
  [...map].map(([key, value]) => [trace, key, value] as const);

/** JSON of a selection: a time beyond 2^53 has no number. */
const toldOf = (selection: TraceSelection) =>
  'ids' in selection
    ? { trace_ids: selection.ids }
    : { max_timestamp_millis: Number(selection.until), max_traces: selection.most ?? null };
