import { useQuery } from '@tanstack/react-query';
import { api, body } from '../../shared/api.ts';

/** The run that a version comes from, if it names one and it can be seen. */
export function useRun(runId: string | undefined) {
  return useQuery({
    queryKey: ['run', runId],
    enabled: runId !== undefined && runId !== '',
    retry: false,
    queryFn: () =>
      body(api.GET('/api/2.0/mlflow/runs/get', { params: { query: { run_id: runId ?? '' } } })),
  }).data?.run;
}
