import { colorOf } from '../../shared/charts/series.ts';
import { formatNumber } from '../../shared/format.ts';
import type { Dimension } from './compared-runs.ts';

/** Colours of the page, for what is drawn. */
export interface Inks {
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly surface: string;
  readonly dark: boolean;
}

export function inksOf(dark: boolean): Inks {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string) => style.getPropertyValue(name).trim();
  return {
    text: of('--text'),
    muted: of('--muted'),
    line: of('--line'),
    surface: of('--raised'),
    dark,
  };
}

// Tooltips are drawn and not marked up: names of runs are never read as HTML.
const tooltipOf = (inks: Inks, formatter: (params: unknown) => string) => ({
  renderMode: 'richText',
  backgroundColor: inks.surface,
  borderColor: inks.line,
  textStyle: { color: inks.text, fontSize: 12 },
  formatter,
});

const axisOf = (inks: Inks, name: string) => ({
  type: 'value',
  name,
  scale: true,
  boundaryGap: ['4%', '4%'],
  nameLocation: 'middle',
  nameGap: 34,
  nameTextStyle: { color: inks.text, fontWeight: 600 },
  axisLabel: { color: inks.muted, formatter: formatNumber },
  axisLine: { lineStyle: { color: inks.line } },
  splitLine: { lineStyle: { color: inks.line } },
});

const GRID = { left: 84, right: 40, top: 24, bottom: 60 };

export function scatterOption(names: readonly string[], x: Dimension, y: Dimension, inks: Inks) {
  return {
    grid: GRID,
    tooltip: tooltipOf(inks, (params) => {
      const { name, value } = params as { name: string; value: [number, number] };
      return `${name}\n${x.label}: ${formatNumber(value[0])}\n${y.label}: ${formatNumber(value[1])}`;
    }),
    xAxis: axisOf(inks, x.label),
    yAxis: { ...axisOf(inks, y.label), nameGap: 60 },
    series: [
      {
        type: 'scatter',
        symbolSize: 13,
        data: names.map((name, index) => ({
          name,
          value: [x.values[index], y.values[index]],
          itemStyle: { color: colorOf(index, inks.dark), opacity: 0.9 },
        })),
      },
    ],
  };
}

export function parallelOption(
  names: readonly string[],
  dimensions: readonly Dimension[],
  inks: Inks,
) {
  return {
    tooltip: tooltipOf(inks, (params) => String((params as { name: string }).name)),
    parallel: { left: 70, right: 90, top: 60, bottom: 30 },
    parallelAxis: dimensions.map(({ label }, dim) => ({
      dim,
      name: label.length > 22 ? `${label.slice(0, 21)}…` : label,
      scale: true,
      nameTextStyle: { color: inks.text, fontSize: 12, fontWeight: 600 },
      nameRotate: dimensions.length > 7 ? 18 : 0,
      axisLabel: { color: inks.muted, formatter: formatNumber },
      axisLine: { lineStyle: { color: inks.muted } },
      axisTick: { lineStyle: { color: inks.muted } },
    })),
    series: [
      {
        type: 'parallel',
        smooth: false,
        emphasis: { lineStyle: { width: 4 } },
        data: names.map((name, index) => ({
          name,
          value: dimensions.map(({ values }) => {
            const value = values[index];
            return value !== undefined && Number.isFinite(value) ? value : '-';
          }),
          lineStyle: { color: colorOf(index, inks.dark), width: 2, opacity: 0.85 },
        })),
      },
    ],
  };
}

const CELLS = 72;
/** Heights that are told apart, so that the edges between them are lines of equal height. */
const BANDS = 14;
const COLORS = ['#2c2a6b', '#2f5aa8', '#2d8c9e', '#4db58a', '#a9d35b', '#f7e35c'];

/** Where a number lies between the least and the greatest, in cells. */
function scaleOf(values: readonly number[]) {
  const known = values.filter(Number.isFinite);
  const least = Math.min(...known);
  const range = Math.max(...known) - least || 1;
  return {
    cell: (value: number) => ((value - least) / range) * (CELLS - 1),
    label: (cell: number) =>
      formatNumber(Number((least + (cell / (CELLS - 1)) * range).toPrecision(3))),
  };
}

type Three = readonly [Dimension, Dimension, Dimension];

export function contourOption(names: readonly string[], [x, y, z]: Three, inks: Inks) {
  const [across, up] = [scaleOf(x.values), scaleOf(y.values)];
  const points = names.flatMap((name, index) => {
    const [a, b, c] = [x, y, z].map(({ values }) => values[index] ?? Number.NaN);
    if (a === undefined || b === undefined || c === undefined) return [];
    if (![a, b, c].every(Number.isFinite)) return [];
    return [{ name, x: across.cell(a), y: up.cell(b), z: c }];
  });
  if (points.length < 2) return undefined;
  const heights = points.map((point) => point.z);
  const least = Math.min(...heights);
  const range = Math.max(...heights) - least;
  const band = (height: number) => {
    const place =
      range === 0 ? 0 : Math.min(BANDS - 1, Math.floor(((height - least) / range) * BANDS));
    return least + (place / (BANDS - 1)) * range;
  };
  const cells: [number, number, number][] = [];
  for (let column = 0; column < CELLS; column++) {
    for (let row = 0; row < CELLS; row++) {
      cells.push([column, row, band(between(points, column, row))]);
    }
  }
  const category = (name: string, label: (cell: number) => string) => ({
    ...axisOf(inks, name),
    type: 'category',
    boundaryGap: true,
    data: Array.from({ length: CELLS }, (_, cell) => label(cell)),
    axisLabel: { color: inks.muted, interval: CELLS / 6 - 1, hideOverlap: true },
  });
  return {
    grid: { ...GRID, right: 110 },
    tooltip: tooltipOf(inks, (params) => {
      const { name, value } = params as { name: string; value: readonly number[] };
      return `${name}\n${z.label}: ${formatNumber(value[2])}`;
    }),
    xAxis: category(x.label, across.label),
    yAxis: { ...category(y.label, up.label), nameGap: 60 },
    visualMap: {
      min: least,
      max: least + range,
      calculable: true,
      right: 6,
      top: 'middle',
      seriesIndex: 0,
      inRange: { color: COLORS },
      textStyle: { color: inks.muted },
      formatter: formatNumber,
    },
    series: [
      { type: 'heatmap', data: cells, progressive: 0, silent: true },
      {
        type: 'scatter',
        symbolSize: 11,
        itemStyle: { color: '#ffffff', borderColor: '#11141b', borderWidth: 2 },
        data: points.map((point) => ({
          name: point.name,
          value: [Math.round(point.x), Math.round(point.y), point.z],
        })),
      },
    ],
  };
}

/** What is likely between points: the nearer one is, the more it counts. */
function between(
  points: readonly { readonly x: number; readonly y: number; readonly z: number }[],
  x: number,
  y: number,
): number {
  let sum = 0;
  let weights = 0;
  for (const point of points) {
    const distance = (point.x - x) ** 2 + (point.y - y) ** 2;
    const weight = 1 / (distance + 0.2);
    sum += weight * point.z;
    weights += weight;
  }
  return sum / weights;
}
