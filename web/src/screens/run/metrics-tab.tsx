import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { ChartControls } from '../../shared/charts/chart-controls.tsx';
import { historiesOf } from '../../shared/charts/histories.ts';
import { LineChart } from '../../shared/charts/line-chart.tsx';
import type { ChartSettings, Point } from '../../shared/charts/series.ts';
import { useChartSettings } from '../../shared/charts/use-chart-settings.ts';
import { formatNumber } from '../../shared/format.ts';
import { Button } from '../../shared/ui/button.tsx';
import { Empty } from '../../shared/ui/empty.tsx';
import { ErrorNote } from '../../shared/ui/error-note.tsx';
import { useInSight } from '../../shared/use-in-sight.ts';

const AT_FIRST = 24;

/** The curves of a run. Each is asked for when it comes into sight. */
export function MetricsTab({
  runId,
  keys,
  live,
  empty,
}: {
  readonly runId: string;
  readonly keys: readonly string[];
  readonly live: boolean;
  readonly empty: string;
}) {
  const [settings, set] = useChartSettings();
  const [search, setSearch] = useState('');
  const [count, setCount] = useState(AT_FIRST);
  const found = keys.filter((key) => key.toLowerCase().includes(search.toLowerCase()));
  if (keys.length === 0) return <Empty title="No metrics">{empty}</Empty>;
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
      <div className="chart-grid">
        {found.slice(0, count).map((key) => (
          <MetricChart key={key} runId={runId} name={key} live={live} settings={settings} />
        ))}
      </div>
      {found.length > count ? (
        <div>
          <Button onClick={() => setCount(count + AT_FIRST)}>
            Show more of {found.length} metrics
          </Button>
        </div>
      ) : null}
    </div>
  );
}

const NO_POINTS: readonly Point[] = [];

function MetricChart({
  runId,
  name,
  live,
  settings,
}: {
  readonly runId: string;
  readonly name: string;
  readonly live: boolean;
  readonly settings: ChartSettings;
}) {
  const [ref, seen] = useInSight();
  const history = useQuery({ ...historiesOf([runId], name, live), enabled: seen });
  const points = history.data?.get(runId) ?? NO_POINTS;
  const series = useMemo(() => [{ id: name, label: name, points }], [name, points]);
  // Of NaN and infinity there is no curve.
  const isNumber = points.length === 1 || points.every(({ value }) => !Number.isFinite(value));
  if (history.error) {
    return <ErrorNote error={history.error} retry={() => void history.refetch()} />;
  }
  return (
    <div ref={ref} className="chart-place">
      {history.data === undefined ? (
        <div className="chart waiting">
          <b>{name}</b>
        </div>
      ) : isNumber ? (
        <Single name={name} value={points.at(-1)?.value} />
      ) : (
        <LineChart title={name} series={series} settings={settings} />
      )}
    </div>
  );
}

/** A metric that was logged once, or was never finite, is a number, and no curve. */
function Single({ name, value }: { readonly name: string; readonly value: number | undefined }) {
  return (
    <figure className="chart single">
      <figcaption>{name}</figcaption>
      <p className="number" title={String(value)}>
        {formatNumber(value)}
      </p>
    </figure>
  );
}
