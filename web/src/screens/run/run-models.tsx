import { useQuery } from '@tanstack/react-query';
import { Box, Package } from 'lucide-react';
import { path } from '../../frame/router.ts';
import { api, body } from '../../shared/api.ts';
import { Badge, Stage } from '../../shared/ui/badge.tsx';
import { Section } from '../../shared/ui/page.tsx';

/** The models that a run has made or read, and the versions that were registered from it. */
export function RunModels({
  runId,
  modelIds,
}: {
  readonly experimentId: string;
  readonly runId: string;
  readonly modelIds: readonly string[];
}) {
  const versions = useQuery({
    queryKey: ['versions-of-run', runId],
    queryFn: () =>
      body(
        api.GET('/api/2.0/mlflow/model-versions/search', {
          params: { query: { filter: `run_id = '${runId.replaceAll("'", '')}'`, max_results: 50 } },
        }),
      ),
  }).data?.model_versions;
  if (modelIds.length === 0 && (versions ?? []).length === 0) return null;
  return (
    <Section title="Models">
      <ul className="items">
        {[...new Set(modelIds)].map((id) => (
          <LoggedModel key={id} id={id} />
        ))}
        {(versions ?? []).map(({ name = '', version = '', current_stage }) => (
          <li key={`${name} ${version}`}>
            <Package size={16} aria-hidden />
            <div>
              <a href={`#${path`/models/${name}/versions/${version}`}`}>
                {name} <span className="muted">version {version}</span>
              </a>{' '}
              <Stage stage={current_stage} />
            </div>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function LoggedModel({ id }: { readonly id: string }) {
  const info = useQuery({
    queryKey: ['logged-model', id],
    queryFn: () =>
      body(
        api.GET('/api/2.0/mlflow/logged-models/{model_id}', { params: { path: { model_id: id } } }),
      ),
    retry: false,
  }).data?.model?.info;
  return (
    <li>
      <Box size={16} aria-hidden />
      <div>
        <b>{info?.name ?? id}</b> {info?.model_type ? <Badge>{info.model_type}</Badge> : null}
        <p className="muted">
          <code>{id}</code>
        </p>
      </div>
    </li>
  );
}
