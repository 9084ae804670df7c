import type { BulkRow, BulkType, Statement } from '../platform/db/database.js';

/** A value as both databases give it, booleans told as 0 and 1. */
export type Value = string | number | bigint | null;
export type Row = Readonly<Record<string, Value>>;

/** Finds the surrogate key of a row that was moved in before, by what others call it. */
export interface Reference {
  readonly table: string;
  /** Names of the table's columns, each with the column of the moved row that tells it. */
  readonly by: Readonly<Record<string, string>>;
}

/** Where MLflow keeps rows of a kind. */
export interface Source {
  /** Families whose table an older schema does not have are empty. */
  readonly table: string;
  /** Its primary key, the order of reading on PostgreSQL; columns of newer schemas are left out. */
  readonly key: readonly string[];
  /** Joins behind `table s`. */
  readonly joins?: string;
  readonly where?: string;
  /** Columns of the table, null where an older schema has none, or expressions with `s.`. */
  readonly columns: Readonly<Record<string, string>>;
  /** Makes several rows of one, or none. */
  readonly explode?: (row: Row) => readonly Row[];
}

/**
 * One kind of rows: how MLflow's database tells them and how ours does. Both sides are read as
 * rows of the same columns, the values that users see, so that they can be compared.
 */
export interface Family {
  readonly title: string;
  readonly source: Source;
  /** Where else rows of this kind lie. */
  readonly more?: readonly Source[];
  /** Turns a row of the source into what ours holds. */
  readonly adapt?: (row: Row) => Row;
  /** Columns of the target that hold surrogate keys. */
  readonly references?: Readonly<Record<string, Reference>>;
  readonly target: {
    readonly table: string;
    readonly key: readonly string[];
    readonly columns: Readonly<Record<string, BulkType>>;
    /** Joins behind `table t`. */
    readonly joins?: string;
    /** How columns are read that are not columns of `t`. */
    readonly read?: Readonly<Record<string, string>>;
    readonly where?: string;
    /** Instead of doing nothing where the row is there already. */
    readonly conflict?: string;
    /** What else is changed once rows are there. */
    readonly also?: (rows: readonly BulkRow[]) => readonly Statement[];
    /** The column that a sequence numbers on PostgreSQL though ids are given. */
    readonly numbered?: string;
  };
}
