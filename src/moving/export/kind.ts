import { createHash } from 'node:crypto';
import type { Row, Value } from '../family.js';

/** One kind of rows: how ours are read, and what MLflow's database has instead. */
export interface Kind {
  /** The title of the family of what can be moved in that reads them back. */
  readonly title: string;
  readonly from: {
    readonly table: string;
    /** Its primary key, the order of reading. */
    readonly key: readonly string[];
    /** Joins behind `table t`. */
    readonly joins?: string;
    readonly where?: string;
    /** Columns of the table that is written, as expressions; others begin with `_`. */
    readonly columns: Readonly<Record<string, string>>;
  };
  readonly into: string;
  /** Columns that are told by what was read. */
  readonly makes?: Readonly<Record<string, (row: Row) => Value>>;
  /** Rows that MLflow keeps elsewhere, or has no place for, are left out. */
  readonly isKept?: (row: Row) => boolean;
  /** Rows of which MLflow takes a part. */
  readonly loses?: (row: Row) => boolean;
  /** Rows whose texts may be long: fewer of them are held at a time. */
  readonly isWide?: boolean;
}

/** @returns the columns that are written */
export const writtenColumns = ({ from, makes = {} }: Kind): readonly string[] => [
  ...Object.keys(from.columns).filter((name) => !name.startsWith('_')),
  ...Object.keys(makes),
];

/**
 * An id for what has none here. It is always the same for the same thing, so that what is exported
 * twice can be compared.
 */
export const idOf = (...parts: readonly (Value | undefined)[]): string =>
  createHash('sha256')
    .update(JSON.stringify(parts.map(String)))
    .digest('hex')
    .slice(0, 32);
