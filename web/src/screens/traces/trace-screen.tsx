import { useQuery } from '@tanstack/react-query';
import { type Params, path } from '../../frame/router.ts';
import { formatDuration, formatTime } from '../../shared/format.ts';
import { Asked } from '../../shared/ui/asked.tsx';
import { Copy } from '../../shared/ui/copy.tsx';
import { Facts } from '../../shared/ui/facts.tsx';
import { Page, Section } from '../../shared/ui/page.tsx';
import { Tags } from '../../shared/ui/tags.tsx';
import { experimentQuery } from '../runs-table/runs-query.ts';
import { Assessments } from './assessments.tsx';
import { Spans } from './spans.tsx';
import { nameOf, type TraceInfo, tookOf, traceQuery } from './trace-queries.ts';
import { TraceState } from './trace-table.tsx';
import './traces.css';
import { useRun } from '../registry/use-run.ts';

/** One trace: its spans as a tree along the time, and what people and judges said of it. */
export function TraceScreen({ params }: { readonly params: Params }) {
  const { experimentId = '', traceId = '' } = params;
  const query = useQuery({
    ...traceQuery(traceId),
    refetchInterval: ({ state }) =>
      state.data?.trace_info?.state === 'IN_PROGRESS' ? 4_000 : (false as const),
  });
  const experiment = useQuery(experimentQuery(experimentId)).data?.experiment;
  const info = query.data?.trace_info;
  return (
    <Page
      title={info === undefined ? 'Trace' : nameOf(info)}
      crumbs={[
        { text: 'Experiments', to: '/experiments' },
        { text: experiment?.name ?? experimentId, to: path`/experiments/${experimentId}` },
        { text: 'Traces', to: path`/experiments/${experimentId}/traces` },
      ]}
      beside={
        info === undefined ? null : (
          <>
            <TraceState state={info.state} />
            <Copy text={traceId} label="Copy the trace's id" />
          </>
        )
      }
    >
      <Asked query={query} lines={8}>
        {({ trace_info = {}, spans = [] }) => (
          <div className="stack">
            <Spans spans={spans} />
            <div className="trace-about">
              <Assessments
                experimentId={experimentId}
                traceId={traceId}
                assessments={trace_info.assessments ?? []}
              />
              <About experimentId={experimentId} info={trace_info} />
            </div>
          </div>
        )}
      </Asked>
    </Page>
  );
}

function About({
  experimentId,
  info,
}: {
  readonly experimentId: string;
  readonly info: TraceInfo;
}) {
  const metadata = info.trace_metadata ?? {};
  const run = metadata['mlflow.sourceRun'];
  const named = useRun(run)?.info?.run_name;
  const source = metadata['mlflow.source.name'];
  const own = Object.entries(metadata).filter(([key]) => !key.startsWith('mlflow.'));
  const fact = (label: string, key: string) =>
    metadata[key] === undefined ? undefined : ([label, metadata[key]] as const);
  return (
    <Section title="Details">
      <Facts
        facts={[
          ['Began', formatTime(Date.parse(info.request_time ?? ''))],
          ['Took', formatDuration(tookOf(info))],
          run === undefined
            ? undefined
            : [
                'Run',
                <a key="run" href={`#${path`/experiments/${experimentId}/runs/${run}`}`}>
                  {named ?? run}
                </a>,
              ],
          fact('User', 'mlflow.trace.user'),
          fact('Session', 'mlflow.trace.session'),
          fact('Tokens', 'mlflow.trace.tokenUsage'),
          source === undefined
            ? undefined
            : [
                'Source',
                <span key="source" title={source}>
                  {source.split(/[\\/]/).at(-1)}
                </span>,
              ],
          ...own.map(([key, value]) => [key, value] as const),
        ]}
      />
      <Tags tags={Object.entries(info.tags ?? {}).map(([key, value]) => ({ key, value }))} />
    </Section>
  );
}
