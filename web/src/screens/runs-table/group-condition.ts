import { columnOf, quoted, type Run, rawValue } from './columns.ts';

/**
 * The runs of one group, in the search language. It has no escapes: a letter that no quotes can
 * hold may be any letter there, so what comes is looked at by {@link isOfGroup}.
 *
 * @param group the id of the column by which runs are grouped
 * @param value undefined for the runs that have none
 */
export function groupFilter(filter: string, group: string, value: string | undefined): string {
  const condition = `${quoted(columnOf(group))} ${comparison(value)}`;
  // A comment at the end of a filter ends with its line.
  return filter === '' ? condition : `${filter}\nAND ${condition}`;
}

function comparison(value: string | undefined): string {
  if (value === undefined) return 'IS NULL';
  if (value.includes('\\')) return `LIKE '${value.replaceAll(/['\\]/g, '_')}'`;
  if (!value.includes("'")) return `= '${value}'`;
  return value.includes('"') ? `LIKE '${value.replaceAll("'", '_')}'` : `= "${value}"`;
}

/** Whether a run that a group's filter has found is of that very group. */
export const isOfGroup = (run: Run, group: string, value: string | undefined): boolean =>
  rawValue(run, group) === value;
