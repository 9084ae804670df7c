import type { Database, Reader, Transaction } from '../../platform/db/database.js';
import type { TraceLinkStore } from '../traces/links.store.js';
import { COUNTED_KEYS, type Counted, type Numbers, printNumbers } from '../traces/trace-numbers.js';
import { folderOf, IN_DATABASE, METADATA, type StoredTrace, TAG } from '../traces/traces.js';
import type { TraceNumber, TracePair, TraceStore } from '../traces/traces.store.js';
import { mergeDraft, newTrace, totalsOfStored } from './merge-draft.js';
import type { ResourceSpans } from './otlp/otlp.js';
import type { SpanStore } from './spans.store.js';
import { type TraceDraft, toDrafts } from './trace-draft.js';

/** What spans need of experiments; spans of a deleted one are still taken. */
export interface Experiments {
  /** @throws MlflowError 404 when there is no such experiment */
  find(
    reader: Reader,
    experimentId: string,
  ): Promise<{ readonly id: number; readonly artifactLocation: string }>;
}

export interface SpanParts {
  readonly database: Database;
  readonly spans: SpanStore;
  readonly traces: TraceStore;
  readonly links: TraceLinkStore;
  readonly experiments: Experiments;
}

/** A trace of a request, with what was known of it before. */
interface Known {
  readonly draft: TraceDraft;
  readonly trace: StoredTrace;
  readonly isNew: boolean;
}

/** Takes spans in, and makes or completes the traces that they belong to. */
export class SpanService {
  readonly #parts: SpanParts;

  constructor(parts: SpanParts) {
    this.#parts = parts;
  }

  /**
   * Stores all spans of a request in one transaction of a few statements.
   *
   * @param runId the run that traces whose root has come are linked to
   */
  async ingest(
    experimentId: string,
    runId: string | undefined,
    sent: readonly ResourceSpans[],
  ): Promise<void> {
    const { database, spans, traces, links } = this.#parts;
    const drafts = await toDrafts(sent);
    if (drafts.length === 0) return;
    await database.write(async (tx) => {
      const made = await this.#makeTraces(tx, experimentId, drafts);
      const known = await this.#known(tx, drafts, made);
      const keys = new Map(known.map(({ trace }) => [trace.trace_id, trace.id]));
      await spans.put(
        tx,
        drafts.flatMap((draft) => draft.spans),
        keys,
      );
      await this.#complete(tx, known);
      await traces.setTags(
        tx,
        known.flatMap(({ draft, trace }) => [
          ...[...draft.tags].map(([key, value]): TracePair => [trace.id, key, value]),
          [trace.id, TAG.spansLocation, IN_DATABASE] as const,
        ]),
      );
      const completed = drafts.filter(({ state }) => state !== undefined);
      if (runId)
        await links.addRuns(
          tx,
          runId,
          completed.map(({ traceId }) => traceId),
        );
    });
  }

  /** Makes the traces that are not there yet; @returns their ids */
  async #makeTraces(
    tx: Transaction,
    experimentId: string,
    drafts: readonly TraceDraft[],
  ): Promise<ReadonlySet<string>> {
    const { traces, experiments } = this.#parts;
    const there = await traces.lockMany(tx, idsOf(drafts));
    const known = new Set(there.map(({ trace_id }) => trace_id));
    const missing = drafts.filter(({ traceId }) => !known.has(traceId));
    if (missing.length === 0) return new Set();
    const { id, artifactLocation } = await experiments.find(tx, experimentId);
    const inserted = await traces.insert(
      tx,
      missing.map((draft) => newTrace(draft, id)),
    );
    const ids = idsOf(missing);
    const rows = await traces.lockMany(tx, ids);
    await traces.setTags(
      tx,
      rows
        .filter(({ experiment_id }) => experiment_id === id)
        .map((row) => [row.id, TAG.artifactLocation, folderOf(artifactLocation, row.trace_id)]),
    );
    // Where another request made one of them meanwhile, all are completed like old ones.
    return new Set(inserted === missing.length ? ids : []);
  }

  async #known(
    tx: Transaction,
    drafts: readonly TraceDraft[],
    made: ReadonlySet<string>,
  ): Promise<Known[]> {
    const rows = await this.#parts.traces.lockMany(tx, idsOf(drafts));
    const byId = new Map(drafts.map((draft) => [draft.traceId, draft]));
    return rows.flatMap((trace) => {
      const draft = byId.get(trace.trace_id);
      return draft === undefined ? [] : [{ draft, trace, isNew: made.has(trace.trace_id) }];
    });
  }

  /** Brings traces up to what their spans say, unless somebody has said it of the trace itself. */
  async #complete(tx: Transaction, known: readonly Known[]): Promise<void> {
    const { traces } = this.#parts;
    const old = known.filter(({ isNew }) => !isNew);
    const metadata = await this.#metadataOf(tx, old);
    await traces.replace(
      tx,
      old.map(({ draft, trace }) =>
        mergeDraft(trace, draft, metadata.get(trace.id)?.has(METADATA.finalized) ?? false),
      ),
    );
    const stored = await this.#storedTotals(tx, old, metadata);
    const pairs: TracePair[] = [];
    const numbers: TraceNumber[] = [];
    for (const { draft, trace, isNew } of known) {
      const before = metadata.get(trace.id) ?? new Map<string, string>();
      const add = (key: string, value: string | undefined) => {
        if (value !== undefined && !before.has(key)) pairs.push([trace.id, key, value]);
      };
      add(METADATA.session, draft.session);
      add(METADATA.user, draft.user);
      for (const [kind, total] of isNew ? draft.totals : (stored.get(trace.id) ?? [])) {
        const text = printNumbers(kind, total);
        if (text !== undefined) pairs.push([trace.id, kind, text]);
        numbers.push(...[...total].map(([key, value]) => [trace.id, key, value] as const));
      }
    }
    await traces.setMetadata(tx, pairs);
    await traces.setMetrics(tx, numbers);
  }

  async #metadataOf(
    tx: Transaction,
    known: readonly Known[],
  ): Promise<ReadonlyMap<number, ReadonlyMap<string, string>>> {
    const keys = [METADATA.finalized, METADATA.session, METADATA.user, ...COUNTED_KEYS];
    const ids = known.map(({ trace }) => trace.id);
    const found = new Map<number, Map<string, string>>();
    for (const { trace, key, value } of await this.#parts.traces.metadata(tx, ids, keys)) {
      found.set(trace, (found.get(trace) ?? new Map()).set(key, value));
    }
    return found;
  }

  /**
   * Totals over all spans of traces that were there before: a parent that adds up for its
   * children may come in another request than they do.
   */
  async #storedTotals(
    tx: Transaction,
    old: readonly Known[],
    metadata: ReadonlyMap<number, ReadonlyMap<string, string>>,
  ): Promise<ReadonlyMap<number, ReadonlyMap<Counted, Numbers>>> {
    const open = old.flatMap(({ draft, trace }) => {
      const said = metadata.get(trace.id);
      const kinds = [...draft.totals.keys()].filter(
        (kind) => !(said?.has(METADATA.finalized) && said.has(kind)),
      );
      return kinds.length === 0 ? [] : [[trace.id, kinds] as const];
    });
    const rows = await this.#parts.spans.numbers(
      tx,
      open.map(([id]) => id),
    );
    return totalsOfStored(new Map(open), rows);
  }
}

const idsOf = (drafts: readonly TraceDraft[]): string[] => drafts.map(({ traceId }) => traceId);
