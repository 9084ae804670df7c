import { useQuery } from '@tanstack/react-query';
import { Boxes, Database, FlaskConical, Package, Radio } from 'lucide-react';
import type { ReactNode } from 'react';
import { path } from '../../frame/router.ts';
import { api, body } from '../../shared/api.ts';
import { formatTime } from '../../shared/format.ts';
import type { Version } from './registry-queries.ts';
import { useRun } from './use-run.ts';

/** From data through a run and a model to a version, and to where that is served. */
export function Lineage({
  name,
  version,
  semver,
}: {
  readonly name: string;
  readonly version: Version;
  readonly semver: string | undefined;
}) {
  const run = useRun(version.run_id);
  const live = useQuery({
    queryKey: ['model', name, 'live'],
    retry: false,
    queryFn: () =>
      body(api.GET('/api/governance/v1/models/{name}/live', { params: { path: { name } } })),
  }).data?.live?.filter((each) => each.version === version.version);
  const datasets = run?.inputs?.dataset_inputs ?? [];
  const experiment = run?.info?.experiment_id ?? '';
  const modelId = version.source?.match(/^models:\/(m-\w+)$/)?.[1];
  return (
    <ol className="lineage">
      <Step title="Data" icon={<Database size={16} aria-hidden />}>
        {datasets.map(({ dataset }) => (
          <Thing key={`${dataset?.name} ${dataset?.digest}`} title={dataset?.name ?? ''}>
            <code>{dataset?.digest}</code>
          </Thing>
        ))}
        {datasets.length === 0 ? <p className="muted">No datasets were logged.</p> : null}
      </Step>
      <Step title="Run" icon={<FlaskConical size={16} aria-hidden />}>
        {run === undefined ? (
          <p className="muted">No run is named.</p>
        ) : (
          <Thing
            title={run.info?.run_name ?? ''}
            to={path`/experiments/${experiment}/runs/${version.run_id ?? ''}`}
          >
            {formatTime(run.info?.start_time)}
          </Thing>
        )}
      </Step>
      {modelId === undefined ? null : (
        <Step title="Model" icon={<Boxes size={16} aria-hidden />}>
          <Thing title="Logged model">
            <code>{modelId}</code>
          </Thing>
        </Step>
      )}
      <Step title="Version" icon={<Package size={16} aria-hidden />}>
        <Thing title={`${name}, version ${version.version}`} here>
          {semver ?? ''}
        </Thing>
      </Step>
      <Step title="Served as" icon={<Radio size={16} aria-hidden />}>
        {(live ?? []).map(({ stage, alias, from, entered_by }) => (
          <Thing key={`${stage} ${alias}`} title={alias ? `@${alias}` : (stage ?? '')}>
            since {formatTime(from)}
            {entered_by ? `, by ${entered_by}` : ''}
          </Thing>
        ))}
        {(live ?? []).length === 0 ? (
          <p className="muted">In no stage, and under no alias.</p>
        ) : null}
      </Step>
    </ol>
  );
}

function Step({
  title,
  icon,
  children,
}: {
  readonly title: string;
  readonly icon: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <li className="step">
      <h2>
        {icon}
        {title}
      </h2>
      {children}
    </li>
  );
}

function Thing({
  title,
  to,
  here = false,
  children,
}: {
  readonly title: string;
  readonly to?: string;
  readonly here?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <div className={here ? 'thing here' : 'thing'}>
      <b>{to === undefined ? title : <a href={`#${to}`}>{title}</a>}</b>
      <span className="muted">{children}</span>
    </div>
  );
}
