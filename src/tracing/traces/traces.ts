import { joinLocation } from '../../artifacts/uri.js';
import { notFound } from '../../errors.js';

export const TRACE_STATES = ['STATE_UNSPECIFIED', 'OK', 'ERROR', 'IN_PROGRESS'] as const;
export type TraceState = (typeof TRACE_STATES)[number];

/** The scalars of a trace; times in ms since the epoch. */
export interface TraceInfo {
  readonly trace_id: string;
  readonly experiment_id: number;
  readonly timestamp_ms: number;
  readonly execution_time_ms: number | null;
  readonly state: TraceState;
  readonly client_request_id: string | null;
  readonly request_preview: string | null;
  readonly response_preview: string | null;
}

/** A stored trace with its surrogate key. */
export interface StoredTrace extends TraceInfo {
  readonly id: number;
}

/** Tags that MLflow gives a meaning. */
export const TAG = {
  name: 'mlflow.traceName',
  artifactLocation: 'mlflow.artifactLocation',
  spansLocation: 'mlflow.trace.spansLocation',
} as const;

/** The value of {@link TAG.spansLocation} when the spans lie in the database. */
export const IN_DATABASE = 'TRACKING_STORE';

/** Metadata that MLflow gives a meaning. */
export const METADATA = {
  finalized: 'mlflow.trace.infoFinalized',
  session: 'mlflow.trace.session',
  user: 'mlflow.trace.user',
  tokenUsage: 'mlflow.trace.tokenUsage',
  cost: 'mlflow.trace.cost',
  sizeStats: 'mlflow.trace.sizeStats',
  sourceRun: 'mlflow.sourceRun',
} as const;

/** Where the artifacts of a trace lie. */
export const folderOf = (artifactLocation: string, traceId: string): string =>
  joinLocation(artifactLocation, 'traces', traceId, 'artifacts');

/** Traces by their ids, or up to a time, the oldest first. */
export type TraceSelection =
  | { readonly ids: readonly string[] }
  | { readonly until: number | bigint; readonly most: number | undefined };

export const noTrace = (traceId: string) => notFound(`Trace with ID '${traceId}' not found.`);
