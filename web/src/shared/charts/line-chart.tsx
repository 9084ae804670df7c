import { useEffect, useMemo, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import './charts.css';
import { useTheme } from '../../frame/theme.ts';
import { formatDuration, formatNumber } from '../format.ts';
import { Legend } from './legend.tsx';
import { type ChartSettings, colorOf, columnsOf, originOf, type Series } from './series.ts';

const HEIGHT = 220;

/** Curves over steps or time. Dragging zooms in, a double click out again. */
export function LineChart({
  title,
  series,
  settings,
  height = HEIGHT,
}: {
  readonly title: string;
  readonly series: readonly Series[];
  readonly settings: ChartSettings;
  readonly height?: number;
}) {
  const { dark } = useTheme();
  const place = useRef<HTMLDivElement>(null);
  const legend = useRef<HTMLUListElement>(null);
  const data = useMemo(() => columnsOf(series, settings), [series, settings]);

  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const origin = settings.x === 'time' ? 0 : originOf(data);
    const [xs, ...curves] = data;
    const drawn = origin === 0 ? data : [xs.map((x) => x - origin), ...curves];
    const options = {
      ...optionsOf(series, settings, dark, { origin, isOne: xs.length < 2 }),
      hooks: { setLegend: [(plot: uPlot) => showValues(legend.current, plot)] },
    };
    const width = Math.max(200, element.clientWidth);
    const plot = new uPlot({ ...options, width, height }, drawn as uPlot.AlignedData, element);
    const observer = new ResizeObserver(() => {
      plot.setSize({ width: Math.max(200, element.clientWidth), height });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [data, series, settings, dark, height]);

  const last = series.map(({ label, points }) => {
    const end = points.at(-1);
    return `${label}: ${end === undefined ? 'nothing' : formatNumber(end.value)}`;
  });
  return (
    <figure className="chart">
      <figcaption>{title}</figcaption>
      <div
        ref={place}
        role="img"
        aria-label={`${title}; at the end ${last.slice(0, 8).join(', ')}`}
      />
      {series.length > 1 ? <Legend names={series} dark={dark} ref={legend} /> : null}
    </figure>
  );
}

/** Writes into the legend what each curve is where the pointer stands. */
function showValues(legend: HTMLUListElement | null, { legend: { idxs }, data }: uPlot): void {
  legend?.querySelectorAll('b').forEach((place, index) => {
    const value = data[index + 1]?.[idxs?.[index + 1] ?? -1];
    place.textContent = typeof value === 'number' ? formatNumber(value) : '';
  });
}

/** One place alone stands in the middle. */
const rangeOf = (_: uPlot, min: number, max: number): [number, number] =>
  min === max ? [min - 1, max + 1] : [min, max];

/** Without zeros that say nothing: an axis has little room. */
const shortNumber = (value: number): string => formatNumber(value).replace(/\.?0+e/, 'e');

function optionsOf(
  series: readonly Series[],
  { x, log }: ChartSettings,
  dark: boolean,
  /** Where the axis begins, and whether all points lie above one place of it. */
  { origin, isOne }: { readonly origin: number; readonly isOne: boolean },
) {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string) => style.getPropertyValue(name).trim();
  const axis = {
    stroke: color('--muted'),
    font: '11px system-ui, sans-serif',
    grid: { stroke: color('--line'), width: 1 },
    ticks: { show: false },
  };
  const shown = (value: number) =>
    x === 'relative'
      ? formatDuration((value + origin) * 1000)
      : origin === 0
        ? formatNumber(value)
        : String(value + origin);
  const only = isOne || series.every(({ points }) => points.length < 2);
  return {
    legend: { show: true, live: true },
    cursor: { points: { size: 7 }, drag: { x: true, y: false } },
    scales: { x: { time: x === 'time', range: rangeOf }, y: { distr: log ? 3 : 1 } },
    axes: [
      x === 'time'
        ? { ...axis, size: 40, space: 90 }
        : {
            ...axis,
            size: 28,
            // Steps that are far out are long to write.
            ...(origin === 0 ? {} : { space: 150 }),
            values: (_: uPlot, ticks: number[]) => ticks.map(shown),
          },
      {
        ...axis,
        size: 58,
        values: (_: uPlot, ticks: (number | null)[]) =>
          ticks.map((tick) => (tick === null ? '' : shortNumber(tick))),
      },
    ],
    series: [
      x === 'time'
        ? { label: 'time' }
        : {
            label: x,
            value: (_: uPlot, value: number | null) => (value === null ? '' : shown(value)),
          },
      ...series.map(({ label }, index) => ({
        label,
        stroke: colorOf(index, dark),
        width: 1.8,
        spanGaps: true,
        points: { show: only, size: 7, fill: colorOf(index, dark) },
        value: (_: uPlot, value: number | null) => (value === null ? '–' : formatNumber(value)),
      })),
    ],
  } satisfies Omit<uPlot.Options, 'width' | 'height'>;
}
