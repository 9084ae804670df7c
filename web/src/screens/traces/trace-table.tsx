import { path } from '../../frame/router.ts';
import { formatAgo, formatDuration, formatTime } from '../../shared/format.ts';
import { Badge } from '../../shared/ui/badge.tsx';
import { assessedValue, nameOf, type TraceInfo, tookOf } from './trace-queries.ts';
import './traces.css';

/** More than these don't fit into a line. */
const MOST_ASSESSMENTS = 3;

export function TraceTable({
  experimentId,
  traces,
}: {
  readonly experimentId: string;
  readonly traces: readonly TraceInfo[];
}) {
  return (
    <div className="table-wrap">
      <table className="list tight traces" aria-label="Traces">
        <thead>
          <tr>
            <th>Trace</th>
            <th>State</th>
            <th className="wide-only">Request</th>
            <th className="wide-only">Response</th>
            <th className="wide-only">Assessments</th>
            <th className="end">Took</th>
            <th className="end">When</th>
          </tr>
        </thead>
        <tbody>
          {traces.map((trace) => (
            <tr key={trace.trace_id}>
              <td className="one-line">
                <a href={`#${path`/experiments/${experimentId}/traces/${trace.trace_id ?? ''}`}`}>
                  {nameOf(trace)}
                </a>
              </td>
              <td>
                <TraceState state={trace.state} />
              </td>
              <td className="wide-only one-line">{trace.request_preview ?? trace.request}</td>
              <td className="wide-only one-line muted">
                {trace.response_preview ?? trace.response}
              </td>
              <td className="wide-only">
                <Assessed trace={trace} />
              </td>
              <td className="end number">{formatDuration(tookOf(trace))}</td>
              <td className="end muted" title={formatTime(Date.parse(trace.request_time ?? ''))}>
                {formatAgo(Date.parse(trace.request_time ?? ''))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function TraceState({ state }: { readonly state: TraceInfo['state'] }) {
  if (state === 'ERROR') return <Badge tone="bad">Error</Badge>;
  return state === 'OK' ? <Badge tone="good">OK</Badge> : <Badge tone="info">In progress</Badge>;
}

function Assessed({ trace: { assessments = [] } }: { readonly trace: TraceInfo }) {
  const valid = assessments.filter(({ valid }) => valid !== false);
  return (
    <span className="assessed">
      {valid.slice(0, MOST_ASSESSMENTS).map((one) => (
        <Badge key={one.assessment_id} tone={one.feedback === undefined ? 'neutral' : 'info'}>
          {one.assessment_name}: {assessedValue(one).slice(0, 40)}
        </Badge>
      ))}
      {valid.length > MOST_ASSESSMENTS ? (
        <span className="muted">and {valid.length - MOST_ASSESSMENTS} more</span>
      ) : null}
    </span>
  );
}
