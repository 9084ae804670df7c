/** What a chart draws: values over steps and over time. */
export interface Series {
  readonly id: string;
  readonly label: string;
  readonly points: readonly Point[];
}

export interface Point {
  readonly step: number;
  readonly time: number;
  readonly value: number;
}

export type XAxis = 'step' | 'time' | 'relative';

export interface ChartSettings {
  readonly x: XAxis;
  readonly log: boolean;
  /** From 0, not at all, to 0.99. */
  readonly smoothing: number;
}

/** Colours that can be told apart by most people, on light and on dark ground. */
export const PALETTE = {
  light: [
    '#3450d6',
    '#c2410c',
    '#0f766e',
    '#b0259a',
    '#7a5c00',
    '#1d76bd',
    '#b91c3c',
    '#4d7c0f',
    '#6d3bd1',
    '#57606f',
  ],
  dark: [
    '#8ea2ff',
    '#fb923c',
    '#2dd4bf',
    '#f08ae0',
    '#e3b341',
    '#67b7f7',
    '#fb7185',
    '#a3d65c',
    '#b79cff',
    '#aab4c5',
  ],
} as const;

export const colorOf = (index: number, dark: boolean): string => {
  const colors = PALETTE[dark ? 'dark' : 'light'];
  return colors[index % colors.length] ?? '#888888';
};

/**
 * Exponential smoothing that does not lean towards its first value.
 *
 * @param weight how much of what came before is kept
 */
export function smoothed(values: readonly number[], weight: number): number[] {
  if (weight <= 0) return [...values];
  let last = 0;
  let count = 0;
  return values.map((value) => {
    if (!isDrawable(value)) return value;
    last = last * weight + (1 - weight) * value;
    count++;
    return last / (1 - weight ** count);
  });
}

/** Where a point lies on the x axis; relative time is in seconds since the series began. */
const xOf = (point: Point, x: XAxis, first: number): number => {
  if (x === 'step') return point.step;
  const time = Math.min(LAST_DATE, Math.max(-LAST_DATE, point.time));
  return x === 'time' ? time / 1000 : (point.time - first) / 1000;
};

/** Milliseconds from 1970 that a date can be away. */
const LAST_DATE = 8.64e15;

/** Infinity comes as the largest number there is, as MLflow stores it. */
const isDrawable = (value: number): boolean => Math.abs(value) < Number.MAX_VALUE;

export type Columns = [number[], ...(number | null)[][]];

/** All series over one x axis; where one has no point there is null, and lines go on. */
export function columnsOf(series: readonly Series[], settings: ChartSettings): Columns {
  const maps = series.map(({ points }) => {
    const ordered = [...points].sort((a, b) =>
      settings.x === 'step' ? a.step - b.step || a.time - b.time : a.time - b.time,
    );
    const first = ordered[0]?.time ?? 0;
    const values = smoothed(
      ordered.map(({ value }) => value),
      settings.smoothing,
    );
    const drawable = (value: number) =>
      isDrawable(value) && (!settings.log || value > 0) ? value : null;
    return new Map(
      ordered.map((point, index) => [
        xOf(point, settings.x, first),
        drawable(values[index] ?? Number.NaN),
      ]),
    );
  });
  const xs = [...new Set(maps.flatMap((map) => [...map.keys()]))].sort((a, b) => a - b);
  return [xs, ...maps.map((map) => xs.map((x) => map.get(x) ?? null))];
}

/**
 * What is taken from all places of the x axis before they are drawn: steps that lie closer together
 * than numbers of their size can be told apart in a picture would have no axis.
 */
export function originOf([xs]: Columns): number {
  const [first = 0, last = 0] = [xs[0], xs.at(-1)];
  const isClose = xs.length > 1 && last - first < Math.abs(last) * 1e-9;
  return isClose ? first : 0;
}
