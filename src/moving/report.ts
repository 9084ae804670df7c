/** What became of one kind of rows. */
export interface Compared {
  readonly title: string;
  readonly source: number;
  /** Rows that belong to nothing, as SQLite databases may hold them. */
  readonly orphans: number;
  readonly target: number;
  readonly sourceDigest: string;
  readonly targetDigest: string;
}

export interface Report {
  readonly families: readonly Compared[];
  /** In words: what has not come along, or needs a hand. */
  readonly notes: readonly string[];
  readonly seconds: number;
  readonly pointsPerMinute: number | undefined;
}

export const isSame = (family: Compared): boolean =>
  family.source - family.orphans === family.target && family.sourceDigest === family.targetDigest;

/** @returns the report as a table, a line for each kind of rows that there is */
export function printReport(report: Report): string {
  const head = ['', 'source', 'left out', 'target', 'checksum source', 'checksum target', ''];
  const lines = report.families
    .filter(({ source, target }) => source > 0 || target > 0)
    .map((family) => [
      family.title,
      String(family.source),
      String(family.orphans),
      String(family.target),
      family.sourceDigest,
      family.targetDigest,
      isSame(family) ? 'same' : 'DIFFERENT',
    ]);
  const rows = [head, ...lines];
  const widths = head.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  const table = rows.map((row) =>
    row
      .map((cell, at) =>
        at >= 1 && at <= 3 ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
  const orphans = report.families.some((family) => family.orphans > 0)
    ? ['Rows left out belong to runs, models or traces that the source no longer has.']
    : [];
  const speed =
    report.pointsPerMinute === undefined
      ? []
      : [`Metric points: ${Math.round(report.pointsPerMinute)} a minute.`];
  const different = report.families.filter((family) => !isSame(family)).length;
  const verdict =
    different === 0
      ? `All is the same on both sides. It took ${report.seconds.toFixed(1)} s.`
      : `${different} kinds of rows differ.`;
  return `${[...table, '', ...orphans, ...report.notes, ...speed, verdict].join('\n')}\n`;
}
