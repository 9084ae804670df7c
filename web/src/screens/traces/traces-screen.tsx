import { useInfiniteQuery } from '@tanstack/react-query';
import { useDeferredValue } from 'react';
import { type Params, path, useSearch } from '../../frame/router.ts';
import { formatAgo, formatTime } from '../../shared/format.ts';
import { Asked } from '../../shared/ui/asked.tsx';
import { Badge } from '../../shared/ui/badge.tsx';
import { Empty } from '../../shared/ui/empty.tsx';
import { More } from '../../shared/ui/more.tsx';
import { Page } from '../../shared/ui/page.tsx';
import { type TraceInfo, tracesQuery } from './trace-queries.ts';
import './traces.css';

/** Traces of an experiment. */
export function TracesScreen({ params }: { readonly params: Params }) {
  const { experimentId = '' } = params;
  const [search, setSearch] = useSearch();
  const filter = search.get('filter') ?? '';
  const list = useInfiniteQuery(tracesQuery(experimentId, useDeferredValue(filter.trim())));
  const traces = list.data?.pages.flatMap((page) => page.traces ?? []) ?? [];
  return (
    <Page
      title="Traces"
      crumbs={[
        { text: 'Experiments', to: '/experiments' },
        { text: experimentId, to: path`/experiments/${experimentId}` },
      ]}
    >
      <div className="stack">
        <input
          type="search"
          className="grow-input"
          aria-label="Search traces"
          placeholder={"trace.status = 'OK' AND tags.team = 'north'"}
          value={filter}
          onChange={(event) => setSearch({ filter: event.target.value })}
        />
        <Asked query={list}>
          {() =>
            traces.length === 0 ? (
              <Empty title={filter === '' ? 'No traces yet' : 'No trace fits'}>
                Functions marked with <code>@mlflow.trace</code> leave their traces here.
              </Empty>
            ) : (
              <Table experiment={experimentId} traces={traces} />
            )
          }
        </Asked>
        <More list={list} />
      </div>
    </Page>
  );
}

function Table({
  experiment,
  traces,
}: {
  readonly experiment: string;
  readonly traces: readonly TraceInfo[];
}) {
  return (
    <div className="table-wrap">
      <table className="list tight">
        <thead>
          <tr>
            <th>Trace</th>
            <th>State</th>
            <th>When</th>
            <th className="end">Took</th>
            <th className="wide-only">Request</th>
            <th className="wide-only">Response</th>
          </tr>
        </thead>
        <tbody>
          {traces.map((trace) => {
            const { trace_id: id = '', tags = {} } = trace;
            return (
              <tr key={id}>
                <td>
                  <a href={`#${path`/experiments/${experiment}/traces/${id}`}`}>
                    {tags['mlflow.traceName'] ?? id}
                  </a>
                </td>
                <td>
                  <Badge tone={trace.state === 'ERROR' ? 'bad' : 'good'}>{trace.state}</Badge>
                </td>
                <td title={formatTime(Date.parse(trace.request_time ?? ''))}>
                  {formatAgo(Date.parse(trace.request_time ?? ''))}
                </td>
                <td className="end">{trace.execution_duration}</td>
                <td className="wide-only one-line">{trace.request_preview ?? trace.request}</td>
                <td className="wide-only one-line">{trace.response_preview ?? trace.response}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
