import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { ChartControls } from '../../shared/charts/chart-controls.tsx';
import { historiesOf } from '../../shared/charts/histories.ts';
import { LineChart } from '../../shared/charts/line-chart.tsx';
import type { ChartSettings } from '../../shared/charts/series.ts';
import { useChartSettings } from '../../shared/charts/use-chart-settings.ts';
import { Button } from '../../shared/ui/button.tsx';
import { Empty } from '../../shared/ui/empty.tsx';
import { ErrorNote } from '../../shared/ui/error-note.tsx';
import { useInSight } from '../../shared/use-in-sight.ts';
import { keysOf, type Run, runId } from '../runs-table/columns.ts';
import { nameOf } from './compared-runs.ts';

const AT_FIRST = 12;

/** The curves of all runs, one picture for each metric. */
export function CurvesTab({ runs }: { readonly runs: readonly Run[] }) {
  const [settings, set] = useChartSettings();
  const [search, setSearch] = useState('');
  const [count, setCount] = useState(AT_FIRST);
  const keys = useMemo(() => keysOf(runs).metrics, [runs]);
  const found = keys.filter((key) => key.toLowerCase().includes(search.toLowerCase()));
  if (keys.length === 0) return <Empty title="No metrics">These runs have logged none.</Empty>;
  return (
    <div className="stack">
      <div className="toolbar spread">
        <input
          type="search"
          placeholder="Find a metric"
          aria-label="Find a metric"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
        <ChartControls settings={settings} set={set} />
      </div>
      <div className="chart-grid big">
        {found.slice(0, count).map((key) => (
          <Overlay key={key} name={key} runs={runs} settings={settings} />
        ))}
      </div>
      {found.length > count ? (
        <div>
          <Button onClick={() => setCount(count + AT_FIRST)}>Show more metrics</Button>
        </div>
      ) : null}
    </div>
  );
}

function Overlay({
  name,
  runs,
  settings,
}: {
  readonly name: string;
  readonly runs: readonly Run[];
  readonly settings: ChartSettings;
}) {
  const [ref, seen] = useInSight();
  const ids = useMemo(() => runs.map(runId), [runs]);
  const histories = useQuery({ ...historiesOf(ids, name), enabled: seen });
  const series = useMemo(
    () =>
      runs.map((run) => ({
        id: runId(run),
        label: nameOf(run),
        points: histories.data?.get(runId(run)) ?? [],
      })),
    [runs, histories.data],
  );
  return (
    <div ref={ref} className="chart-place">
      {histories.error ? <ErrorNote error={histories.error} /> : null}
      {histories.data === undefined ? (
        <div className="chart waiting">
          <b>{name}</b>
        </div>
      ) : (
        <LineChart title={name} series={series} settings={settings} height={250} />
      )}
    </div>
  );
}
