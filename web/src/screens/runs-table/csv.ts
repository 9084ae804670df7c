import { saveFile } from '../../shared/save-file.ts';
import { type Column, type Run, rawValue, runId } from './columns.ts';

/** One cell. A text that a spreadsheet would take for a formula is marked as text. */
function cell(value: string): string {
  const isNumber = value.trim() !== '' && Number.isFinite(Number(value));
  const safe = !isNumber && /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const line = (values: readonly string[]): string => `${values.map(cell).join(',')}\r\n`;

const isoTime = (text: string): string => {
  const time = Number(text);
  return time > 0 ? new Date(time).toISOString() : '';
};

const shownOf = (columns: readonly Column[]) =>
  columns.filter(({ id }) => id !== 'attributes.run_id');

/** The names of the columns, as the first line of a CSV. */
export const csvHead = (columns: readonly Column[]): string =>
  line(['run_id', ...shownOf(columns).map(({ id }) => id.replace(/^attributes\./, ''))]);

/** Runs as lines of a CSV, with their values as they are stored. */
export function csvLines(runs: readonly Run[], columns: readonly Column[]): string {
  const shown = shownOf(columns);
  const lines = runs.map((run) =>
    line([
      runId(run),
      ...shown.map(({ id, kind, key }) => {
        const value = rawValue(run, id) ?? '';
        return kind === 'attributes' && key.endsWith('_time') ? isoTime(value) : value;
      }),
    ]),
  );
  return lines.join('');
}

export const csvOf = (runs: readonly Run[], columns: readonly Column[]): string =>
  csvHead(columns) + csvLines(runs, columns);

/** Hands a text, or the parts of one, to the browser as a file. */
export function saveText(name: string, text: string | Blob, type = 'text/csv'): void {
  saveFile(name, new Blob([text], { type }));
}
