import { Asked } from '../../shared/ui/asked.tsx';
import { Empty } from '../../shared/ui/empty.tsx';
import { More } from '../../shared/ui/more.tsx';
import { usePages } from '../../shared/use-pages.ts';
import { tracesQuery } from '../traces/trace-queries.ts';
import { TraceTable } from '../traces/trace-table.tsx';

/** The traces that were logged during a run. */
export function TracesTab({
  experimentId,
  runId,
}: {
  readonly experimentId: string;
  readonly runId: string;
}) {
  const ofRun = `attributes.run_id = '${runId.replaceAll(/['\\]/g, '')}'`;
  const { list, things: traces } = usePages(
    tracesQuery(experimentId, ofRun),
    (page) => page.traces,
  );
  return (
    <div className="stack">
      <Asked query={list}>
        {() =>
          traces.length === 0 ? (
            <Empty title="No traces">Calls that were traced during the run stand here.</Empty>
          ) : (
            <TraceTable experimentId={experimentId} traces={traces} />
          )
        }
      </Asked>
      <More list={list} />
    </div>
  );
}
