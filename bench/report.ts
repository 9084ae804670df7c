import { type Measurement, medianOf, type Result, type Round, ratioOf } from './measure.js';
import type { ServerName } from './servers.js';

export interface Idle {
  readonly startMs: number;
  readonly memoryMb: number | undefined;
  readonly processes: number | undefined;
  /** How much of one core the server takes with nothing to do, 0 to 1. */
  readonly cpuShare: number | undefined;
}

export type IdleByServer = Partial<Record<ServerName, Idle>>;

type Row = readonly string[];

const BUSY_LOAD_SHARE = 0.75;
const WIDTHS = [24, 5, 10, 11, 9, 9, 9, 8];

export function idleReport(idle: IdleByServer): string {
  const rows = Object.entries(idle).map(([name, figures]): Row => {
    const cpu = figures.cpuShare === undefined ? undefined : figures.cpuShare * 100;
    const cells = [figures.startMs / 1000, figures.memoryMb, figures.processes, cpu];
    return [name, ...cells.map((value, i) => number(value, i === 0 ? 2 : i === 3 ? 1 : 0))];
  });
  const head = ['server', 'first answer s', 'idle memory MB', 'processes', 'idle CPU %'];
  return table([head, ...rows], [12, 15, 15, 10, 11]);
}

export function measurementHead(): string {
  const head = ['workload', 'conn', 'server', 'requests/s', 'p50 ms', 'p99 ms', 'CPU ms', 'MB'];
  return table([head], WIDTHS);
}

export function measurementReport({ workload, connections, results }: Measurement): string {
  const lines = Object.entries(results).map(([name, result]) => {
    const cells = [
      number(medianOf(result, (round) => round.perSecond)),
      number(medianOf(result, (round) => round.p50)),
      number(medianOf(result, (round) => round.p99)),
      number(medianOf(result, (round) => round.cpuMs)),
      number(
        medianOf(result, (round) => round.memoryMb),
        0,
      ),
    ];
    const row = table([[workload, String(connections), name, ...cells]], WIDTHS);
    const remarks = remarksOn(result);
    return remarks.length === 0 ? row : `${row}  ${remarks.join('; ')}`;
  });
  return lines.join('\n');
}

export function summary(measurements: readonly Measurement[]): string {
  const others: readonly ServerName[][] = [['stock'], ['fasttrackml'], ['prototype', 'bare']];
  const figures: ((round: Round) => number | undefined)[] = [
    (round) => round.perSecond,
    (round) => round.p50,
    (round) => round.p99,
    (round) => round.cpuMs,
  ];
  const rows = measurements.map(({ workload, connections, results }): Row => {
    const ours = results.ours ?? results.relaxed;
    const ratios = others.flatMap((names) => {
      const other = names.map((name) => results[name]).find((result) => result !== undefined);
      const mark = [ours, other].some(isPartial) ? '*' : '';
      return figures.map((figure) => ratio(ratioOf(ours, other, figure), mark));
    });
    return [workload, String(connections), ...ratios];
  });
  const widths = [24, 5, 11, 8, 8, 8, 11, 8, 8, 8, 13, 8, 8, 8];
  const head = ['workload', 'conn', 'stock: r/s', 'p50', 'p99', 'CPU'];
  const peer = ['peer: r/s', 'p50', 'p99', 'CPU'];
  return [
    'Ours divided by the others, median of the ratios of each round (requests/s: more is better;',
    'p50, p99, CPU per request: less is better; * where one of the two left requests unanswered or',
    'failed, see above). The peer is FastTrackML; bare is the prototype, or a stream of files.',
    table([[...head, ...peer, 'bare: r/s', 'p50', 'p99', 'CPU'], ...rows], widths),
  ].join('\n');
}

function isPartial(result: Result | undefined): boolean {
  return result !== undefined && remarksOn(result).length > result.figures.length;
}

/** Everything that makes a figure less than it seems. */
export function remarksOn(result: Result): string[] {
  const total = (count: (round: Round) => number) =>
    result.rounds.reduce((sum, round) => sum + count(round), 0);
  const failures: Record<string, number> = {};
  for (const round of result.rounds) {
    for (const [kind, count] of Object.entries(round.failures)) {
      failures[kind] = (failures[kind] ?? 0) + count;
    }
  }
  const remarks = Object.entries(failures).map(([kind, count]) => `${count} x ${kind}`);
  const unanswered = total((round) => round.unanswered);
  if (unanswered > 0) remarks.push(`${unanswered} unanswered`);
  const share = Math.max(0, ...result.rounds.map((round) => round.loadShare));
  if (share > BUSY_LOAD_SHARE) {
    remarks.push(`load generator ${(share * 100).toFixed(0)} % busy`);
  }
  const [first] = result.complaints;
  if (first !== undefined) remarks.push(`${result.complaints.length} WRONG, such as: ${first}`);
  return [...remarks, ...result.notes, ...result.figures];
}

function table(rows: readonly Row[], widths: readonly number[]): string {
  const line = (row: Row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)));
  return rows.map((row) => line(row).join('')).join('\n');
}

/** Three digits are more than such figures are worth. */
function number(value: number | undefined, digits?: number): string {
  if (value === undefined || Number.isNaN(value)) return '-';
  const fixed = digits ?? (value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3);
  return value.toLocaleString('en-US', {
    minimumFractionDigits: fixed,
    maximumFractionDigits: fixed,
  });
}

function ratio(value: number | undefined, mark: string): string {
  // Against a server that answered nothing there is no ratio.
  if (value === undefined || !Number.isFinite(value)) return '-';
  return `${number(value, value < 10 ? 2 : 0)}x${mark}`;
}
