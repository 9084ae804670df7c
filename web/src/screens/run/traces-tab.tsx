import { useInfiniteQuery } from '@tanstack/react-query';
import { api, body } from '../../shared/api.ts';
import { formatAgo, formatDuration, formatTime } from '../../shared/format.ts';
import { Badge } from '../../shared/ui/badge.tsx';
import { Button } from '../../shared/ui/button.tsx';
import { Copy } from '../../shared/ui/copy.tsx';
import { Empty } from '../../shared/ui/empty.tsx';
import { ErrorNote } from '../../shared/ui/error-note.tsx';
import { Loading } from '../../shared/ui/loading.tsx';

/** The traces that were logged during a run. */
export function TracesTab({
  experimentId,
  runId,
}: {
  readonly experimentId: string;
  readonly runId: string;
}) {
  const list = useInfiniteQuery({
    queryKey: ['traces', 'run', runId],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      body(
        api.POST('/api/3.0/mlflow/traces/search', {
          signal,
          body: {
            locations: [
              { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: experimentId } },
            ],
            filter: `attributes.run_id = '${runId.replaceAll("'", '')}'`,
            order_by: ['timestamp_ms DESC'],
            max_results: 50,
            ...(pageParam === '' ? {} : { page_token: pageParam }),
          },
        }),
      ),
    getNextPageParam: (page) => page.next_page_token || undefined,
  });
  if (list.error) return <ErrorNote error={list.error} retry={() => void list.refetch()} />;
  if (list.data === undefined) return <Loading />;
  const traces = list.data.pages.flatMap(({ traces = [] }) => traces);
  if (traces.length === 0) {
    return <Empty title="No traces">Calls that were traced during the run stand here.</Empty>;
  }
  return (
    <div className="stack">
      <div className="table-wrap">
        <table className="list">
          <thead>
            <tr>
              <th>Request</th>
              <th className="wide-only">Response</th>
              <th>State</th>
              <th className="end">Took</th>
              <th className="wide-only">When</th>
              <th className="wide-only">Trace</th>
            </tr>
          </thead>
          <tbody>
            {traces.map((trace) => (
              <tr key={trace.trace_id}>
                <td className="preview-cell">{trace.request_preview}</td>
                <td className="wide-only preview-cell muted">{trace.response_preview}</td>
                <td>
                  <Badge tone={trace.state === 'ERROR' ? 'bad' : 'good'}>{trace.state}</Badge>
                </td>
                <td className="end number">
                  {formatDuration(Number.parseFloat(trace.execution_duration ?? '') * 1000)}
                </td>
                <td
                  className="wide-only muted"
                  title={formatTime(Date.parse(trace.request_time ?? ''))}
                >
                  {formatAgo(Date.parse(trace.request_time ?? ''))}
                </td>
                <td className="wide-only">
                  <span className="with-copy">
                    <code>{trace.trace_id?.slice(0, 12)}…</code>
                    <Copy text={trace.trace_id ?? ''} label="Copy the trace's id" />
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {list.hasNextPage ? (
        <div>
          <Button disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            Show more
          </Button>
        </div>
      ) : null}
    </div>
  );
}
