/** What a column holds, in words that each database has a type for. */
export const COLUMN_TYPES: readonly string[] = [
  ...['text', 'varchar', 'int', 'bigint', 'serial', 'bigserial', 'double'],
  ...['boolean', 'json', 'bytes', 'date'],
];

export interface Column {
  readonly name: string;
  readonly type: string;
  /** The most characters of a `varchar`. */
  readonly limit: number | undefined;
  readonly isRequired: boolean;
  readonly byDefault: string | undefined;
  /** The expression that the database computes it by. */
  readonly computed: string | undefined;
}

/** A key, a rule or an index of a table, and the rest of its line. */
export interface Constraint {
  readonly kind: string;
  readonly name: string;
  readonly rest: string;
}

export interface Table {
  readonly name: string;
  readonly columns: ReadonlyMap<string, Column>;
  readonly constraints: readonly Constraint[];
}

const CONSTRAINT = /^(key|unique|check|refers|index|unique-index) (\w+) (.+)$/;
const COLUMN = /^(\w+) ([a-z]+)(?:\((\d+)\))?(!)?(?: = (.+))?(?: as \((.+)\))?$/;

/**
 * Reads tables: a line with the name of each, and indented lines below it.
 *
 * - `name type`, `name varchar(9)!` where it is never null, `... = 'x'` for a default and
 *   `... as (expression)`: columns, with commas between them on any number of lines
 * - `key name (columns)`, `unique name (columns)`, `check name expression`
 * - `refers name (columns) table (columns) on delete ...`
 * - `index name (columns) include ...`, of which SQLite has no more than the columns, and
 *   `unique-index`
 *
 * @throws Error when a line is neither
 */
export function readTables(notation: string): readonly Table[] {
  const tables: { name: string; columns: Map<string, Column>; constraints: Constraint[] }[] = [];
  for (const line of notation.split('\n').filter((text) => text !== '')) {
    if (!line.startsWith(' ')) {
      tables.push({ name: line, columns: new Map(), constraints: [] });
      continue;
    }
    const table = tables.at(-1);
    if (table === undefined) throw new Error(`'${line}' belongs to no table`);
    const [, kind, name, rest] = CONSTRAINT.exec(line.trim()) ?? [];
    if (kind !== undefined && name !== undefined && rest !== undefined) {
      table.constraints.push({ kind, name, rest });
    } else {
      for (const text of line.split(',')) {
        if (text.trim() === '') continue;
        const column = readColumn(text.trim());
        table.columns.set(column.name, column);
      }
    }
  }
  return tables;
}

function readColumn(text: string): Column {
  const [, name, type, limit, required, byDefault, computed] = COLUMN.exec(text) ?? [];
  if (name === undefined || !COLUMN_TYPES.some((known) => known === type)) {
    throw new Error(`'${text}' is no column`);
  }
  return {
    ...{ name, type: String(type), byDefault, computed },
    limit: limit === undefined ? undefined : Number(limit),
    isRequired: required !== undefined,
  };
}
