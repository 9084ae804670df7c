import { useMemo } from 'react';
import { csvRows } from './csv-rows.ts';

const MOST_ROWS = 500;
const MOST_COLUMNS = 100;

type Rows = readonly (readonly string[])[];

/** The first rows of a table. */
export function TablePreview(
  props: { readonly text: string; readonly separator: string } | { readonly rows: Rows },
) {
  const rows = useMemo<Rows>(
    () => ('rows' in props ? props.rows : csvRows(props.text, props.separator, MOST_ROWS + 2)),
    [props],
  );
  const [head = [], ...lines] = rows;
  const isCut = lines.length > MOST_ROWS || head.length > MOST_COLUMNS;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard. */}
      <section className="table-wrap file-table" tabIndex={0} aria-label="Table">
        <table className="list tight">
          <thead>
            <tr>
              {head.slice(0, MOST_COLUMNS).map((name, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place.
                <th key={index}>{name}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {lines.slice(0, MOST_ROWS).map((line, row) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place.
              <tr key={row}>
                {line.slice(0, MOST_COLUMNS).map((value, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its place.
                  <td key={index}>{value.slice(0, 1_000)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {isCut ? (
        <p className="muted">
          The first {MOST_ROWS} rows and {MOST_COLUMNS} columns of a larger table.
        </p>
      ) : null}
    </>
  );
}

/** Rows of a table that `mlflow.log_table` has written; undefined for any other JSON. */
export function tableOfJson(text: string): Rows | undefined {
  try {
    const value = JSON.parse(text) as { columns?: unknown; data?: unknown };
    const { columns, data } = value;
    if (!Array.isArray(columns) || !Array.isArray(data) || !data.every(Array.isArray))
      return undefined;
    const shown = (cell: unknown) => (typeof cell === 'string' ? cell : JSON.stringify(cell));
    return [columns.map(String), ...data.slice(0, MOST_ROWS + 1).map((row) => row.map(shown))];
  } catch {
    return undefined;
  }
}
