import { type Measurement, metricFailures } from '../gates/metric-gates.js';
import type { Profile } from '../policy/profile.js';

/** One metric of two versions, on the same data set where both name one. */
export interface ComparedMetric {
  readonly metric: string;
  readonly datasetDigest?: string | undefined;
  readonly champion?: number | undefined;
  readonly candidate?: number | undefined;
  /** Candidate less champion. */
  readonly difference?: number | undefined;
  readonly percent?: number | undefined;
  /** Whether one of the values was computed by the server from samples. */
  readonly isDerived: boolean;
  /** What the profile says against the candidate. */
  readonly failures: readonly string[];
}

/** @returns the metrics of both, by name and then by data set; each value once */
export function compare(
  champion: { readonly version: number; readonly measured: readonly Measurement[] } | undefined,
  candidate: readonly Measurement[],
  rules: Profile['metrics'],
): readonly ComparedMetric[] {
  const before = byKey(champion?.measured ?? []);
  const after = byKey(candidate);
  const keys = [...new Set([...before.keys(), ...after.keys()])].sort();
  const failures = metricFailures(
    rules,
    champion === undefined ? { measured: candidate } : { measured: candidate, champion },
  );
  return keys.map((key) => {
    const [old, now] = [before.get(key), after.get(key)];
    const metric = (now ?? old)?.name ?? '';
    const known = old !== undefined && now !== undefined;
    const difference = known ? now.value - old.value : undefined;
    return {
      metric,
      datasetDigest: (now ?? old)?.datasetDigest,
      champion: old?.value,
      candidate: now?.value,
      difference,
      percent:
        difference === undefined || !old?.value
          ? undefined
          : (difference / Math.abs(old.value)) * 100,
      isDerived: old?.derived === true || now?.derived === true,
      failures: failures.filter((one) => one.metric === metric).map(({ message }) => message),
    };
  });
}

const byKey = (measured: readonly Measurement[]): Map<string, Measurement> =>
  new Map(measured.map((one) => [`${one.name}\n${one.datasetDigest ?? ''}`, one]));

const COLUMNS = [
  ...['metric', 'dataset_digest', 'champion', 'candidate', 'difference', 'percent'],
  ...['derived', 'failures'],
];

/** @returns the comparison as RFC 4180 has it */
export const toCsv = (compared: readonly ComparedMetric[]): string =>
  [COLUMNS.join(','), ...compared.map(rowOf)].map((line) => `${line}\r\n`).join('');

const rowOf = (row: ComparedMetric): string =>
  [
    ...[text(row.metric), text(row.datasetDigest ?? ''), row.champion, row.candidate],
    ...[row.difference, row.percent, row.isDerived, text(row.failures.join(' '))],
  ]
    .map((value) => (value === undefined ? '' : String(value)))
    .join(',');

/** A spreadsheet takes a text that begins like a formula for one. */
function text(value: string): string {
  const plain = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
