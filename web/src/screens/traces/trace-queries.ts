import { queryOptions } from '@tanstack/react-query';
import { api, body, type Schema } from '../../shared/api.ts';
import { pagesQuery } from '../../shared/use-pages.ts';

export type TraceInfo = Schema<'TraceInfoV3'>;

/** Traces of an experiment, the newest first. */
export const tracesQuery = (experiment: string, filter: string) =>
  pagesQuery(['traces', experiment, filter], (page, signal) =>
    body(
      api.POST('/api/3.0/mlflow/traces/search', {
        signal,
        body: {
          locations: [
            { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: experiment } },
          ],
          max_results: 50,
          order_by: ['timestamp_ms DESC'],
          ...(filter === '' ? {} : { filter }),
          ...page,
        },
      }),
    ),
  );

export const traceQuery = (id: string) =>
  queryOptions({
    queryKey: ['trace', id],
    queryFn: async () =>
      (
        await body(
          api.GET('/api/3.0/mlflow/traces/get', {
            params: { query: { trace_id: id, allow_partial: true } },
          }),
        )
      ).trace ?? {},
  });

/** Milliseconds that a trace took, which the contract writes as `1.5s`. */
export const tookOf = ({ execution_duration }: TraceInfo): number =>
  Number.parseFloat(execution_duration ?? '') * 1000;

export const nameOf = ({ tags, trace_id }: TraceInfo): string =>
  tags?.['mlflow.traceName'] || (trace_id ?? '');

/** The value of an assessment, whatever kind it is, as people read it. */
export function assessedValue({ feedback, expectation, error }: Schema<'Assessment'>): string {
  const fault = feedback?.error ?? error;
  if (fault !== undefined) return fault.error_message ?? fault.error_code ?? 'Error';
  const value: unknown =
    feedback?.value ?? expectation?.value ?? expectation?.serialized_value?.value ?? null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
