import { useEffect } from 'react';
import { navigate, type Params, path, usePlace } from '../../frame/router.ts';
import { Loading } from '../../shared/ui/loading.tsx';
import { Page } from '../../shared/ui/page.tsx';

/** The address that `mlflow.genai.evaluate` prints: what it found is in a run, which is shown. */
export function EvaluationRun({ params }: { readonly params: Params }) {
  const { experimentId = '' } = params;
  const { search } = usePlace();
  const runId = search.get('selectedRunUuid') ?? '';
  useEffect(() => {
    const to =
      runId === ''
        ? path`/experiments/${experimentId}`
        : path`/experiments/${experimentId}/runs/${runId}`;
    navigate(to, { replace: true });
  }, [experimentId, runId]);
  return (
    <Page title="Run">
      <Loading />
    </Page>
  );
}
