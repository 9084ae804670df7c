import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '../../shared/api.ts';
import { formatDuration, formatTime } from '../../shared/format.ts';
import { Asked } from '../../shared/ui/asked.tsx';
import { Badge } from '../../shared/ui/badge.tsx';
import { Button } from '../../shared/ui/button.tsx';
import { Empty } from '../../shared/ui/empty.tsx';
import { ErrorNote } from '../../shared/ui/error-note.tsx';
import { More } from '../../shared/ui/more.tsx';
import { Section } from '../../shared/ui/page.tsx';
import { usePages } from '../../shared/use-pages.ts';
import { drillsQuery } from './governance-queries.ts';

/** How long a rollback took to reach who serves, each time that it was measured. */
export function Drills() {
  const queries = useQueryClient();
  const { list, things: drills } = usePages(drillsQuery, (page) => page.drills);
  const start = useMutation({
    mutationFn: () => api.POST('/api/governance/v1/drills', { body: {} }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['drills'] }),
  });
  return (
    <div className="stack">
      <div>
        <Button disabled={start.isPending} onClick={() => start.mutate()}>
          {start.isPending ? 'Measuring' : 'Start a drill'}
        </Button>
      </div>
      {start.error ? <ErrorNote error={start.error} /> : null}
      <Asked query={list}>
        {() =>
          drills.length === 0 ? (
            <Empty title="No drill was held yet">
              A drill promotes and rolls back a model of its own, and measures how long it takes.
            </Empty>
          ) : (
            drills.map((drill) => (
              <Section
                key={drill.drill_id}
                title={`${formatTime(drill.started_time)} by ${drill.started_by}`}
                actions={
                  <Badge tone={drill.within_budget ? 'good' : 'bad'}>
                    {drill.within_budget ? 'Within budget' : 'Over budget'}
                  </Badge>
                }
              >
                <div className="table-wrap">
                  <table className="list tight">
                    <thead>
                      <tr>
                        <th>Measured</th>
                        <th className="end">Took</th>
                        <th className="end">Budget</th>
                        <th>Note</th>
                      </tr>
                    </thead>
                    <tbody>
                      {(drill.measured ?? []).map((one) => (
                        <tr key={one.what}>
                          <td>{one.what}</td>
                          <td className="end">{formatDuration(Number(one.milliseconds))}</td>
                          <td className="end">
                            {one.budget === undefined ? '' : formatDuration(Number(one.budget))}
                          </td>
                          <td>{one.note}</td>
                        </tr>
                      ))}
                    </tbody>
                  </table>
                </div>
              </Section>
            ))
          )
        }
      </Asked>
      <More list={list} />
    </div>
  );
}
