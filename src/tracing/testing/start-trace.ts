import { newHexId } from '../../platform/ids.js';
import type { Tracking } from '../../tracking/testing/tracking-on.js';
import type { TraceRequest } from '../traces/traces.service.js';

/** What a test wishes of a trace; tags and metadata as plain objects. */
export type TraceWish = Omit<Partial<TraceRequest>, 'tags' | 'metadata'> & {
  readonly tags?: Readonly<Record<string, string>>;
  readonly metadata?: Readonly<Record<string, string>>;
};

/** Makes a trace, in an experiment of its own unless told otherwise; @returns its id */
export async function startTrace(t: Tracking, wish: TraceWish = {}): Promise<string> {
  const { tags = {}, metadata = {}, ...rest } = wish;
  const { trace_id } = await t.traces.start({
    traceId: `tr-${newHexId()}`,
    experimentId: wish.experimentId ?? (await t.experiment()),
    timestamp: 1_000,
    duration: 10,
    state: 'OK',
    clientRequestId: undefined,
    requestPreview: undefined,
    responsePreview: undefined,
    assessments: [],
    tags: new Map(Object.entries(tags)),
    metadata: new Map(Object.entries(metadata)),
    ...rest,
  });
  return trace_id;
}
