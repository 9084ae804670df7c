import { ServerRefusal } from '../../platform/outgoing/server-client.js';
import { COUNTED_KEYS, readNumbers } from '../../tracing/traces/trace-numbers.js';
import { IN_DATABASE, METADATA, TAG } from '../../tracing/traces/traces.js';
import { parseDuration, parseTimestamp } from '../../tracing/traces/wire-time.js';
import { type Answer, integerOf, listOf, mapOf, objectOf, textOf } from './answer.js';
import { ask, askIfKnown, inParallel, nextOf, type Reading, readPages, tokenOf } from './asking.js';
import { assessmentRow } from './assessment-row.js';
import { spanRows } from './span-rows.js';
import type { StagedRows } from './tables.js';

const AT_ONCE = 100;
const PROMPTS = 'mlflow.linkedPrompts';

/** A trace in the columns of the database, whichever release has told it. */
interface Told {
  readonly row: NonNullable<StagedRows['trace_info']>[number];
  readonly id: string;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
  readonly metadata: readonly { readonly key: string; readonly value: string }[];
  readonly assessments: readonly Answer[];
}

/** Traces with what was said of them, and their spans where they lie in the database. */
export async function readTraces(reading: Reading): Promise<void> {
  let count = 0;
  let without = 0;
  for (const experiment of reading.staging.experiments()) {
    const told = (what: string, rows: number) => reading.told(what, count + rows);
    let here = 0;
    await readPages({ ...reading, told }, `traces of ${experiment}`, 'traces', async (token) => {
      const answer = await search(reading, experiment, token);
      const traces = listOf(answer?.traces).map((trace) => toTold(trace));
      const spans = await inParallel(traces, (trace) => readSpans(reading, trace));
      without += spans.filter((rows) => rows === undefined).length;
      here += traces.length;
      const rows = rowsOf(traces);
      return {
        next: nextOf(answer ?? {}),
        count: traces.length,
        rows: {
          ...rows,
          spans: spans.flatMap((found) => found?.spans ?? []),
          span_metrics: spans.flatMap((found) => found?.span_metrics ?? []),
        },
      };
    });
    await readRunLinks(reading, experiment);
    count += here;
  }
  if (without > 0) reading.staging.note(`The server did not tell the spans of ${without} traces.`);
}

/** MLflow 3 has traces of its own form, and MLflow 2.14 to 2.22 of an older one. */
async function search(reading: Reading, experiment: string, token: string | undefined) {
  const page = { max_results: AT_ONCE, ...tokenOf(token) };
  const newer = await askIfKnown(reading, {
    method: 'POST',
    path: '/api/3.0/mlflow/traces/search',
    body: {
      locations: [{ type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: experiment } }],
      ...page,
    },
  });
  if (newer !== undefined) return newer;
  return askIfKnown(reading, {
    path: '/api/2.0/mlflow/traces',
    query: { experiment_ids: [experiment], ...page },
  });
}

function toTold(trace: Answer): Told {
  const isNew = trace.trace_id !== undefined;
  const id = textOf(isNew ? trace.trace_id : trace.request_id) ?? '';
  const location = objectOf(objectOf(trace.trace_location).mlflow_experiment);
  const duration = textOf(trace.execution_duration);
  return {
    id,
    tags: mapOf(trace.tags),
    metadata: mapOf(isNew ? trace.trace_metadata : trace.request_metadata),
    assessments: listOf(trace.assessments),
    row: {
      request_id: id,
      client_request_id: textOf(trace.client_request_id),
      request_preview: textOf(trace.request_preview),
      response_preview: textOf(trace.response_preview),
      ...(isNew
        ? {
            experiment_id: integerOf(location.experiment_id),
            timestamp_ms: parseTimestamp(textOf(trace.request_time) ?? '', 'request_time'),
            execution_time_ms: duration === null ? null : parseDuration(duration, 'duration'),
            status: textOf(trace.state),
          }
        : {
            experiment_id: integerOf(trace.experiment_id),
            timestamp_ms: integerOf(trace.timestamp_ms) ?? 0,
            execution_time_ms: integerOf(trace.execution_time_ms),
            status: textOf(trace.status),
          }),
    },
  };
}

const rowsOf = (traces: readonly Told[]): StagedRows => ({
  trace_info: traces.map(({ row }) => row),
  trace_tags: traces.flatMap(({ id, tags }) => tags.map((tag) => ({ ...tag, request_id: id }))),
  trace_request_metadata: traces.flatMap(({ id, metadata }) =>
    metadata.map((pair) => ({ ...pair, request_id: id })),
  ),
  trace_metrics: traces.flatMap(({ id, metadata }) =>
    COUNTED_KEYS.flatMap((kind) => {
      const numbers = readNumbers(kind, metadata.find(({ key }) => key === kind)?.value);
      return [...(numbers ?? [])].map(([key, value]) => ({ request_id: id, key, value }));
    }),
  ),
  assessments: traces.flatMap(({ id, assessments }) =>
    assessments.map((assessment) => assessmentRow(id, assessment)),
  ),
  entity_associations: traces.flatMap(({ id, tags }) =>
    linkedPrompts(tags.find(({ key }) => key === PROMPTS)?.value).map((prompt) => ({
      ...{ source_type: 'trace', source_id: id },
      ...{ destination_type: 'prompt_version', destination_id: prompt },
    })),
  ),
});

function linkedPrompts(text: string | undefined): string[] {
  if (text === undefined) return [];
  try {
    return listOf(JSON.parse(text)).map(({ name, version }) => `${name}/${version}`);
  } catch {
    return [];
  }
}

/** @returns undefined where the server has spans and does not tell them */
async function readSpans(reading: Reading, { id, tags, row }: Told) {
  // Those of other traces are files, which come along with the artifacts.
  const place = tags.find(({ key }) => key === TAG.spansLocation)?.value;
  if (place !== IN_DATABASE) return {};
  const known = 'select 1 from spans where trace_id = ? limit 1';
  // A trace that has ended gets no more spans.
  if (row.status !== 'IN_PROGRESS' && reading.staging.rows(known, [id]).length > 0) return {};
  const wanted = { path: '/ajax-api/2.0/mlflow/get-trace-artifact', query: { request_id: id } };
  const text = await reading.client.text(wanted).catch((error: unknown) => {
    // Such as one that is not complete yet.
    if (error instanceof ServerRefusal) return undefined;
    throw error;
  });
  try {
    return text === undefined ? undefined : spanRows(id, text);
  } catch {
    return undefined;
  }
}

/** Older releases have no links, and refuse to look for them. */
function nothingIfRefused(error: unknown): Answer {
  if (error instanceof ServerRefusal && error.status < 500) return {};
  throw error;
}

/** Links of traces to runs are seen by asking which traces a run has. */
async function readRunLinks(reading: Reading, experiment: string): Promise<void> {
  const { staging } = reading;
  const part = `runs of traces of ${experiment}`;
  const isEmpty =
    staging.rows('select 1 from trace_info where experiment_id = ? limit 1', [Number(experiment)])
      .length === 0;
  if (isEmpty || staging.place(part).isDone) return;
  const runs = staging.rows('select run_uuid from runs where experiment_id = ?', [
    Number(experiment),
  ]);
  const found = await inParallel(runs, async ({ run_uuid }) => {
    const run = String(run_uuid);
    const linked: string[] = [];
    let token: string | undefined;
    do {
      const answer = await ask(reading, {
        method: 'POST',
        path: '/api/3.0/mlflow/traces/search',
        body: {
          locations: [
            { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: experiment } },
          ],
          filter: `run_id = '${run.replace(/'/g, '')}'`,
          ...{ max_results: AT_ONCE, ...tokenOf(token) },
        },
      }).catch(nothingIfRefused);
      for (const trace of listOf(answer.traces).map(toTold)) {
        const made = trace.metadata.find(({ key }) => key === METADATA.sourceRun)?.value;
        if (made !== run) linked.push(trace.id);
      }
      token = nextOf(answer);
    } while (token !== undefined);
    return linked.map((source_id) => ({
      ...{ source_type: 'trace', source_id, destination_type: 'run', destination_id: run },
    }));
  });
  staging.put({ entity_associations: found.flat() }, part, { after: undefined, isDone: true });
}
