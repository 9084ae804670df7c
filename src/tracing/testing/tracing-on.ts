import type { Database } from '../../platform/db/database.js';
import { trackingOn } from '../../tracking/testing/tracking-on.js';
import type { OtlpSpan } from '../spans/otlp/otlp.js';
import type { TraceRequest } from '../traces/traces.service.js';
import { traceInfoToJson } from '../traces/traces.wire.js';

/** A trace's info as the wire shows it. */
export interface WireTrace {
  readonly trace_id: string;
  readonly request_time: string;
  readonly execution_duration?: string;
  readonly state: string;
  readonly request_preview?: string;
  readonly response_preview?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly trace_metadata?: Readonly<Record<string, string>>;
}

/** Tracing over a database. */
export function tracingOn(database: Database) {
  const tracking = trackingOn(database);
  return {
    ...tracking,
    start: (experimentId: string, wish: Partial<TraceRequest> = {}) =>
      tracking.traces.start({ ...PLAIN, traceId: newTraceId(), experimentId, ...wish }),
    show: async (traceId: string): Promise<WireTrace> => {
      const row = await tracking.traceStore.read(database.read, traceId);
      if (row === undefined) throw new Error(`There is no trace ${traceId}`);
      return JSON.parse(traceInfoToJson(row)) as WireTrace;
    },
  };
}

let count = 0;
const hex = (digits: number): string => (++count).toString(16).padStart(digits, '0');

export const newTraceId = (): string => `tr-${hex(32)}`;

/** A span of a second, from second 1,700,000,000 on, in a trace of its own. */
export const span = (wish: Partial<OtlpSpan> = {}): OtlpSpan => ({
  traceId: hex(32),
  spanId: hex(16),
  parentId: undefined,
  name: 'span',
  start: 1_700_000_000_000_000_000n,
  end: 1_700_000_001_000_000_000n,
  attributes: new Map(),
  events: [],
  links: [],
  status: { code: 'UNSET', message: '' },
  ...wish,
});

const PLAIN: Omit<TraceRequest, 'traceId' | 'experimentId'> = {
  timestamp: 1_000,
  duration: undefined,
  state: 'OK',
  clientRequestId: undefined,
  requestPreview: undefined,
  responsePreview: undefined,
  tags: new Map(),
  metadata: new Map(),
  assessments: [],
};
